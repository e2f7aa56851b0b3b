"""Reading pictures of documents."""
