"""The history of tags in words. A survey sees a change some time after it came: the words claim no more. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, assert_never

from tui.domain.environment import Environment
from tui.domain.history import History, Landing, Removal
from tui.domain.history_steps import Step, StepKind, steps_of
from tui.domain.ordering import order_tags
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.text import clean
from tui.domain.timestamps import age

_LONGEST_ID: Final = 40
_LONGEST_NAME: Final = 60
_LONGEST_SOURCE: Final = 120


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change of a tag: since `at`, `age` ago, it holds `digest` (None where it is gone) instead of `was`.

    `text` is clean and says all of it but when and where: `seen moved to 9f8e7d6c (was a1b2c3d4)`.
    """

    at: datetime
    age: str
    environment: str
    repository: Repository
    tag: Tag
    text: str
    kind: StepKind
    digest: Digest | None
    was: Digest | None
    promotion: str = ""
    """The id of the promotion or the undo that did it; empty where the change was only seen."""


def history_lines(
    history: History, environments: Sequence[Environment], now: datetime, *, tag: Tag | None = None
) -> tuple[HistoryLine, ...]:
    """The lines of `history`, of `tag` alone where one is given, the newest first; at the same time as on the board.

    `environments` are those of the promotion path: a promotion's source is called by its environment.
    """
    columns = {environment.name: column for column, environment in enumerate(environments)}
    steps = [step for step in steps_of(history) if tag in {None, step.tag}]
    ranks = {each: rank for rank, each in enumerate(order_tags({step.tag for step in steps}))}
    steps.sort(key=lambda step: (step.repository, ranks[step.tag], columns.get(step.environment, len(columns))))
    steps.sort(key=lambda step: step.at, reverse=True)
    return tuple(_line(step, environments, now) for step in steps)


def _line(step: Step, environments: Sequence[Environment], now: datetime) -> HistoryLine:
    place = (step.environment, step.repository, step.tag)
    text = _text(step, environments)
    promotion = step.act.promotion if step.act else ""
    return HistoryLine(step.at, age(step.at, now), *place, text, step.kind, step.digest, step.was, promotion)


def _text(step: Step, environments: Sequence[Environment]) -> str:
    digest, was = _short(step.digest), _short(step.was)
    match step.kind:
        case StepKind.FIRST_SEEN:
            return f"first seen with {digest}"
        case StepKind.MOVED:
            return f"seen moved to {digest} (was {was})"
        case StepKind.GONE:
            return f"seen gone (had {was})" if was else "seen gone"
        case StepKind.BACK:
            before = f" (had {was} before)" if was else ""
            return f"seen back with {digest}" + (", as before" if step.digest == step.was else before)
        case StepKind.PROMOTED | StepKind.PUT_BACK | StepKind.TAKEN_AWAY:
            return _act_text(step, environments)
        case _:
            assert_never(step.kind)


def _act_text(step: Step, environments: Sequence[Environment]) -> str:
    """`promoted 9f8e7d6c from base, was a1b2c3d4 (promotion 3fa2c9d1e0b4)`, or what an undo did."""
    match step.act:
        case Landing(undoes="") as landing:
            source = source_name(landing, environments)
            number = clean(landing.promotion, _LONGEST_ID)
            return f"promoted {landing.digest.short} from {source}{_before(step)} (promotion {number})"
        case Landing() as landing:
            return f"put back {landing.digest.short} ({_occasion(landing)}){_before(step)}"
        case Removal() as removal:
            by = f", by {clean(removal.by, _LONGEST_NAME)}" if removal.by else ""
            return f"taken away ({_occasion(removal)}), had {removal.digest.short}{by}"
        case None:
            return f"{step.kind} {_short(step.digest)}"
        case _:
            assert_never(step.act)


def _before(step: Step) -> str:
    """`, was a1b2c3d4`; nothing where that is not known."""
    if step.was is None:
        return ""
    return ", as it was" if step.was == step.digest else f", was {step.was.short}"


def _short(digest: Digest | None) -> str:
    return digest.short if digest else ""


