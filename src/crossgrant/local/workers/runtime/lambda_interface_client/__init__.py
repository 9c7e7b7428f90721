"""The interface client: what stands between Lambda's Runtime API and a Python handler.

It runs inside the worker under whatever Python the function names (3.9 to 3.14), so it is standard library only, knows
nothing of crossgrant, and keeps what it imports small: the handler pays for it. It behaves, as far as a handler and a
log reader can see, like AWS's own client (awslambdaric), which has wheels for Linux only; a differential test holds
the two together.

In: an address, a handler's name, and events from the Runtime API. Out: a response or an error per event, and log
records in frames. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
"""

from .loop import run

__all__ = ["run"]
