"""Locking and unlocking tags from the board: asked about first, then carried out by the application."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Final

from textual.app import App

from tui.domain.board import Row
from tui.domain.environment import PromotionPath
from tui.domain.events import PromotionFailed, PromotionRefused, Recorded
from tui.domain.reference import Digest
from tui.ports.errors import WindlassError
from tui.ui.crew import Crew
from tui.ui.messages import ChangeAdvanced, PromotionsEnded, Said
from tui.ui.screens.confirm import ConfirmScreen
from tui.usecases.locks import LockedTag
from tui.usecases.tools import Tools
from tui.usecases.workbench import Workbench

Tell = Callable[[ChangeAdvanced | PromotionsEnded | Said], object]
GROUP: Final = "locks"


@dataclass(frozen=True, slots=True)
class LockChange:
    """A tag to lock, or to unlock. `held` is what it is known to hold."""

    wanted: LockedTag
    locks: bool
    held: Digest | None = None

    @property
    def name(self) -> str:
        """`shop/api:1.14.2`."""
        return f"{self.wanted.repository}:{self.wanted.tag}"

    @property
    def verb(self) -> str:
        """What is to be done."""
        return "lock" if self.locks else "unlock"

    @property
    def command(self) -> str:
        """The command line that does the same."""
        return self.wanted.command(self.verb)

    @property
    def question(self) -> str:
        """What it means, to be asked beforehand."""
        name, at = self.wanted.environment.name, f" at {self.held}" if self.held else ""
        if self.locks:
            meaning = "Locking keeps everybody from moving or deleting it, promotions among them, until it is unlocked."
            return f"{name} holds {self.name}{at}. {meaning}"
        meaning = "Unlocking lets anybody with push rights move or delete it."
        return f"{name} holds {self.name} locked{at}. {meaning}"


def change_for(row: Row, path: PromotionPath, column: int, *, locks: bool) -> LockChange | str:
    """The change of the tag of `row` in the environment at `column`; a sentence where there is nothing to change."""
    environment, entry = path.environments[column], row.entries[column]
    name = f"{row.repository}:{row.tag}"
    if entry is None:
        return f"{environment.title} is not known to have {name}: there is nothing to {'lock' if locks else 'unlock'}"
    if entry.locked is locks:
        return f"{environment.title}/{name} is {'locked already' if locks else 'not locked'}; r reads it again"
    return LockChange(LockedTag(environment, row.repository, row.tag), locks, entry.digest)


class Locksmith:
    """Changes locks once that was confirmed, and tells everything that happens."""

    def __init__(self, app: App[Any], workbench: Workbench, tell: Tell) -> None:
        self._app = app
        self._workbench = workbench
        self._tell = tell
        self._crew = Crew(app, GROUP)

    @property
    def is_busy(self) -> bool:
        """True while a lock is being changed."""
        return self._crew.is_busy

    async def stop(self) -> None:
        """Cancels every change, and returns when that is in the journal."""
        await self._crew.stop()

    def refusal(self, change: LockChange) -> str:
        """Why `change` cannot even be asked about; empty where it can."""
        environment, tools = change.wanted.environment, self._workbench.tools
        if self._workbench.read_only:
            return f"this session is read-only: {change.name} cannot be {change.verb}ed; ! switches that off"
        if environment.read_only:
            return f"{environment.title} is read-only in the settings: its tags can be neither locked nor unlocked"
        if isinstance(tools, Tools) and environment not in tools.lockers:
            return f"{environment.title} cannot lock tags: only an Azure Container Registry can"
        return ""

    def ask(self, change: LockChange | str, then: Callable[[bool], object] | None = None) -> None:
        """Asks, and does it if the answer is yes; `then` hears whether the tag is now as wanted.

        A sentence in place of a change is only told.
        """
        if isinstance(change, str):
            self._tell(Said(change))
            return
        if problem := self.refusal(change):
            self._tell(Said(problem, "warning"))
            return
        environment = change.wanted.environment
        keep = "leave it as it is" if change.locks else "leave it locked"
        name = environment.name if environment.protected else ""

        def answered(is_confirmed: bool | None) -> None:  # noqa: FBT001 - a screen's result
            if is_confirmed:
                self._crew.start(self._change(change, then))

        self._app.push_screen(ConfirmScreen(change.question, yes=f"{change.verb} it", no=keep, name=name), answered)

    async def _change(self, change: LockChange, then: Callable[[bool], object] | None) -> None:
        """Afterwards the repository is read again: only that changes a cell."""
        self._tell(Said(change.command, "command"))
        is_done = False
        try:
            is_done = await self._carry_out(change)
        except asyncio.CancelledError:
            self._tell(
                Said(f"{change.verb}ing {change.name} was stopped; it is read again to see how it stands", "warning")
            )
            raise
        except WindlassError as error:
            self._tell(Said(f"cannot {change.verb} {change.name}: {error}", "error"))
        except Exception as error:  # noqa: BLE001 - a worker's edge: it becomes a line in the log
            self._tell(Said(f"cannot {change.verb} {change.name}: {type(error).__name__}: {error}", "error"))
        finally:
            self._tell(PromotionsEnded((change.wanted.repository,)))
        if then is not None:
            then(is_done)

    async def _carry_out(self, change: LockChange) -> bool:
        run = self._workbench.lock if change.locks else self._workbench.unlock
        wanted, last = change.wanted, None
        async with aclosing(run(wanted.environment, wanted.repository, wanted.tag)) as records:
            async for last in records:
                self._tell(ChangeAdvanced(last))
        return _is_done(last)


def _is_done(last: Recorded | None) -> bool:
    return last is not None and not isinstance(last.event, PromotionRefused | PromotionFailed)
