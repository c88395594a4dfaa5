"""Planning what is asked for, and what can be changed about it: target, engine, a lock that stands in the way."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from typing import Final

from tui.domain.environment import EngineName, Kind, PromotionPath
from tui.domain.plan import Plan, Request
from tui.domain.text import clean
from tui.ports.errors import WindlassError
from tui.ui.locksmith import LockChange
from tui.ui.plan_answer import Outcome
from tui.ui.plan_text import heading
from tui.usecases.locks import LOCK, LockedTag
from tui.usecases.planning import NothingToPromote
from tui.usecases.tools import Tools
from tui.usecases.workbench import Workbench

_ELSEWHERE: Final = "t plans for another target, Esc goes back to choose another column"
"""What helps where the source lacks the image: each target is promoted to from the environment before it."""


def progress(made: int, requests: Sequence[Request]) -> str:
    """`… planned 64 of 200: shop/api:1.14.2   base → prod▲ and others`."""
    others = " and others" if len(requests) > 1 else ""
    return f"… planned {made} of {len(requests)}: {heading(requests[0])}{others}"


def is_worth_telling(made: int, number: int) -> bool:
    """True a hundred times at most, however many there are."""
    return made * 100 // number > (made - 1) * 100 // number


async def plans_or_reasons(
    workbench: Workbench, requests: Sequence[Request], planned: Callable[[int], None]
) -> tuple[Outcome, ...]:
    """For each of `requests` its plan, or the sentence that says why there is none; in their order. Never raises.

    `planned` hears now and then how many are dealt with.
    """

    def tell(made: int) -> None:
        if is_worth_telling(made, len(requests)):
            planned(made)

    try:
        return tuple(map(_outcome, await workbench.plan_all(requests, tell)))
    except WindlassError as error:
        return (clean(str(error)),) * len(requests)
    except Exception as error:  # noqa: BLE001  a fault in planning must not take the board down with it
        return (clean(f"planning failed unexpectedly: {type(error).__name__}: {error}"),) * len(requests)


def _outcome(planned: Plan | WindlassError) -> Outcome:
    if isinstance(planned, Plan):
        return planned
    way_out = f"; {_ELSEWHERE}" if isinstance(planned, NothingToPromote) else ""
    return clean(f"{planned}{way_out}")


def wants_permission(outcomes: Sequence[Outcome]) -> bool:
    """True where an engine refuses until the change that it makes is allowed."""
    plans = (item for item in outcomes if isinstance(item, Plan))
    return any(plan.forecast.refusal and not plan.request.confirms_change for plan in plans)


def with_next_target(requests: Sequence[Request], path: PromotionPath) -> tuple[Request, ...] | None:
    """`requests` to the next environment but the base, each from the one before it, so that no stage is skipped.

    None where there is no other.
    """
    targets, now = path.environments[1:], requests[0].target
    following = targets[(targets.index(now) + 1) % len(targets)] if now in targets else targets[0]
    if following == now:
        return None
    source = path.before(following.name) or path.base
    change = {"source": source, "target": following, "seen": None, "confirms_change": False}
    return tuple(replace(item, **change) for item in requests)


def known_engines(workbench: Workbench) -> Container[EngineName]:
    """The engines that there are; all where that is not known yet."""
    tools = workbench.tools
    return tools.engines if isinstance(tools, Tools) else EngineName


def with_next_engine(requests: Sequence[Request], known: Container[EngineName]) -> tuple[Request, ...]:
    """`requests` with the next engine of those `known`; a change allowed to one is not allowed to another."""
    engines = [name for name in EngineName if name is EngineName.AUTO or (name in known and _fits(name, requests))]
    now = requests[0].engine
    following = engines[(engines.index(now) + 1) % len(engines)] if now in engines else engines[0]
    return tuple(replace(item, engine=following, confirms_change=False) for item in requests)


def _fits(engine: EngineName, requests: Sequence[Request]) -> bool:
    """Azure imports only from its own registries into its own."""
    is_azure = all(item.source.kind is item.target.kind is Kind.ACR for item in requests)
    return engine is not EngineName.ACR_IMPORT or is_azure


def lock_in_the_way(outcomes: Sequence[Outcome]) -> LockChange | None:
    """The unlocking of the first target that is refused for the lock of its tag; a repository's is not undone here."""
    for plan in outcomes:
        if isinstance(plan, Plan) and any(verdict.gate == LOCK for verdict in plan.refusals):
            wanted = LockedTag(plan.request.target, plan.request.repository, plan.request.target_tag)
            return LockChange(wanted, locks=False, held=plan.current.digest if plan.current else None)
    return None
