"""What was not understood: kept, labelled by people, and given back as examples without personal data."""
