"""What the inspector says of a cell and of an image: sentences and facts with whole values. Pure."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, assert_never

from textual.content import Content

from tui.domain import amounts, media
from tui.domain.board import Row
from tui.domain.drift import Cell, State
from tui.domain.environment import Environment
from tui.domain.explanation import Explained
from tui.domain.snapshot import TagEntry
from tui.domain.text import clean
from tui.domain.timestamps import age, format_timestamp
from tui.usecases.inspect import Details

_LABEL_WIDTH: Final = 10


def describe_cell(environment: Environment, row: Row, cell: Cell, now: datetime) -> Content:
    """What the board knows of a cell: name, drift in a sentence, digests in full, times."""
    lines = [
        Content.styled(clean(f"{environment.title}  {row.repository}:{row.tag}"), "bold"),
        Content.styled(drift_sentence(environment, row, cell), _weight(cell.state)),
    ]
    if cell.is_remembered:
        lines.append(Content.styled("remembered from an earlier session; not read yet in this one", "italic"))
    lines += list(_entry_facts(cell.entry, now)) if cell.entry else []
    base = row.entries[0]
    if cell.state is State.DIFFERS and base and base.digest:
        lines.append(fact("base has", str(base.digest)))
    return Content("\n").join(lines)


def drift_sentence(environment: Environment, row: Row, cell: Cell) -> str:
    """How the cell stands against the base, with the reason where one was found."""
    name = environment.title
    match cell.state:
        case State.BASE:
            return f"{name} is the base: what the other environments are compared with"
        case State.IN_SYNC:
            return f"{name} = base: same digest" if cell.entry else f"neither {name} nor the base has this tag"
        case State.DIFFERS:
            why = cell.explanation
            told = f"; {why.reason.value}: {why.reason.sentence}" if isinstance(why, Explained) else ""
            return f"{name} ≠ base: same tag, other digest{told}"
        case State.MISSING:
            return f"{name} · missing: the base has this tag, {name} has not"
        case State.EXTRA:
            return f"{name} + extra: it has this tag, the base has not"
        case State.UNKNOWN:
            return _unknown_sentence(name, row, cell)
        case _:
            assert_never(cell.state)


def _unknown_sentence(name: str, row: Row, cell: Cell) -> str:
    if cell.failure:
        failure = cell.failure
        mark = f" ({failure.mark})" if failure.mark else ""
        return clean(f"{name} ! unknown, {failure.kind}{mark}: cannot {failure.operation}: {failure.detail}")
    if cell.is_loading:
        return f"{name} … loading: nothing is known yet"
    if row.states[0] is State.UNKNOWN:
        return f"{name} ? unknown: the base was not read, so there is nothing to compare with"
    return f"{name} ? unknown: nothing is said of it"


def describe_details(details: Details, now: datetime | None) -> Content:
    """What was read of an image."""
    created = details.created
    ago = f", {age(created, now)} ago" if created and now else ""
    facts = [
        fact("reference", str(details.reference)),
        fact("digest", str(details.descriptor.digest)),
        fact("media type", media.describe(details.descriptor.media_type)),
        fact("platforms", ", ".join(str(item) for item in details.platforms) or "none said"),
        fact("size", f"{amounts.size(details.size)} in {amounts.count(details.layers, 'layer')}"),
        fact("created", f"{format_timestamp(created)}{ago}" if created else "not said"),
    ]
    companions = [
        (item.artifact_type or media.describe(item.media_type), str(item.digest)) for item in details.referrers
    ]
    sections = [
        *_section("labels", details.labels),
        *_section("annotations", details.annotations),
        *_section("referrers (signatures, SBOMs, attestations)", companions),
    ]
    return Content("\n").join([*facts, *sections])


def fact(label: str, value: str) -> Content:
    """A label and its value; the value is plain text whatever it holds."""
    return Content.assemble((f"{label:<{_LABEL_WIDTH}} ", "dim"), clean(value))


def _section(title: str, pairs: Iterable[tuple[str, str]]) -> list[Content]:
    lines = [Content.assemble((f"  {clean(key)}", "dim"), f" {clean(value)}") for key, value in pairs]
    return [Content.styled(f"{title}: {len(lines) or 'none'}", "bold"), *lines]


def _entry_facts(entry: TagEntry, now: datetime) -> Iterable[Content]:
    yield fact("digest", str(entry.digest) if entry.digest else "not resolved")
    for label, moment in (("created", entry.created), ("pushed", entry.pushed)):
        if moment:
            yield fact(label, f"{format_timestamp(moment)}, {age(moment, now)} ago")
    if entry.locked:
        yield fact("lock", "locked: the tag cannot be moved until it is unlocked (U)")


def _weight(state: State) -> str:
    return "bold $text-warning" if state.is_drift else "bold $text-error" if state is State.UNKNOWN else "$text"
