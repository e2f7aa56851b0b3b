"""WeChat's platform, as an official account sees it."""
