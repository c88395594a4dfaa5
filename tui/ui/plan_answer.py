"""What can be answered to plans: which of them can go, what the yes means, what stands in the way. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from tui.domain import amounts
from tui.domain.plan import Effect, Plan, Request, consent_to
from tui.domain.verdict import Consent

Outcome = Plan | str
"""A plan, or the sentence that says why there is none."""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Plans that somebody said yes to, as far as `consent` goes. Those that a gate refuses are among them: they are
    journalled as refused, and nothing more."""

    plans: tuple[Plan, ...]
    consent: Consent


def plans_of(outcomes: Sequence[Outcome]) -> tuple[Plan, ...]:
    """Those that could be planned."""
    return tuple(item for item in outcomes if isinstance(item, Plan))


def going(outcomes: Sequence[Outcome]) -> tuple[Plan, ...]:
    """Those that nothing refuses."""
    return tuple(plan for plan in plans_of(outcomes) if not plan.refusals)


def confirmed(outcomes: Sequence[Outcome]) -> Confirmed:
    """The yes to all that can go; only what was asked of those is agreed to."""
    return Confirmed(plans_of(outcomes), consent_to(going(outcomes)))


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
    number, whole = len(going(outcomes)), len(outcomes)
    left = whole - number
    share = f"{number} of {whole} go; {left} {'does' if left == 1 else 'do'} not, see above. " if left else ""
    return f"{share}{summary(outcomes)}. Press y to go; Enter does nothing"


def summary(outcomes: Sequence[Outcome]) -> str:
    """What would happen, counted: `2 new, 1 OVERWRITE, 1 REFUSED; 61 MB to transfer`."""
    plans, fit = plans_of(outcomes), going(outcomes)
    counts = {
        "new": sum(plan.effect is Effect.CREATES for plan in fit),
        "OVERWRITE": sum(plan.effect is Effect.OVERWRITES for plan in fit),
        "already there": sum(plan.effect is Effect.NOTHING for plan in fit),
        "REFUSED": len(plans) - len(fit),
        "not planned": len(outcomes) - len(plans),
    }
    said = ", ".join(f"{amount} {what}" for what, amount in counts.items() if amount)
    return f"{said}; {amounts.size(_bytes(fit))} to transfer"


def _bytes(plans: Sequence[Plan]) -> int:
    """What the registries lack altogether; what several images of one registry share is moved there once."""
    missing = {
        (plan.request.target.registry, blob.digest): blob.size for plan in plans for blob in plan.transfer.missing_blobs
    }
    return sum(missing.values())


def _image(request: Request) -> str:
    return f"{request.repository}:{request.tag}"
