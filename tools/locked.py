"""Runs a command while it holds the lock of a file: locked.py FILE COMMAND...

The command and all that it starts inherit the lock, and the kernel drops it when the last of them has ended, however
it ended. So a killed command leaves no lock behind, and what it left running still keeps others out.
"""

import fcntl
import os
import sys


def main():
    path, command = sys.argv[1], sys.argv[2:]
    lock = os.open(path, os.O_CREAT | os.O_RDWR, 0o644)
    os.set_inheritable(lock, True)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print(f"{os.path.basename(path)} is held by another process; waiting for it", flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    os.execvp(command[0], command)


if __name__ == "__main__":
    main()
