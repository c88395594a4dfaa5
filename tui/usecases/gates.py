"""Gates: what must hold before an environment takes an image. Each verdict says what would satisfy it."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any

from tui.domain.plan import Request
from tui.domain.verdict import Verdict
from tui.usecases.concurrency import gather_all
from tui.usecases.evidence import Evidence
from tui.usecases.gates_admission import judge_admission
from tui.usecases.gates_undo import judge_undo, takes_back
from tui.usecases.gates_writing import ENGINE, READ_ONLY, WRITABLE_AGAIN, judge_writing
from tui.usecases.tools import Tools

__all__ = ["ENGINE", "READ_ONLY", "WRITABLE_AGAIN", "Evidence", "judge", "takes_back"]

Gate = Callable[[Evidence, Tools], Coroutine[Any, Any, tuple[Verdict, ...]]]


async def judge(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """The verdict of every gate that applies to the target of `evidence`. Raises JournalError."""
    judged = await gather_all(*(each(evidence, tools) for each in _gates(evidence.request)))
    return tuple(verdict for verdicts in judged for verdict in verdicts)


def _gates(request: Request) -> Iterator[Gate]:
    """Those that apply: most targets want few, and each is judged twice."""
    yield judge_writing
    if takes_back(request):
        yield judge_undo
        return
    rules = request.target.gates
    if rules.tags or rules.promoted_to:
        yield judge_admission
    if rules.signed:
        yield _judge_signed
    if rules.approvals:
        yield _judge_approvals


async def _judge_approvals(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """Imported where approvals are wanted."""
    from tui.usecases.gates_approval import judge_approvals

    return await judge_approvals(evidence, tools)


async def _judge_signed(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """Imported where signatures are wanted."""
    from tui.usecases.signed import judge_signed

    return await judge_signed(evidence, tools)
