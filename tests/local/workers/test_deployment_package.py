"""A deployment package is read before it is kept, and can't leave the folder it is unpacked into."""

from __future__ import annotations

import io
import stat
import zipfile
from pathlib import Path

import pytest

from crossgrant.local.workers import BadPackageError, PackageTooLargeError, check_package, deployment_package
from crossgrant.local.workers.deployment_package import unpack
from support.functions import package


def archive(*entries: tuple[str, bytes, int]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package_file:
        for name, content, mode in entries:
            entry = zipfile.ZipInfo(name)
            entry.external_attr = mode << 16
            package_file.writestr(entry, content)
    return buffer.getvalue()


def damaged() -> bytes:
    data = bytearray(archive(("app.py", b"x" * 1000, 0o644)))
    data[50] ^= 0xFF
    return bytes(data)


BAD = {
    "empty": b"",
    "text": b"this is no zip archive",
    "cut off": package()[:-30],
    "damaged": damaged(),
    "climbs out": archive(("../outside.py", b"", 0o644)),
    "climbs out from within": archive(("folder/../../outside.py", b"", 0o644)),
    "climbs out with backslashes": archive(("..\\outside.py", b"", 0o644)),
    "absolute": archive(("/tmp/outside.py", b"", 0o644)),
    "a link": archive(("link", b"/etc/passwd", stat.S_IFLNK | 0o777)),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_package_is_refused(name: str) -> None:
    with pytest.raises(BadPackageError):
        check_package(BAD[name])


def test_a_package_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment_package, "UNZIPPED_LIMIT", 1000)  # a quarter of a gigabyte would prove no more
    check_package(archive(("app.py", b"x" * 1000, 0o644)))
    with pytest.raises(PackageTooLargeError):
        check_package(archive(("app.py", b"x" * 1001, 0o644)))


def test_a_package_is_unpacked_with_its_permissions(tmp_path: Path) -> None:
    data = archive(("bin/tool", b"#!/bin/sh\n", 0o755), ("app.py", b"x = 1\n", 0o644), ("plain.txt", b"", 0))
    check_package(data)
    unpack(data, tmp_path)
    assert (tmp_path / "app.py").read_text() == "x = 1\n"
    assert (tmp_path / "bin" / "tool").stat().st_mode & 0o777 == 0o755
