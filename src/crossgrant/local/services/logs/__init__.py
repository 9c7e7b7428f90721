"""CloudWatch Logs: groups, streams and events, written by API calls and by functions.

A function's log is delivered with its execution role's permissions, as Lambda delivers it (`delivery.py`).
https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/Welcome.html
"""
