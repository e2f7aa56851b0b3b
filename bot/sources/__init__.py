"""Where data comes from before anybody is asked: one port, one file a source."""
