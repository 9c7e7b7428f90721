"""Deployment packages as they arrive: checked in a thread, since unpacking one may take a second.

https://docs.aws.amazon.com/lambda/latest/dg/configuration-function-zip.html
"""

from __future__ import annotations

import asyncio
import base64
import hashlib

from crossgrant.local.operation import Call, ServiceError
from crossgrant.local.services.lambda_.function_name import invalid
from crossgrant.local.workers import BadPackageError, PackageTooLargeError, check_package

_ZIPPED_LIMIT = 52_428_800
_REQUEST_LIMIT = 70_167_211


def check_size(call: Call, code: bytes) -> None:
    """Refuse a package that AWS takes from S3 only.

    Raises:
        ServiceError: RequestEntityTooLargeException.

    """
    if len(code) > _ZIPPED_LIMIT:
        text = f"Request must be smaller than {_REQUEST_LIMIT} bytes for the {call.operation} operation"
        raise ServiceError("RequestEntityTooLargeException", text, 413)


async def check_code(code: bytes) -> None:
    """Refuse a package that can't be unpacked, or not within its folder.

    Raises:
        ServiceError: InvalidParameterValueException, in AWS's words.

    """
    try:
        await asyncio.to_thread(check_package, code)
    except BadPackageError:
        raise invalid("Could not unzip uploaded file. Please check your file, then try to upload again.") from None
    except PackageTooLargeError:
        raise invalid("Unzipped size must be smaller than 262144000 bytes") from None


def sha256(code: bytes) -> str:
    """Return the hash of a package as Lambda shows it."""
    return base64.b64encode(hashlib.sha256(code).digest()).decode()
