"""How long a start takes: until help is told, until the board is painted and keys work, until the first request.

    python -m tests.benchmarks.starting [ROUNDS]

Each is measured beside what nothing of ours can be faster than, in turn: a Python that does nothing, an empty Textual
application. Screens are painted on a pseudo-terminal of 160x50, where one counts as painted with the first write that
positions text after the other screen was entered; a key is typed as soon as it is, and works when its answer is there.
The board is opened a second time, on the sample registries of `windlass demo --serve`: so it has a last known one.
"""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.benchmarks.findings import Findings
from tests.benchmarks.table import Row, milliseconds, note, ratio, show
from tests.terminals import ENTERED, LEFT, Screen, started

SIZE: Final = (160, 50)
NOTHING: Final = ("-c", "pass")
HELP: Final = ("-m", "tui", "--help")
EMPTY: Final = (
    "-c",
    "from textual.app import App\nclass Empty(App):\n    def on_key(self): self.exit()\nEmpty().run()",
)
FIRST_REQUEST: Final = """
import sys, time
def look(event, words):
    if event == "socket.connect" and isinstance(words[1], tuple) and not seen:
        seen.append(time.monotonic())
        print("CONNECTED", *seen, file=sys.stderr)
seen = []
sys.addaudithook(look)
from tui.cli.main import run
run()
"""
PAINTED: Final = re.compile(rb"\x1b\[[0-9;]*m[^\x1b]{8,}")
IMAGE: Final = "data/ingest:3.11.1"


@dataclass(slots=True)
class Rounds:
    """Seconds of each round, ours and theirs."""

    ours: list[float] = field(default_factory=list[float])
    theirs: list[float] = field(default_factory=list[float])

    def row(self, name: str, beside: str, aim: str) -> Row:
        """What they tell."""
        theirs = f"{beside} {milliseconds(self.theirs)}"
        return Row(name, milliseconds(self.ours), theirs, ratio(self.ours, self.theirs), aim)


def findings(rounds: int, only: str) -> Findings:
    """Every case in whose name `only` stands."""
    with tempfile.TemporaryDirectory() as folder, world(Path(folder)) as env:
        return Findings(tuple(make(env, rounds) for name, make in CASES.items() if only in name))


@contextmanager
def world(folder: Path) -> Generator[Mapping[str, str], None, None]:
    """The environment of every process: a home of its own, sample registries, and settings for plain ones of them."""
    homes = {f"XDG_{name}_HOME": str(folder / name) for name in ("CONFIG", "DATA", "STATE", "CACHE")}
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPATH": str(Path.cwd())}
    env = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    env |= homes | compiled | {"TERM": "xterm-256color", "COLORTERM": "truecolor"}
    serving = [sys.executable, "-m", "tui", "demo", "--serve", "--dir", str(folder)]
    with subprocess.Popen(serving, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env) as process:
        try:
            assert process.stdout is not None
            hosts = json.loads(process.stdout.readline())["environments"]
            file = folder / "plain.toml"
            file.write_text("".join(map(_environment, ("base", "dev", "test"), hosts.values())))
            yield env | {"WINDLASS_CONFIG": str(file)}
        finally:
            process.send_signal(signal.SIGTERM)


def _environment(name: str, host: str) -> str:
    return f'[[environment]]\nname = "{name}"\nregistry = "{host}"\nauth = "anonymous"\n'


# -- processes that say something and end --------------------------------------------------------------------------


def help_told(env: Mapping[str, str], rounds: int) -> Row:
    """`windlass --help`, by the installed script where there is one."""
    script = shutil.which("windlass", path=str(Path(sys.executable).parent))
    command = [script, "--help"] if script else [sys.executable, *HELP]
    return _ended(command, env, rounds).row("--help", "python -c pass", "2 x + 60 ms")


def _ended(command: Sequence[str], env: Mapping[str, str], rounds: int) -> Rounds:
    told = Rounds()
    for _ in range(rounds):
        told.theirs.append(_lasted([sys.executable, *NOTHING], env))
        told.ours.append(_lasted(command, env))
    return told


