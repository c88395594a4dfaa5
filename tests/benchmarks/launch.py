"""Runs a command and tells as JSON what it took; a process of its own because of how the kernel counts memory.

    python -m tests.benchmarks.launch COMMAND…

A child starts as a copy of its parent, and the most memory that it ever had resident counts from there: started by a
process that has just made a gigabyte of layers, even `true` had a gigabyte. This one has next to nothing.
"""

import json
import os
import sys
import time


def main(command: list[str]) -> None:
    """Waits for `command`; its output is dropped, its errors go where this process's do."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # or each start compiles what it imports
    started = time.perf_counter()
    process = os.posix_spawnp(command[0], command, os.environ, file_actions=[(os.POSIX_SPAWN_DUP2, nothing, 1)])
    _, status, used = os.wait4(process, 0)
    wall = time.perf_counter() - started
    took = {"wall": wall, "processor": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss / 1024}
    print(json.dumps({"code": os.waitstatus_to_exitcode(status), **took}))


if __name__ == "__main__":
    main(sys.argv[1:])
