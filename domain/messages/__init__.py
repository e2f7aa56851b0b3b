"""What comes in and goes out as rows: texts, templates, links, SMS in all its narrowness."""
