"""What can be answered to plans: which of them can go, what the yes means, what stands in the way. Pure."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from tui.domain import amounts
from tui.domain.plan import Effect, Plan, Request, consent_to
from tui.domain.verdict import Consent

Outcome = Plan | str
"""A plan, or the sentence that says why there is none."""


@dataclass(frozen=True, slots=True)
class Unplanned:
    """What was asked for, and the sentence that says why there is no plan for it."""

    request: Request
    reason: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Plans that somebody said yes to, as far as `consent` goes. Those that a gate refuses are among them: they are
    journalled as refused, and nothing more. What could not be planned is only told."""

    plans: tuple[Plan, ...]
    consent: Consent
    unplanned: tuple[Unplanned, ...] = ()


def plans_of(outcomes: Sequence[Outcome]) -> tuple[Plan, ...]:
    """Those that could be planned."""
    return tuple(item for item in outcomes if isinstance(item, Plan))


def going(outcomes: Sequence[Outcome]) -> tuple[Plan, ...]:
    """Those that nothing refuses."""
    return tuple(plan for plan in plans_of(outcomes) if not plan.refusals)


def confirmed(requests: Sequence[Request], outcomes: Sequence[Outcome]) -> Confirmed:
    """The yes to all that can go; only what was asked of those is agreed to."""
    pairs = zip(requests, outcomes, strict=True)
    unplanned = tuple(Unplanned(request, outcome) for request, outcome in pairs if isinstance(outcome, str))
    return Confirmed(plans_of(outcomes), consent_to(going(outcomes)), unplanned)


def protected_names(outcomes: Sequence[Outcome]) -> tuple[str, ...]:
    """Of each protected target that would be written once: their names have to be typed."""
    requests = (plan.request for plan in going(outcomes))
    return tuple(dict.fromkeys(item.target.name for item in requests if item.target.protected))


def hindrance(outcomes: Sequence[Outcome]) -> str:
    """Why nothing at all can go; empty where anything can."""
    if going(outcomes):
        return ""
    for outcome in outcomes:
        if isinstance(outcome, str):
            return f"cannot go: {outcome}"
        for verdict in outcome.refusals:
            return f"cannot go: gate {verdict.gate} refuses {_image(outcome.request)}, see above"
    return ""


def question(outcomes: Sequence[Outcome]) -> str:
    """What would happen, and what a yes does."""
    fit = going(outcomes)
    left = len(outcomes) - len(fit)
    cannot = f"{left} cannot: see above; " if left else ""
    return f"{_effects(fit)}; {cannot}{_amount(fit)}. Press y to go; Enter does nothing"


def summary(outcomes: Sequence[Outcome]) -> str:
    """What would happen, counted: `2 new, 1 OVERWRITE, 1 REFUSED; 61 MB to transfer`."""
    plans, fit = plans_of(outcomes), going(outcomes)
    left = {"REFUSED": len(plans) - len(fit), "not planned": len(outcomes) - len(plans)}
    said = [_effects(fit), *(f"{number} {what}" for what, number in left.items() if number)]
    return f"{', '.join(filter(None, said))}; {_amount(fit)}"


def _effects(plans: Sequence[Plan]) -> str:
    """`1 new, 2 OVERWRITES, 3 already there (nothing to write)`; empty for no plans."""
    numbers = Counter(plan.effect for plan in plans)
    return ", ".join(f"{numbers[effect]} {_word(effect, numbers[effect])}" for effect in Effect if numbers[effect])


def _word(effect: Effect, number: int) -> str:
    match effect:
        case Effect.CREATES:
            return "new"
        case Effect.OVERWRITES:
            return "OVERWRITE" if number == 1 else "OVERWRITES"
        case Effect.NOTHING:
            return "already there (nothing to write)"
        case _:
            assert_never(effect)


def _amount(plans: Sequence[Plan]) -> str:
    return f"{amounts.size(_bytes(plans))} to transfer"


def _bytes(plans: Sequence[Plan]) -> int:
    """What the registries lack altogether; what several images of one registry share is moved there once."""
    missing = {
        (plan.request.target.registry, blob.digest): blob.size for plan in plans for blob in plan.transfer.missing_blobs
    }
    return sum(missing.values())


def _image(request: Request) -> str:
    return f"{request.repository}:{request.tag}"
