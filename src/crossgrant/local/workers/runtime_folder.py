"""The folder a worker imports from besides its own code: the interface client and boto3, as in /var/runtime.

It holds links to what is installed beside crossgrant, and nothing else, so that a handler can import boto3 and what
boto3 needs, and cannot import crossgrant or its other dependencies.
https://docs.aws.amazon.com/lambda/latest/dg/lambda-python.html#python-sdk-included
"""

from importlib.util import find_spec
from pathlib import Path

_SOURCE = Path(__file__).parent / "runtime"
BOOTSTRAP = _SOURCE / "bootstrap.py"
REAPER = _SOURCE / "reaper.py"
CLIENT = "lambda_interface_client"
_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "six", "urllib3")


def make_runtime_folder(folder: Path) -> None:
    """Fill the new `folder` with links."""
    folder.mkdir()
    (folder / CLIENT).symlink_to(_SOURCE / CLIENT)
    for name in _PACKAGES:
        spec = find_spec(name)
        assert spec is not None, f"{name} is a dependency of crossgrant"
        assert spec.origin is not None, f"{name} has a file"
        origin = Path(spec.origin)
        target = origin.parent if origin.name == "__init__.py" else origin
        (folder / target.name).symlink_to(target)
