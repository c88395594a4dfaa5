"""Going on with what was interrupted: a new plan of the same promotion, which sends nothing twice that has arrived."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tui.domain.environment import EngineName, PromotionPath
from tui.domain.events import PromotionCancelled
from tui.domain.past import Outcome, Past
from tui.domain.reference import Reference
from tui.ports.errors import WindlassError
from tui.usecases.recording import Recording
from tui.usecases.tools import Tools

if TYPE_CHECKING:
    from tui.domain.plan import Request


class CannotResume(WindlassError):
    """There is nothing to go on with; the sentence says why and what to do."""


async def interrupted(tools: Tools, path: PromotionPath) -> Sequence[Past]:
    """The promotions that were interrupted and are still to be gone on with, the newest first. Raises JournalError.

    One whose tag was promoted again since, or that was let go of, is over. Of several to one tag it is the last; while
    that runs, in this process or another, there is none to go on with.
    """
    found: dict[Reference, Past] = {}
    for past in await tools.journal.unended(path.names):
        if not past.untagged:
            found.setdefault(past.target, past)
    return [past for past in found.values() if past.outcome is Outcome.INTERRUPTED]


def resuming(path: PromotionPath, past: Past) -> "Request":
    """The request that goes on with `past`: the same digest, from the same place. Raises CannotResume.

    An undo goes on as that undo: what the target held before is not asked to be admitted anew.
    """
    from tui.domain.plan import Request

    source, target = path.owner_of(past.source), path.owner_of(past.target)
    if source is None or target is None:
        where = past.target if target is None else past.source
        raise CannotResume(_cannot(past, f"{where} is in none of the environments of these settings"))
    if source[1] != target[1] or past.target.tag is None or past.source.digest is None:
        raise CannotResume(_cannot(past, f"{past.source} and {past.target} are not one repository in these settings"))
    is_pinned = past.source.tag is None
    return Request(
        source=source[0],
        target=target[0],
        repository=target[1],
        tag=past.source.tag or past.target.tag,
        target_tag=past.target.tag,
        engine=_engine(past, is_pinned=is_pinned),
        seen=None if is_pinned else past.source.digest,
        pinned=past.source.digest if is_pinned else None,
        occasion=past.occasion if past.undoes else f"resume {past.promotion}",
    )


def _engine(past: Past, *, is_pinned: bool) -> EngineName:
    """The one that began, for it finds what has arrived; a digest that is put back is only tagged.

    Azure leaves nothing half imported, so that there the choice is free again.
    """
    if is_pinned:
        return EngineName.DIRECT
    begun = next((name for name in EngineName if name == past.engine), EngineName.AUTO)
    return EngineName.AUTO if begun is EngineName.ACR_IMPORT else begun


def _cannot(past: Past, why: str) -> str:
    return f"promotion {past.promotion} cannot be gone on with: {why}; `windlass resume {past.promotion} --forget`"


async def forget(tools: Tools, past: Past) -> None:
    """Journals that nobody goes on with `past`, nor with what was cut short at its tag before. Raises JournalError."""
    for other in await tools.journal.unended([item.name for item in tools.registries]):
        is_same = other.target == past.target and other.outcome is Outcome.INTERRUPTED and other.began <= past.began
        if is_same and other.promotion != past.promotion:
            await _cancel(tools, other)
    await _cancel(tools, past)


async def _cancel(tools: Tools, past: Past) -> None:
    recording = Recording(tools.journal, tools.clock, past.source, past.target, past.promotion)
    await recording.record(PromotionCancelled())
