#!/usr/bin/env python3
"""
Plays the program: what its input begins with says how it misbehaves; other input goes to the real one.

Beside it lie `program`, a link to the real one, and `attempts`, to which it adds a line for each file that it is
given. Where `slow` lies there too, each file takes so many seconds more.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

FOLDER = Path(sys.argv[0]).parent
REAL = str(FOLDER / "program")


def main() -> int:
    """Misbehave, or do as the real one does."""
    first = os.read(0, 1 << 16)
    if not first.startswith(b'{"pipemine":"baseline"'):
        with (FOLDER / "attempts").open("a") as attempts:
            attempts.write(f"{os.getpid()}\n")
        if (FOLDER / "slow").exists():
            time.sleep(float((FOLDER / "slow").read_text()))
    if first.startswith(b"ABORT"):
        os.kill(os.getpid(), signal.SIGABRT)
    if first.startswith(b"HANG"):
        time.sleep(600)
    if first.startswith(b"HUNGRY"):
        try:
            return len(bytearray(1 << 40))
        except MemoryError:
            # As Rust does.
            sys.stderr.write("memory allocation of 1099511627776 bytes failed\n")
            os.abort()
    if first.startswith(b"CUT"):
        sys.stdout.write('{"pipemine":"baseline","version":1,"program":"pipemine 0.1.0","check":"ipze"}\n')
        return 0
    if first.startswith(b"LOUD"):
        sys.stderr.write("x" * (1 << 22))
        return 101
    with subprocess.Popen([REAL, *sys.argv[1:]], stdin=subprocess.PIPE) as real:
        assert real.stdin
        while first:
            real.stdin.write(first)
            first = os.read(0, 1 << 16)
        real.stdin.close()
        return real.wait()


if __name__ == "__main__":
    sys.exit(main())
