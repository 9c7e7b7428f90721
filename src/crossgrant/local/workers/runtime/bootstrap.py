"""The program of a function worker: `python -I -S -u bootstrap.py`, with the environment that Lambda gives a runtime.

The interpreter starts isolated and without site-packages; what the handler may import is added here: its own code,
then the runtime's folder, which holds the interface client and boto3, as /var/task and /var/runtime do in Lambda.
https://docs.aws.amazon.com/lambda/latest/dg/python-package.html#python-package-searchpath
"""

import os
import site
import sys

site.setquit()  # `exit` and `quit` exist in Lambda too
sys.path.insert(0, os.environ["LAMBDA_RUNTIME_DIR"])

from lambda_interface_client import run  # type: ignore[import-not-found]  # noqa: E402 - on sys.path only from here on; the checker sees it as part of crossgrant

sys.path.insert(0, os.environ["LAMBDA_TASK_ROOT"])
run(os.environ["_HANDLER"], os.environ["AWS_LAMBDA_RUNTIME_API"])
