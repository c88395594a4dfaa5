"""`windlass history`: what the journal saw and did. No registry is contacted, but with `--noted`."""

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Final

from tui.cli.aligned import aligned
from tui.cli.alike import alike
from tui.cli.commands_reading import HistoryCommand
from tui.cli.exits import Exit
from tui.cli.history_documents import history_document
from tui.cli.history_promotions import promotion_lines, tell_check, tell_promotion, time_text
from tui.cli.opening import Opener, opener_for
from tui.cli.output import Console
from tui.cli.running import run_until_signalled
from tui.domain.environment import PromotionPath
from tui.domain.history import History
from tui.domain.history_text import HistoryLine, history_lines
from tui.domain.past import Past
from tui.domain.snapshot import Snapshot
from tui.usecases.workbench import Workbench

_LEFT: Final = "the journal is as it was"
_UNUSED: Final = (
    "nothing was promoted here yet; name a repository to see what its tags held: `windlass history shop/api`"
)
_EMPTY: Final = "the journal has seen nothing yet: `windlass status` or the board look, and from then on it knows"


def run_history(command: HistoryCommand, console: Console) -> Exit:
    """Prints what the journal knows of what the settings name. Raises SettingsError."""
    return run_until_signalled(history(command, console, opener_for(command.common)), console, _LEFT)


async def history(command: HistoryCommand, console: Console, opener: Opener) -> Exit:
    """Prints what the journal of the workbench knows that `opener` opens. Raises JournalError."""
    async with opener() as bench:
        if command.asks_registries:
            from tui.cli.noted import tell_noted

            return await tell_noted(bench, command, console)
        if command.verifies:
            return await tell_check(bench, console, as_json=command.as_json)
        if command.promotion:
            return await tell_promotion(bench, command.promotion, console, as_json=command.as_json)
        return await _tell(bench, command, console)


async def _tell(bench: Workbench, command: HistoryCommand, console: Console) -> Exit:
    known = await bench.history(command.repository, command.tag)
    pasts = [past for past in await bench.promotions() if _is_meant(past, bench.path, command)]
    is_empty = not known.sightings and not known.landings and not pasts
    seen = await bench.recall() if is_empty else ()
    if command.as_json:
        console.document(json.dumps(history_document(known, pasts, bench.path), indent=2))
    else:
        for line in _text(known, pasts, command, bench.path):
            console.data(line)
    if not is_empty:
        return Exit.DONE
    console.say(_why_empty(command, seen))
    return Exit.DONE if _is_known(command, seen) else Exit.FAILED


def _is_meant(past: Past, path: PromotionPath, command: HistoryCommand) -> bool:
    """True where it was about the repository and the tag that were asked for, or about any."""
    owner = path.owner_of(past.target)
    repository = owner[1] if owner else past.target.repository
    return command.repository in {None, repository} and command.tag in {None, past.target.tag}


def _text(known: History, pasts: Sequence[Past], command: HistoryCommand, path: PromotionPath) -> Iterator[str]:
    """What the tags of a repository held; without one, or where no change was ever seen, the promotions."""
    now = datetime.now(UTC)
    lines = history_lines(known, path.environments, now) if command.repository else ()
    return _lines(lines) if lines else promotion_lines(pasts, path, now)


def _lines(lines: Sequence[HistoryLine]) -> Iterator[str]:
    cells = [(time_text(line.at), line.age, line.environment, line.tag, line.text) for line in lines]
    return aligned((("TIME", "AGE", "ENVIRONMENT", "TAG", "WHAT"), *cells))


def _is_known(command: HistoryCommand, seen: Sequence[Snapshot]) -> bool:
    """True where what was asked for is no slip in a name: everything, or what the journal saw."""
    if command.repository is None:
        return True
    held = [snapshot.entries for snapshot in seen if snapshot.repository == command.repository]
    return bool(held) if command.tag is None else any(command.tag in entries for entries in held)


def _why_empty(command: HistoryCommand, seen: Sequence[Snapshot]) -> str:
    """What to say where nothing is known; `seen` are the newest snapshots of all repositories."""
    if not seen:
        return _EMPTY
    if command.repository is None:
        return _UNUSED
    repositories = {snapshot.repository for snapshot in seen}
    if command.repository not in repositories:
        return f"the journal knows no repository {command.repository}{alike(command.repository, repositories)}"
    tags = {tag for snapshot in seen if snapshot.repository == command.repository for tag in snapshot.entries}
    if command.tag is None or command.tag in tags:
        return f"the journal saw no change of {command.repository}{f':{command.tag}' if command.tag else ''} yet"
    return f"the journal never saw {command.repository}:{command.tag}{alike(command.tag, tags)}"
