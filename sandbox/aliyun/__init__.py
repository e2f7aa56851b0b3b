"""Aliyun's short message service (Dysmsapi 2017-05-25), as its customer sees it."""
