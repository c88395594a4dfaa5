"""Gates: what must hold before an environment takes an image. Each verdict says what would satisfy it."""

from typing import Final

from tui.domain.plan import Request, Verdict, passes
from tui.usecases.concurrency import gather_all
from tui.usecases.evidence import Evidence
from tui.usecases.gates_admission import judge_admission
from tui.usecases.gates_approval import judge_approvals
from tui.usecases.gates_writing import ENGINE, READ_ONLY, judge_writing
from tui.usecases.signed import judge_signed
from tui.usecases.tools import Tools

__all__ = ["ENGINE", "READ_ONLY", "UNDO", "Evidence", "judge", "takes_back"]

UNDO: Final = "undo"
"""The gate of what goes back to where it was."""


async def judge(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """The verdict of every gate that applies to the target of `evidence`. Raises JournalError."""
    if takes_back(evidence.request):
        return (*await judge_writing(evidence, tools), _admitted(evidence.request))
    judged = await gather_all(*(each(evidence, tools) for each in _ALL))
    return tuple(verdict for verdicts in judged for verdict in verdicts)


def takes_back(request: Request) -> bool:
    """True for an undo. What the environment held before was admitted then, and is not asked to be admitted anew."""
    return request.occasion.startswith("undo ")


def _admitted(request: Request) -> Verdict:
    return passes(UNDO, f"{request.target.name} held this digest before: it was admitted then")


_ALL: Final = (judge_writing, judge_admission, judge_signed, judge_approvals)
