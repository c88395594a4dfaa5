"""Going on with what was interrupted: a new plan of the same promotion, which sends nothing twice that has arrived."""

from collections.abc import Sequence

from tui.domain.environment import PromotionPath
from tui.domain.past import Past
from tui.domain.plan import Request
from tui.ports.errors import WindlassError
from tui.usecases.tools import Tools


class CannotResume(WindlassError):
    """There is nothing to go on with; the sentence says why and what to do."""


async def interrupted(tools: Tools, path: PromotionPath) -> Sequence[Past]:
    """The promotions that were interrupted and are still to be gone on with, the newest first. Raises JournalError.

    One whose tag was promoted again since, or that was let go of, is over.
    """
    raise NotImplementedError


def resuming(path: PromotionPath, past: Past) -> Request:
    """The request that goes on with `past`: the same digest, from the same place. Raises CannotResume."""
    raise NotImplementedError


async def forget(tools: Tools, past: Past) -> None:
    """Journals that nobody goes on with `past`. Raises JournalError."""
    raise NotImplementedError
