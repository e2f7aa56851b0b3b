"""Setting up and starting: settings for a laptop, all processes under one supervisor, progress while one waits.

Only the standard library and the supervisor are imported here, so that a start is quick and can say what is wrong.
"""
