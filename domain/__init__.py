"""The market and nothing else of ours: values in, decisions out."""
