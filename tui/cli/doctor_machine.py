"""What there is to say of this machine: the journal, the terminal, the clipboard, the Docker Engine."""

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from tui.cli.history_promotions import BROKEN_MEND
from tui.cli.interruptions import goes_on, interrupted_text
from tui.cli.output import Console
from tui.domain.amounts import count, size
from tui.domain.finding import Finding, doubtful, fine, wrong
from tui.ports.errors import EngineError, JournalError
from tui.usecases.workbench import Workbench

ENGINES: Final = "engines"
JOURNAL: Final = "journal"
TERMINAL: Final = "terminal"
_ROOM: Final = (80, 24)
"""Columns and lines below which the board cannot show what it should."""


def journal_findings(file: Path) -> Iterator[Finding]:
    """Whether the journal can be written, and how large what was read before has become."""
    folder = _nearest(file.parent)
    parts = (file, *(file.with_name(file.name + end) for end in ("-wal", "-shm")))
    locked = next((part for part in parts if part.exists() and not _may_be_written(part)), None)
    if locked is None and not (folder.is_dir() and os.access(folder, os.W_OK)):
        locked = folder
    if locked is not None:
        yield wrong(JOURNAL, f"{file}: {locked} cannot be written; nothing is promoted unrecorded", f"ls -ld {locked}")
    elif not file.exists():
        yield fine(JOURNAL, f"{file}: not there yet; it is made when it is first used")
    else:
        yield fine(JOURNAL, f"{file}: {size(file.stat().st_size)}, can be written")
    memory = file.with_name("content.db")
    if memory.exists():
        yield fine(JOURNAL, f"{memory}: {size(memory.stat().st_size)} of content that need not be read again")


def _may_be_written(file: Path) -> bool:
    return file.is_file() and os.access(file, os.W_OK)


def _nearest(folder: Path) -> Path:
    """`folder`, or the nearest above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())


async def chain_finding(bench: Workbench) -> Finding:
    """Whether the journal is as it was written."""
    try:
        check = await bench.check_journal()
    except JournalError as error:
        return wrong(JOURNAL, str(error), "windlass history --verify")
    if check.broken_at is not None:
        told = f"it is not as it was recorded, from event {check.broken_at} on: {check.finding}"
        return wrong(JOURNAL, told, BROKEN_MEND)
    return fine(JOURNAL, f"its chain of {count(check.events, 'event')} is whole")


async def interrupted_findings(bench: Workbench) -> Sequence[Finding]:
    """That promotions were interrupted; that the journal cannot be read is told of its chain."""
    try:
        number = len(await bench.interrupted())
    except JournalError:
        return ()
    return (doubtful(JOURNAL, interrupted_text(number), f"`windlass resume` {goes_on(number)}"),) if number else ()


def terminal_findings(console: Console, env: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the board can be drawn here."""
    if not console.out.isatty():
        yield fine(TERMINAL, "the output is no terminal, so nothing is said of one")
        return
    columns, lines = shutil.get_terminal_size()
    term, encoding = env.get("TERM", ""), (getattr(console.out, "encoding", None) or "").lower()
    told = f"TERM={term or '?'}, {_colours(env)}, {columns} columns, {lines} lines, {encoding or 'unknown letters'}"
    if term in {"", "dumb"}:
        yield wrong(TERMINAL, f"{told}: the board cannot be drawn on it", "export TERM=xterm-256color")
    elif columns < _ROOM[0] or lines < _ROOM[1]:
        yield doubtful(TERMINAL, f"{told}: the board wants {_ROOM[0]} by {_ROOM[1]}", "make the window larger")
    elif not encoding.startswith("utf"):
        yield doubtful(TERMINAL, f"{told}: it shows no glyphs", "export LC_ALL=C.UTF-8, or windlass --ascii")
    else:
        yield fine(TERMINAL, told)


def _colours(env: Mapping[str, str]) -> str:
    if env.get("NO_COLOR"):
        return "no colours (NO_COLOR)"
    if env.get("COLORTERM", "") in {"truecolor", "24bit"}:
        return "all colours"
    return "256 colours" if "256" in env.get("TERM", "") else "16 colours"


def clipboard_finding(env: Mapping[str, str]) -> Finding:
    """Which way a copy would go."""
    from tui.ui.clipboard import THROUGH_TERMINAL, usable

    tools = (tool.command[0] for tool in usable(env))
    found = next((tool for tool in tools if shutil.which(tool, path=env.get("PATH"))), "")
    if found:
        return fine("clipboard", f"copies with {found}")
    over = "over SSH " if env.get("SSH_CONNECTION") or env.get("SSH_TTY") else ""
    if env.get("TMUX"):
        mend = "tmux set -s set-clipboard on"
        return doubtful("clipboard", f"copies {over}{THROUGH_TERMINAL}, and tmux has to as well", mend)
    return fine("clipboard", f"copies {over}{THROUGH_TERMINAL}")


async def docker_findings(users: Sequence[str]) -> Sequence[Finding]:
    """Whether a Docker Engine is reached; `users` are the environments that are promoted into through it."""
    from tui.wiring.doctor import ask_docker

    try:
        return [fine(ENGINES, f"docker: {await ask_docker()}")]
    except EngineError as error:
        if users:
            return [wrong(ENGINES, f"docker: {error.detail}", f'engine = "direct" for {", ".join(users)}')]
        return [fine(ENGINES, f"docker: not reached, and no environment asks for it ({error.detail})")]
