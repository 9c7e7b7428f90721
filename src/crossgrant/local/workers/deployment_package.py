"""Deployment packages: zip archives, checked when they are uploaded and unpacked for each worker.

https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

import io
import stat
import zipfile
from pathlib import Path, PurePosixPath

UNZIPPED_LIMIT = 262_144_000
_CHUNK = 1024 * 1024


class BadPackageError(ValueError):
    """A deployment package that can't be unpacked, or not within its folder."""


class PackageTooLargeError(ValueError):
    """A deployment package that unpacks to more than Lambda allows."""


def check_package(archive: bytes) -> None:
    """Read the whole of `archive` once; raise if it could not be unpacked safely."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as package:
            entries = package.infolist()
            for entry in entries:
                _check_name(entry)
            size = 0
            for entry in entries:
                with package.open(entry) as content:
                    while chunk := content.read(_CHUNK):  # the size that an entry states may be a lie
                        size += len(chunk)
                        if size > UNZIPPED_LIMIT:
                            raise PackageTooLargeError
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError, ValueError) as error:
        if isinstance(error, (BadPackageError, PackageTooLargeError)):
            raise
        raise BadPackageError(str(error)) from error


def unpack(archive: bytes, folder: Path) -> None:
    """Unpack a checked `archive` into `folder`, with the permissions its entries have."""
    with zipfile.ZipFile(io.BytesIO(archive)) as package:
        for entry in package.infolist():
            path = Path(package.extract(entry, folder))
            if permissions := stat.S_IMODE(entry.external_attr >> 16) & 0o777:
                path.chmod(permissions | stat.S_IRUSR | (stat.S_IXUSR if entry.is_dir() else 0) | stat.S_IWUSR)


def _check_name(entry: zipfile.ZipInfo) -> None:
    path = PurePosixPath(entry.filename.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and path.parts[0].endswith(":")):
        raise BadPackageError(f"`{entry.filename}` lies outside the package")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise BadPackageError(f"`{entry.filename}` is a symbolic link")
