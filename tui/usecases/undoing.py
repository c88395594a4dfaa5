"""Undoing a promotion: the digest that its tag held before is put back, or the tag taken away that it created.

It is undone only while the tag holds what the promotion left there, whether it was named or is simply the last one:
what somebody else wrote since is nobody's to overwrite unseen. An undo is a promotion like another, and can be undone
by its id.
"""

from collections.abc import Sequence
from itertools import takewhile
from typing import Final

from tui.domain.environment import EngineName, Environment, PromotionPath
from tui.domain.events import PromotionStarted, Recorded, TagMoved
from tui.domain.past import Outcome, Past, undo_of
from tui.domain.plan import Request
from tui.domain.reference import Digest, Repository, Tag
from tui.ports.errors import WindlassError
from tui.usecases.companions import resolve_or_none
from tui.usecases.tools import Tools
from tui.usecases.untagging import Untagging, look_at_untagging, untag

__all__ = ["CannotUndo", "Untagging", "undoing", "untag"]

_RECENT: Final = 50
"""Promotions among which the last that wrote a tag is nearly always found."""
_IDS: Final = "`windlass history` lists the ids"


class CannotUndo(WindlassError):
    """A promotion cannot be undone; the sentence says why and what to do."""


async def undoing(tools: Tools, path: PromotionPath, promotion: str = "") -> Request | Untagging:
    """What undoes `promotion` (an id, or how one begins), or the last one that wrote a tag.

    A request is for `make_plan`, which looks whether the digest is still there. Raises CannotUndo, RegistryError,
    JournalError.
    """
    past = await (_named(tools, path, promotion) if promotion else _last(tools, path))
    _refuse_unwritten(past)
    environment, repository, tag = _place(path, past)
    left = await _left_by(tools, past)
    held = await resolve_or_none(tools.registries[environment], environment.locate(repository), tag)
    now = held.digest if held else None
    if now != left:
        raise CannotUndo(await _moved(tools, path, past, left, now))
    if past.replaced is not None:
        return _put_back(past, environment, repository, tag, past.replaced)
    if left is None:
        raise CannotUndo(f"promotion {past.promotion} took nothing away: there is nothing to put back")
    return await look_at_untagging(tools, past, (environment, repository, tag), left)


async def _last(tools: Tools, path: PromotionPath) -> Past:
    """The last promotion that wrote a tag and was not undone; an undo is none. Raises CannotUndo where there is none.

    So asking again goes further back, and never forward again. An undo that was undone itself undid nothing.
    """
    for limit in (_RECENT, None):
        undone: set[str] = set()
        for past in await tools.journal.promotions(path.names, limit):
            if not past.moved or past.promotion in undone:
                continue
            if not past.undoes:
                return past
            undone.add(past.undoes)
    raise CannotUndo("there is nothing to undo: this journal has no promotion that wrote a tag here and was not undone")


async def _named(tools: Tools, path: PromotionPath, name: str) -> Past:
    """The one promotion whose id begins with `name`. Raises CannotUndo where there is none, or several."""
    pasts = await tools.journal.promotions(path.names)
    found = [past for past in pasts if past.promotion.startswith(name)]
    if len(found) == 1:
        return found[0]
    if found:
        told = ", ".join(past.promotion for past in found[:3])
        raise CannotUndo(f"several promotions begin with {name}: {told}{' …' if len(found) > 3 else ''}; {_IDS}")
    raise CannotUndo(_unknown(name, await tools.journal.promotion(name)))


def _unknown(name: str, records: Sequence[Recorded]) -> str:
    """Why `name`, of which the journal has `records`, names no promotion into these environments."""
    if not records:
        return f"no promotion's id begins with {name}; {_IDS}"
    first = records[0]
    if isinstance(first.event, PromotionStarted):
        where = f"{first.target} is in none of the environments of these settings"
        return f"promotion {first.promotion} cannot be undone: {where}; use the settings that have it"
    return f"{first.promotion} is no promotion, and wrote no tag; {_IDS}"


def _refuse_unwritten(past: Past) -> None:
    """Raises CannotUndo where the promotion is not over, or left its tag as it was."""
    who = f"promotion {past.promotion}"
    if past.outcome is Outcome.RUNNING:
        raise CannotUndo(f"{who} is still running: let it end, or stop it")
    if past.moved:
        return
    if past.outcome is Outcome.INTERRUPTED:
        way = f"`windlass resume {past.promotion}` goes on with it"
        raise CannotUndo(f"{who} was interrupted before it is known to have written {past.target}; {way}")
    because = f" ({past.detail})" if past.detail else ""
    raise CannotUndo(f"{who} wrote nothing: it {_ENDED[past.outcome]}{because}; there is nothing to undo")


_ENDED: Final = {
    Outcome.SUCCEEDED: "found the tag as it was to be",
    Outcome.REFUSED: "was refused",
    Outcome.FAILED: "failed",
    Outcome.CANCELLED: "was cancelled",
}


def _place(path: PromotionPath, past: Past) -> tuple[Environment, Repository, Tag]:
    found = path.owner_of(past.target)
    if found is None or past.target.tag is None:
        raise CannotUndo(f"{past.target} is in none of the environments of these settings; use those that have it")
    return *found, past.target.tag


async def _left_by(tools: Tools, past: Past) -> Digest | None:
    """What the promotion left under its tag: an engine may have changed the digest. None where it took it away."""
    if past.untagged:
        return None
    events = [record.event for record in await tools.journal.promotion(past.promotion)]
    moves = [event.new for event in events if isinstance(event, TagMoved)]
    return moves[-1] if moves else past.source.digest


async def _moved(tools: Tools, path: PromotionPath, past: Past, left: Digest | None, now: Digest | None) -> str:
    """That the tag holds something else since, and what to do."""
    told = f"{past.target} no longer is as promotion {past.promotion} left it ({_spelt(left)}): it now is {_spelt(now)}"
    if now == past.replaced:
        return f"{told}, as before that promotion: there is nothing to undo"
    later = await _writer_since(tools, path, past)
    if later is not None:
        way = f"`windlass undo {later.promotion}` undoes that first"
        return f"{told}; promotion {later.promotion} wrote it since: {way}"
    return f"{told}, and not by a promotion of this journal's; promote what it is to hold"


async def _writer_since(tools: Tools, path: PromotionPath, past: Past) -> Past | None:
    """The last promotion that wrote the same tag after `past`."""
    pasts = await tools.journal.promotions(path.names)
    later = takewhile(lambda other: other.promotion != past.promotion, pasts)
    return next((other for other in later if other.moved and other.target == past.target), None)


def _spelt(digest: Digest | None) -> str:
    return str(digest) if digest else "missing"


def _put_back(past: Past, environment: Environment, repository: Repository, tag: Tag, digest: Digest) -> Request:
    """Its content is in the repository already, so that one manifest is all that is written."""
    return Request(
        source=environment,
        target=environment,
        repository=repository,
        tag=tag,
        target_tag=tag,
        engine=EngineName.DIRECT,
        pinned=digest,
        occasion=undo_of(past.promotion),
    )
