"""The embedded accounts: AWS accounts on one loopback endpoint that really enforce IAM.

In: signed HTTP requests. Out: AWS-shaped answers, every one decided by `crossgrant.iam`.
The way of a request: `gateway` reads the wire, `authentication` names the caller, `authorization` decides, a module of
`services` serves, `audit` remembers. `state` holds everything in one SQLite database, `workers` run functions.
It may not: answer what it did not decide, listen outside 127.0.0.1, or know the rooms above it.
"""
