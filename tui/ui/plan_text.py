"""What the plan dialog says: everything that is known of a promotion, each value whole. Pure."""

from collections.abc import Iterable, Sequence
from typing import Final, assert_never

from textual.content import Content

from tui.domain import amounts
from tui.domain.plan import Effect, Keeping, Plan, Request
from tui.domain.text import clean
from tui.domain.travelling import tell_travelling
from tui.domain.verdict import Verdict
from tui.ui.plan_answer import Outcome, summary

_LABEL_WIDTH: Final = 10
_VALUE_STYLE: Final = {
    Effect.CREATES: "bold $text-success",
    Effect.OVERWRITES: "bold reverse $text-error",
    Effect.NOTHING: "bold",
}

_ASKED: Final = "bold $text-warning"

_LISTED: Final = {
    Effect.CREATES: "· missing: will be created",
    Effect.OVERWRITES: "≠ WILL BE OVERWRITTEN",
    Effect.NOTHING: "= same: nothing to do",
}
"""What becomes of each tag in the list of a set: short, so that each keeps to one line of a narrow screen."""


_IN_FULL: Final = 20
"""Of the promotions of a large set that nothing is wrong with, so many are told in full."""
_MOST_IN_FULL: Final = 60
"""No more are told in full, whatever is wrong with them: each takes a dozen lines, and time to lay them out."""


def describe(requests: Sequence[Request], outcomes: Sequence[Outcome]) -> Content:
    """All promotions: for a set a list of every one first, then those in full that have to be read, and some more."""
    pairs = list(zip(requests, outcomes, strict=True))
    if len(pairs) == 1:
        return _describe_one(*pairs[0])
    width = max(len(heading(request)) for request in requests)
    listed = [Content.assemble(f"  {heading(request):<{width}}  ", _fate(outcome)) for request, outcome in pairs]
    head = Content.styled(f"{amounts.count(len(pairs), 'promotion')}: {summary(outcomes)}", "bold")
    shown = _worth_reading(outcomes)
    details = [_describe_one(*pairs[at]) for at in shown]
    left_out = _left_out(len(pairs) - len(shown))
    return Content("\n\n").join([Content("\n").join([head, *listed]), *left_out, *details])


def _worth_reading(outcomes: Sequence[Outcome]) -> list[int]:
    """The places of those that are told in full, in order: what is refused or overwrites, and the first of the rest."""
    grave = [at for at, outcome in enumerate(outcomes) if _is_grave(outcome)]
    others = [at for at, outcome in enumerate(outcomes) if not _is_grave(outcome)]
    chosen = [*grave[:_MOST_IN_FULL], *others[:_IN_FULL]]
    return sorted(chosen[:_MOST_IN_FULL])


def _is_grave(outcome: Outcome) -> bool:
    return isinstance(outcome, str) or bool(outcome.refusals) or outcome.effect is Effect.OVERWRITES


def _left_out(number: int) -> list[Content]:
    if not number:
        return []
    said = f"{number} are in the list above and not told in full below: first come those that are refused or overwrite"
    return [Content.styled(said, "italic")]


def title(requests: Sequence[Request]) -> str:
    """`promote to prod▲ — PROTECTED`; of what comes from an undo or an interruption, that first."""
    targets = ", ".join(dict.fromkeys(request.target.title for request in requests))
    is_protected = any(request.target.protected for request in requests)
    occasions = dict.fromkeys(request.occasion for request in requests if request.occasion)
    occasion = f"{', '.join(occasions)}: " if len(occasions) == 1 else f"{_kinds(occasions)}: " if occasions else ""
    return clean(f"{occasion}promote to {targets}" + (" — PROTECTED" if is_protected else ""))


def _kinds(occasions: Iterable[str]) -> str:
    """`resume`, of `resume 3fa2…` and `resume 9c1b…`."""
    return ", ".join(dict.fromkeys(occasion.partition(" ")[0] for occasion in occasions))


def heading(request: Request) -> str:
    """`shop/api:1.14.2   base → prod▲`, with the target's tag where it is another.

    `shop/api:1.14.2   undo: prod▲ goes back to sha256:9f8e7d6c…` where a tag is put back within its environment.
    """
    if request.pinned and request.source == request.target:
        back = f"{request.pinned.algorithm}:{request.pinned.short}…"
        return f"{request.repository}:{request.target_tag}   undo: {request.target.title} goes back to {back}"
    renamed = f":{request.target_tag}" if request.target_tag != request.tag else ""
    return f"{request.repository}:{request.tag}   {request.source.title} → {request.target.title}{renamed}"


