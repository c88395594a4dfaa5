"""What the inspector says of a cell and of an image: sentences and facts with whole values. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from textual.content import Content

from tui.domain import amounts, media
from tui.domain.board import Row
from tui.domain.drift import Cell, State
from tui.domain.environment import Environment
from tui.domain.identity import Identity, identity_of
from tui.domain.masking import masked, masked_pairs
from tui.domain.provenance import tell_note
from tui.domain.reference import Tag
from tui.domain.snapshot import TagEntry
from tui.domain.text import clean
from tui.domain.timestamps import age, format_timestamp
from tui.ui.approval_text import approval_text
from tui.ui.drift_text import drift_sentence, evidence
from tui.usecases.inspect import Details

_LABEL_WIDTH: Final = 10


@dataclass(frozen=True, slots=True)
class Extras:
    """What is known of a cell beyond the board's own: the origins of its image and the base's, aliases, history."""

    identity: Identity | None = None
    base_identity: Identity | None = None
    aliases: tuple[Tag, ...] = ()
    history: tuple[str, ...] = ()


def describe_cell(
    environment: Environment, row: Row, cell: Cell, now: datetime, extras: Extras | None = None
) -> Content:
    """What is known of a cell: name, drift in a sentence with its evidence, digests in full, times, origin, history."""
    extras = extras or Extras()
    also = f"  also {', '.join(extras.aliases)}" if extras.aliases else ""
    lines = [
        Content.assemble((clean(f"{environment.title}  {row.repository}:{row.tag}"), "bold"), (clean(also), "dim")),
        Content.styled(drift_sentence(environment, row, cell), _weight(cell.state)),
        *(Content(f"  {clean(item)}") for item in evidence(cell, now)),
    ]
    if cell.is_remembered:
        lines.append(Content.styled("remembered from an earlier session; not read yet in this one", "italic"))
    lines += _entry_facts(cell.entry, now) if cell.entry else []
    lines += _origin_facts(extras.identity)
    base = row.entries[0]
    if cell.state is State.DIFFERS and base and base.digest:
        lines.append(fact("base has", str(base.digest)))
        lines += _base_origin(extras.base_identity)
    return Content("\n").join([*lines, *_history(extras.history)])


def _origin_facts(identity: Identity | None) -> list[Content]:
    """What an image says of its origin, nothing where it says nothing. Nobody vouches for it."""
    if identity is None:
        return []
    base = " ".join(part for part in (identity.base_name, identity.base_digest) if part)
    said = (("build", identity.build), ("commit", identity.commit), ("built on", base))
    return [fact(label, masked(label, value)) for label, value in said if value]


def _base_origin(identity: Identity | None) -> list[Content]:
    said = " ".join(part for part in (identity.build, identity.commit) if part) if identity else ""
    return [fact("of", masked("", said))] if said else []


def _history(lines: Sequence[str]) -> list[Content]:
    if not lines:
        return []
    return [Content.styled("history (H shows all)", "bold"), *(Content(f"  {clean(line)}") for line in lines)]


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
    facts += _origin_facts(identity_of(details.annotations).or_else(identity_of(details.labels)))
    sections = [
        *_section("labels", masked_pairs(details.labels)),
        *_section("annotations", masked_pairs(details.annotations)),
        *_section("referrers (signatures, SBOMs, attestations)", companions),
    ]
    return Content("\n").join([*_trail(details, now), *facts, *sections])


def _trail(details: Details, now: datetime | None) -> list[Content]:
    """Who promoted it here and who approved of it, as notes and approvals beside the image say. Anybody who may push
    there can write one."""
    if now is None:  # nothing was shown yet that they could belong to
        return []
    said = [tell_note(note, now) for note in details.notes]
    said += [approval_text(approval, now) for approval in details.approvals]
    lines = [Content(f"  {clean(line)}") for line in said]
    return [Content.styled("promoted and approved", "bold"), *lines] if lines else []


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
