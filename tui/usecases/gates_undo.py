"""The gate of what goes back to where it was: it needs no other admission, where the journal proves that it was there.

Which image an undo names is the journal's word alone. So the word is checked before it opens every other gate.
"""

from collections.abc import Sequence
from typing import Final

from tui.domain.events import Recorded, TagMoved, TagRemoved
from tui.domain.past import ChainCheck, undone_by
from tui.domain.plan import Request
from tui.domain.reference import Digest, Reference
from tui.domain.verdict import Verdict, fails, passes
from tui.ports.journal import Journal
from tui.usecases.evidence import Evidence
from tui.usecases.tools import Tools

UNDO: Final = "undo"
"""The gate of what goes back to where it was."""
_THROUGH_GATES: Final = "promote it through the gates with `windlass promote`"


def takes_back(request: Request) -> bool:
    """True for an undo, also one that was interrupted and is gone on with."""
    return bool(undone_by(request.occasion))


async def judge_undo(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """Whether the target's tag held the digest just before the promotion that is undone. Raises JournalError."""
    request = evidence.request
    if broken := await judge_chain(tools.journal, request.target.name):
        return broken
    undone = undone_by(request.occasion)
    moves = _moves(await tools.journal.promotion(undone), evidence)
    if not moves or moves[0][0] != evidence.digest:
        reason = f"this journal does not tell that promotion {undone} replaced {evidence.digest} there"
        return (fails(UNDO, reason, _THROUGH_GATES),)
    held = evidence.current.digest if evidence.current else None
    if not evidence.is_there and held != moves[-1][1]:
        reason = f"the tag was written since promotion {undone}, and now is {held or 'missing'}"
        return (fails(UNDO, reason, f"look with `windlass history`; {_THROUGH_GATES}"),)
    return (passes(UNDO, f"{request.target.name} held this digest before: it was admitted then"),)


async def judge_chain(journal: Journal, environment: str) -> tuple[Verdict, ...]:
    """That the journal was changed, so that it proves nothing of `environment`; nothing where it is whole."""
    check = await journal.check()
    return (_changed(check, environment),) if check.broken_at is not None else ()


def _changed(check: ChainCheck, environment: str) -> Verdict:
    found = f"this journal is not as it was recorded, from event {check.broken_at} on"
    remedy = f"`windlass history --verify` tells more; {_THROUGH_GATES}"
    return fails(UNDO, f"{found}: it does not prove what {environment} held before", remedy)


def _moves(records: Sequence[Recorded], evidence: Evidence) -> list[tuple[Digest | None, Digest | None]]:
    """What the target's tag held before and after each move that `records` tell of."""
    request = evidence.request
    target = request.target.reference(request.repository, request.target_tag)
    return [move for record in records if (move := _move(record, target))]


def _move(record: Recorded, target: Reference) -> tuple[Digest | None, Digest | None] | None:
    if record.target != target:
        return None
    match record.event:
        case TagMoved(old, new):
            return old, new
        case TagRemoved(digest):
            return digest, None
        case _:
            return None