def _fate(outcome: Outcome) -> Content:
    if isinstance(outcome, str):
        return Content.styled("✗ not planned", "bold $text-error")
    if outcome.refusals:
        return Content.styled("✗ REFUSED", "bold $text-error")
    return Content.styled(_LISTED[outcome.effect], _VALUE_STYLE[outcome.effect])


def _effect(plan: Plan) -> Content:
    match plan.effect:
        case Effect.CREATES:
            said = "· missing: the tag will be created"
        case Effect.OVERWRITES:
            said = f"≠ will overwrite {plan.current.digest if plan.current else ''}"
        case Effect.NOTHING:
            said = "= same: it holds this digest already"
        case _:
            assert_never(plan.effect)
    return Content.styled(said, _VALUE_STYLE[plan.effect])


def _describe_one(request: Request, outcome: Outcome) -> Content:
    title = Content.styled(heading(request), "bold underline")
    if isinstance(outcome, str):
        return Content("\n").join([title, Content.styled(f"✗ not planned: {clean(outcome)}", "bold $text-error")])
    return Content("\n").join([title, *_facts(outcome)])


def _facts(plan: Plan) -> list[Content]:
    pinned = plan.source
    return [
        _fact(
            "source", f"{pinned.registry}/{pinned.repository}{f':{pinned.tag}' if pinned.tag else ', by its digest'}"
        ),
        Content(f"  {plan.digest}"),
        _fact("target", str(plan.target)),
        _labelled("there now", _effect(plan)),
        _fact("platforms", ", ".join(str(item) for item in plan.platforms) or "none said"),
        _fact("transfer", _transfer(plan)),
        _fact("travels", tell_travelling(plan)),
        _labelled("engine", _engine(plan)),
        *([_fact("", plan.forecast.instead)] if plan.forecast.instead else []),
        *_gates(plan),
        *(_labelled("wish", _wish(text)) for text in plan.request.target.unmet_wishes),
        _fact("command", plan.command),
    ]


def _transfer(plan: Plan) -> str:
    transfer = plan.transfer
    if not transfer.missing_blobs and not transfer.missing_manifests:
        return f"nothing of {amounts.size(plan.size)}: all of it is there"
    blobs = amounts.count(len(transfer.missing_blobs), "layer")
    manifests = amounts.count(transfer.missing_manifests, "manifest")
    return f"{amounts.size(transfer.bytes)} of {amounts.size(plan.size)}, {blobs} and {manifests} to go"


def _engine(plan: Plan) -> Content:
    forecast = plan.forecast
    style = "" if forecast.keeping is Keeping.KEPT else "bold $text-warning"
    word = {
        Keeping.KEPT: "digest kept",
        Keeping.LOST: "DIGEST WILL CHANGE",
        Keeping.UNSURE: "digest may change",
    }[forecast.keeping]
    return Content.styled(f"{forecast.engine} ({word}): {clean(forecast.sentence)}", style)


def _gates(plan: Plan) -> list[Content]:
    labels = ["gates", *[""] * len(plan.verdicts)]
    lines = [_labelled(label, _verdict(item)) for label, item in zip(labels, plan.verdicts, strict=False)]
    return lines or [_fact("gates", "none")]


def _verdict(verdict: Verdict) -> Content:
    if verdict.asks:
        return Content.styled(f"? asks: {clean(verdict.reason)} (gate {clean(verdict.gate)})", _ASKED)
    if verdict.passed:
        return Content(f"✓ passes {clean(verdict.gate)}: {clean(verdict.reason)}")
    return Content.styled(f"✗ {_refused(verdict)}", "bold $text-error")


def _refused(verdict: Verdict) -> str:
    remedy = f" — remedy: {verdict.remedy}" if verdict.remedy else ""
    return clean(f"REFUSED by gate {verdict.gate}: {verdict.reason}{remedy}")


def _wish(text: str) -> Content:
    return Content.styled(f"! not carried out: {clean(text)}", "bold $text-warning")


def _fact(label: str, value: str) -> Content:
    return _labelled(label, Content(clean(value)))


def _labelled(label: str, value: Content) -> Content:
    return Content.assemble((f"{label:<{_LABEL_WIDTH}} ", "dim"), value)
