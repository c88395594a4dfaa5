"""The command as a process, in a room of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TIMEOUT = 60
HEAVY = ("textual", "rich", "docker", "aiohttp", "azure", "sqlite3")
_BOUND = (
    "import ctypes, os, sys\n"
    "for right in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH, dropped with PR_CAPBSET_DROP\n"
    "    ctypes.CDLL(None).prctl(24, right, 0, 0, 0)\n"
    "os.execv(sys.executable, [sys.executable, '-m', 'tui', *sys.argv[1:]])\n"
)
"""Even root may then only do what the modes of files say."""


@dataclass(frozen=True, slots=True)
class Room:
    """A folder of one's own to run in: no settings, journal or terminal of anybody else."""

    folder: Path

    @property
    def env(self) -> dict[str, str]:
        """The environment of the processes."""
        homes = {f"XDG_{name}_HOME": str(self.folder / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
        inherited = {name: value for name, value in os.environ.items() if name != "WINDLASS_CONFIG"}
        return inherited | homes | {"HOME": str(self.folder), "TERM": "xterm", "PYTHONPATH": str(Path.cwd())}

    def run(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Runs the command to its end."""
        return self.python("-m", "tui", *argv)

    def run_bound(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Runs the command to its end, bound by the modes of files even where root runs it."""
        return self.python("-c", _BOUND, *argv)

    def python(self, *argv: str) -> subprocess.CompletedProcess[str]:
        """Runs Python to its end."""
        return subprocess.run(
            [sys.executable, *argv],
            cwd=self.folder, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT,
        )  # fmt: skip

    def start(
        self, *argv: str, stdin: int = subprocess.DEVNULL, stderr: int = subprocess.PIPE
    ) -> subprocess.Popen[str]:
        """Starts the command."""
        return subprocess.Popen(
            [sys.executable, "-m", "tui", *argv],
            cwd=self.folder, env=self.env, stdin=stdin, stdout=subprocess.PIPE, stderr=stderr, text=True,
        )  # fmt: skip

    def imported(self, *argv: str) -> set[str]:
        """Which heavy packages the command `argv` has imported when it ends."""
        return {name for name in HEAVY if name in self.loaded(*argv)}

    def loaded(self, *argv: str) -> set[str]:
        """Every module that the command `argv` has imported when it ends."""
        script = (
            "import sys, atexit\n"
            "atexit.register(lambda: print('LOADED', *sys.modules, file=sys.stderr))\n"
            "from tui.cli.main import run\n"
            f"sys.argv[1:] = {list(argv)!r}\n"
            "run()\n"
        )
        told = self.python("-c", script).stderr
        return set(told.splitlines()[-1].split()[1:])
