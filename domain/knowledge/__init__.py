"""What people ask about the rules, and the reviewed answers: articles, how they are found, who changed them."""