def _lasted(command: Sequence[str], env: Mapping[str, str]) -> float:
    began = time.monotonic()
    subprocess.run(command, env=env, check=True, capture_output=True)
    return time.monotonic() - began


def first_request(words: Sequence[str], aim: str) -> Callable[[Mapping[str, str], int], Row]:
    """How long until the command `words` connects to a registry."""

    def measure(env: Mapping[str, str], rounds: int) -> Row:
        told = Rounds()
        for _ in range(rounds):
            told.theirs.append(_lasted([sys.executable, *NOTHING], env))
            told.ours.append(_connected(words, env))
        return told.row(f"{words[0]}, to its first request", "python -c pass", aim)

    return measure


def _connected(words: Sequence[str], env: Mapping[str, str]) -> float:
    began = time.monotonic()
    done = subprocess.run([sys.executable, "-c", FIRST_REQUEST, *words], env=env, capture_output=True, text=True)
    found = re.search(r"^CONNECTED ([\d.]+)$", done.stderr, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"{words}: nothing was asked: {done.stderr[-500:]}")
    return float(found[1]) - began


# -- screens ---------------------------------------------------------------------------------------------------------


def first_paint(env: Mapping[str, str], rounds: int) -> Row:
    """The last known board on the terminal, beside an empty application's first screen."""
    _remember(env)
    told = Rounds()
    for _ in range(rounds):
        told.theirs.append(_painted(EMPTY, env, _is_painted))
        told.ours.append(_painted(("-m", "tui"), env, lambda seen: b"last known" in seen))
    return told.row("first paint, with the last known board", "empty Textual", "1.1")


def keys_work(env: Mapping[str, str], rounds: int) -> Row:
    """`?` answered with the help, beside a key that ends an empty application; both typed at the first paint."""
    _remember(env)
    told = Rounds()
    for _ in range(rounds):
        told.theirs.append(_answered(EMPTY, env, _is_painted, b"x", lambda seen: LEFT in seen))
        told.ours.append(
            _answered(("-m", "tui"), env, lambda seen: b"last known" in seen, b"?", lambda seen: b"Esc closes" in seen)
        )
    return told.row("until a key works, the board read from the journal", "empty Textual", "")


def _is_painted(seen: bytes) -> bool:
    return PAINTED.search(seen.partition(ENTERED)[2]) is not None


def _remember(env: Mapping[str, str]) -> None:
    """A board that was read whole, so that the next start has one."""
    note("reading the board that is to be remembered")
    with started("-m", "tui", size=SIZE, **env) as screen:
        screen.until(b" ago,")
        screen.press(b"q")
        screen.ended()


def _painted(argv: Sequence[str], env: Mapping[str, str], is_there: Callable[[bytes], bool]) -> float:
    return _timed(argv, env, lambda screen: screen.until_it(is_there))


def _answered(
    argv: Sequence[str],
    env: Mapping[str, str],
    is_there: Callable[[bytes], bool],
    key: bytes,
    is_answered: Callable[[bytes], bool],
) -> float:
    def use(screen: Screen) -> None:
        screen.until_it(is_there)
        screen.press(key)
        screen.until_it(is_answered)

    return _timed(argv, env, use)


def _timed(argv: Sequence[str], env: Mapping[str, str], use: Callable[[Screen], object]) -> float:
    began = time.monotonic()
    with started(*argv, size=SIZE, **env) as screen:
        use(screen)
        return time.monotonic() - began


CASES: Final[Mapping[str, Callable[[Mapping[str, str], int], Row]]] = {
    "help": help_told,
    "status": first_request(("status",), ""),
    "promote": first_request(("promote", IMAGE, "--to", "dev", "--yes"), "110 ms"),
    "paint": first_paint,
    "keys": keys_work,
}

if __name__ == "__main__":
    show("start", findings(int(sys.argv[1]) if len(sys.argv) > 1 else 7, "").rows)
