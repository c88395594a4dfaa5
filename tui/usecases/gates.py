"""Gates: what must hold before an environment takes an image. Each verdict says what would satisfy it."""

from typing import Final

from tui.domain.verdict import Verdict
from tui.usecases.concurrency import gather_all
from tui.usecases.evidence import Evidence
from tui.usecases.gates_admission import judge_admission
from tui.usecases.gates_undo import judge_undo, takes_back
from tui.usecases.gates_writing import ENGINE, READ_ONLY, WRITABLE_AGAIN, judge_writing
from tui.usecases.tools import Tools

__all__ = ["ENGINE", "READ_ONLY", "WRITABLE_AGAIN", "Evidence", "judge", "takes_back"]


async def judge(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """The verdict of every gate that applies to the target of `evidence`. Raises JournalError."""
    gates = (judge_writing, judge_undo) if takes_back(evidence.request) else _ALL
    judged = await gather_all(*(each(evidence, tools) for each in gates))
    return tuple(verdict for verdicts in judged for verdict in verdicts)


async def _judge_approvals(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """Imported where approvals are wanted: most targets want none."""
    if not evidence.request.target.gates.approvals:
        return ()
    from tui.usecases.gates_approval import judge_approvals

    return await judge_approvals(evidence, tools)


async def _judge_signed(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """Imported where signatures are wanted: most targets want none."""
    if not evidence.request.target.gates.signed:
        return ()
    from tui.usecases.signed import judge_signed

    return await judge_signed(evidence, tools)


_ALL: Final = (judge_writing, judge_admission, _judge_signed, _judge_approvals)