def _occasion(act: Landing | Removal) -> str:
    """`undo 7286e8bc5dfd`."""
    return clean(act.occasion, _LONGEST_NAME)


def source_name(landing: Landing, environments: Sequence[Environment]) -> str:
    """Where `landing` came from: `base`, `base shop/api:1.14.2-rc1` under another name, else the full reference."""
    place = landing.source.partition("@")[0]
    owners = [item for item in environments if place.startswith(f"{item.registry}/{item.prefix}")]
    if not owners:
        return clean(place, _LONGEST_SOURCE)
    owner = max(owners, key=lambda item: len(item.prefix))
    name = place.removeprefix(f"{owner.registry}/{owner.prefix}")
    is_same = name in {landing.repository, f"{landing.repository}:{landing.tag}"}
    return owner.name if is_same else clean(f"{owner.name} {name}", _LONGEST_SOURCE)


def tell_history(history: History, base: str, environment: str, now: datetime) -> tuple[str, ...]:
    """The one or two sentences that matter for a tag's cell in `environment`; none where nothing is known.

    `history` is that of the one tag, `base` the base's name.
    """
    steps = steps_of(history)
    cell, origin = _last(steps, environment), _last(steps, base)
    if environment == base:
        return (_base_text(origin, now),) if origin else ()
    return tuple(_sentences(cell, origin, now))


def _last(steps: Sequence[Step], environment: str) -> Step | None:
    return next((step for step in reversed(steps) if step.environment == environment), None)


def _sentences(cell: Step | None, origin: Step | None, now: datetime) -> Iterator[str]:
    """On the cell, and on the base where it changed after the cell did; to be seen first is no change."""
    is_overtaken = origin and (cell is None or (origin.at > cell.at and origin.kind is not StepKind.FIRST_SEEN))
    if cell and cell.kind is StepKind.PROMOTED and origin and is_overtaken:
        yield f"{_base_text(origin, now)}, after {cell.environment}'s promotion {age(cell.at, now)} ago"
        return
    if cell is not None:
        yield _cell_text(cell, now)
    if origin and is_overtaken:
        yield _base_text(origin, now)


def _base_text(step: Step, now: datetime) -> str:
    """`base was seen to move 2 h ago`."""
    ago = f"{age(step.at, now)} ago"
    match step.kind:
        case StepKind.FIRST_SEEN:
            return f"{step.environment} was first seen with this {ago}"
        case StepKind.MOVED:
            return f"{step.environment} was seen to move {ago}"
        case StepKind.GONE:
            return f"{step.environment} was seen without it {ago}"
        case StepKind.BACK:
            return f"{step.environment} was seen to have it again {ago}"
        case StepKind.PROMOTED:
            return f"{step.environment} was promoted to {ago}"
        case StepKind.PUT_BACK:
            return f"{step.environment} was put back to this {ago} (by an undo)"
        case StepKind.TAKEN_AWAY:
            return f"{step.environment}'s tag was taken away {ago} (by an undo)"
        case _:
            assert_never(step.kind)


def _cell_text(step: Step, now: datetime) -> str:
    """`prod was seen to change 4 h ago, without a promotion of this journal's`."""
    match step.kind:
        case StepKind.FIRST_SEEN | StepKind.GONE | StepKind.TAKEN_AWAY:
            return _base_text(step, now)
        case StepKind.MOVED | StepKind.BACK:
            return (
                f"{step.environment} was seen to change {age(step.at, now)} ago, without a promotion of this journal's"
            )
        case StepKind.PROMOTED if step.is_seen:
            return f"{step.environment} has held this for {age(step.at, now)} (promoted)"
        case StepKind.PROMOTED:
            return f"this was promoted to {step.environment} {age(step.at, now)} ago; no survey saw it there since"
        case StepKind.PUT_BACK if step.is_seen:
            return f"{step.environment} has held this for {age(step.at, now)} (put back by an undo)"
        case StepKind.PUT_BACK:
            return f"this was put back in {step.environment} {age(step.at, now)} ago; no survey saw it there since"
        case _:
            assert_never(step.kind)
