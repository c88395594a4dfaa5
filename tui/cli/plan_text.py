"""A plan as lines of text: pure."""

from collections.abc import Iterator
from typing import assert_never

from tui.domain import amounts
from tui.domain.plan import Effect, Plan
from tui.domain.travelling import tell_travelling
from tui.domain.verdict import Verdict


def plan_lines(plan: Plan) -> list[str]:
    """Everything an operator should know before saying yes."""
    return [_title(plan), *(f"  {name:<9} {told}" for name, told in _facts(plan))]


def _title(plan: Plan) -> str:
    request = plan.request
    renamed = f" as {request.target_tag}" if request.target_tag != request.tag else ""
    return f"{request.repository}:{request.tag}  {request.source.name} to {_name(plan)}{renamed}"


def _name(plan: Plan) -> str:
    target = plan.request.target
    return f"{target.name} (protected)" if target.protected else target.name


def _facts(plan: Plan) -> Iterator[tuple[str, str]]:
    yield "source", str(plan.source)
    yield "target", str(plan.target)
    yield "there now", _effect(plan)
    if plan.platforms:
        yield "platforms", ", ".join(str(platform) for platform in plan.platforms)
    yield "transfer", _transfer(plan)
    yield "engine", f"{plan.forecast.engine}: {plan.forecast.sentence}"
    if plan.forecast.instead:
        yield "", plan.forecast.instead
    for verdict in plan.verdicts:
        yield "gate", verdict_text(verdict)
    for wish in plan.request.target.unmet_wishes:
        yield "note", wish
    yield "command", plan.command


def _effect(plan: Plan) -> str:
    match plan.effect:
        case Effect.CREATES:
            return "missing: the tag will be created"
        case Effect.NOTHING:
            return "the same digest already: nothing to write"
        case Effect.OVERWRITES:
            return f"will overwrite {plan.current.digest if plan.current else 'it'}"
        case _:
            assert_never(plan.effect)


def _transfer(plan: Plan) -> str:
    transfer = plan.transfer
    blobs = amounts.count(len(transfer.missing_blobs), "blob")
    manifests = amounts.count(transfer.missing_manifests, "manifest")
    told = f"{amounts.size(transfer.bytes)} in {blobs} and {manifests} are missing there, of {amounts.size(plan.size)}"
    if not transfer.missing_blobs and not transfer.missing_manifests:
        told = f"nothing of {amounts.size(plan.size)}: all of it is there"
    return f"{told}; {tell_travelling(plan)} to travel along" if transfer.referrers else told


def verdict_text(verdict: Verdict) -> str:
    """A gate's verdict; a refusal says what would satisfy it, a question how it is answered."""
    if verdict.asks:
        return f"{verdict.gate}: asks: {verdict.reason}" + (f"; {verdict.remedy}" if verdict.remedy else "")
    if verdict.passed:
        return f"{verdict.gate}: passes: {verdict.reason}"
    return f"{verdict.gate}: REFUSES: {verdict.reason}" + (f"; {verdict.remedy}" if verdict.remedy else "")
