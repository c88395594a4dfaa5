"""The gates of taking a tag away."""

from typing import Final

from tui.domain.verdict import Verdict, asks, fails
from tui.usecases.gates_undo import judge_chain
from tui.usecases.gates_writing import OVERWRITE, judge_environment
from tui.usecases.locks import LockedTag, judge_lock
from tui.usecases.tools import Tools

UNTAG: Final = "untag"
"""The gate that asks before a tag is taken away."""


async def judge_untagging(tools: Tools, wanted: LockedTag) -> tuple[Verdict, ...]:
    """What was admitted before is not judged anew; only whether its tag may go, and who has to say yes to that."""
    environment = wanted.environment
    return (
        *judge_environment(environment),
        *_kept(wanted),
        *await judge_chain(tools.journal, environment.name),
        *await judge_lock(wanted, tools.lockers),
        asks(UNTAG, f"{wanted.tag} will be gone from {environment.name}", "say yes to it, or give --yes"),
    )


def _kept(wanted: LockedTag) -> tuple[Verdict, ...]:
    if wanted.environment.gates.overwrites:
        return ()
    reason = f"{wanted.environment.name} keeps what a tag holds, as the settings want"
    return (fails(OVERWRITE, reason, f"set gates.overwrite = true for {wanted.environment.name}"),)
