"""Gates of the target itself: whether it may be written, and to what somebody has to say yes."""

from typing import Final

from tui.domain.environment import Environment
from tui.domain.verdict import Verdict, asks, fails, passes
from tui.usecases.evidence import Evidence
from tui.usecases.locks import LockedTag, judge_lock, judge_wish
from tui.usecases.tools import Tools

READ_ONLY: Final = "read-only"
ENGINE: Final = "engine"
PROTECTED: Final = "protected"
OVERWRITE: Final = "overwrite"
WRITABLE_AGAIN: Final = "leave out --read-only; on the board ! switches it off"
"""What mends that a session is read-only."""
_TYPE_IT: Final = "type its name (board, terminal)"


async def judge_writing(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    """Whether the target's tag may be written, by this engine, and what is asked before."""
    target = evidence.request.target
    return (
        *judge_environment(target),
        *_overwrite(evidence),
        *await _locks(evidence, tools),
        *_engine(evidence),
    )


def judge_environment(target: Environment) -> tuple[Verdict, ...]:
    """Whether `target` may be written at all, and whether its name is asked for."""
    return (_writable(target), *_protected(target))


def _writable(target: Environment) -> Verdict:
    if target.read_only:
        return fails(READ_ONLY, f"{target.name} is read-only in the settings", "set read_only = false there")
    return passes(READ_ONLY, f"{target.name} may be written")


def _protected(target: Environment) -> tuple[Verdict, ...]:
    if not target.protected:
        return ()
    return (asks(PROTECTED, f"{target.name} is protected: its name is asked for", f"{_TYPE_IT}, or give --yes"),)


def _overwrite(evidence: Evidence) -> tuple[Verdict, ...]:
    """Nothing on a tag that is missing, or that holds the digest already."""
    current, request = evidence.current, evidence.request
    if current is None or evidence.is_there:
        return ()
    tag, name = request.target_tag, request.target.name
    if request.target.gates.overwrites:
        return (asks(OVERWRITE, f"will replace {current.digest}", "say yes to it (board, terminal), or give --yes"),)
    reason = f"{tag} in {name} holds {current.digest} and keeps it, as the settings want"
    remedy = f"promote under another tag with --as, or set gates.overwrite = true for {name}"
    return (fails(OVERWRITE, reason, remedy),)


async def _locks(evidence: Evidence, tools: Tools) -> tuple[Verdict, ...]:
    request = evidence.request
    wanted = LockedTag(request.target, request.repository, request.target_tag)
    held = () if evidence.is_there else await judge_lock(wanted, tools.lockers)
    return (*held, *judge_wish(request.target, tools.lockers))


def _engine(evidence: Evidence) -> tuple[Verdict, ...]:
    forecast = evidence.forecast
    return (fails(ENGINE, forecast.refusal, forecast.remedy),) if forecast.refusal else ()
