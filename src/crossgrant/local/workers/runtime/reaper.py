"""End the workers of a gateway that ended without ending them: `python -I -S reaper.py FOLDER`.

The gateway holds the other end of standard input and writes a line per worker, `+PID` when it starts and `-PID` when
it ended. End of input means that the gateway is gone, however it went; then every process group left is killed and the
workers' folder removed.
"""

import contextlib
import os
import shutil
import signal
import sys

groups = set()
for line in sys.stdin:
    if line.startswith("+"):
        groups.add(int(line))
    else:
        groups.discard(-int(line))
for group in groups:
    with contextlib.suppress(ProcessLookupError):  # it may have ended by itself
        os.killpg(group, signal.SIGKILL)
shutil.rmtree(sys.argv[1], ignore_errors=True)
