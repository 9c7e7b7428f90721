"""The gateway: one HTTP endpoint for every embedded account, region and service.

In: HTTP requests as AWS's SDKs sign them. Out: answers in the protocol of the service asked.
`wire` and the protocols read and write, `routing` names the service and operation, `application` runs a request through
authentication, authorization and its service, `server` listens on 127.0.0.1.
"""
