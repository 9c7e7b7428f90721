"""Lambda: functions that are created, updated and really run.

The operations decide and store; `execution.py` gives events to the workers of `crossgrant.local.workers`.
https://docs.aws.amazon.com/lambda/latest/api/welcome.html
"""
