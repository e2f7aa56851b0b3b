"""SMS through Aliyun: sending, delivery reports, replies."""
