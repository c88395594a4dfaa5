"""Events as JSON: one flat object with the promotion's own coordinates."""

import json
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tui.domain.events import (
    BlobAdvanced,
    Direction,
    Event,
    LineLogged,
    PromotionFailed,
    PromotionStarted,
    Recorded,
    Side,
    Step,
    StepStarted,
    TagMoved,
    Verified,
)
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.wire import from_json, to_json

DIGEST = Digest("sha256", "a" * 64)
SOURCE = Reference("base.example", Repository("shop/api"), Tag("1.0"), DIGEST)
TARGET = Reference("dev.example", Repository("dev/shop/api"), Tag("stable"))


def written(event: Event) -> dict[str, object]:
    return json.loads(json.dumps(to_json(Recorded("p1", some.NOW, SOURCE, TARGET, event))))


def test_an_event_carries_its_promotion() -> None:
    document = written(StepStarted(Step.PULL, "now"))
    assert document == {
        "event": "StepStarted",
        "at": "2026-11-24T12:00:00.000Z",
        "promotion": "p1",
        "repository": "dev/shop/api",
        "tag": "stable",
        "digest": str(DIGEST),
        "source": str(SOURCE),
        "target": str(TARGET),
        "step": "pull",
        "detail": "now",
    }


@pytest.mark.parametrize(
    ("event", "own"),
    [
        (BlobAdvanced("abc", Direction.PUSH, 1, 2), {"blob": "abc", "direction": "push", "how": "transferred"}),
        (TagMoved(None, DIGEST), {"old": None, "new": str(DIGEST)}),
        (Verified(DIGEST), {"digest": str(DIGEST)}),
        (PromotionFailed("verify", Side.TARGET, "x"), {"operation": "verify", "side": "target", "cause": "x"}),
    ],
)
def test_own_fields_never_hide_the_promoted_digest(event: Event, own: dict[str, object]) -> None:
    document = written(event)
    assert own.items() <= document.items()
    assert document["digest"] == str(DIGEST)


def some_event(kind: type[Any]) -> st.SearchStrategy[Any]:
    """Any event of `kind`, whatever its fields are."""
    types = get_type_hints(kind)
    return st.builds(kind, **{item.name: some_value(types[item.name]) for item in fields(kind)})


def some_value(wanted: Any) -> st.SearchStrategy[Any]:
    if Digest in get_args(wanted):
        return st.one_of(st.none(), some.digests)
    if wanted is Digest:
        return some.digests
    if issubclass(wanted, StrEnum):
        return st.sampled_from(list(wanted))
    kinds = {int: st.integers(0, 2**40), float: st.floats(0, 1e6), str: st.text(), bool: st.booleans()}
    return kinds[wanted]


moments = st.integers(0, 10**12).map(lambda number: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(milliseconds=number))
references = st.builds(
    Reference, st.sampled_from(["a.example", "127.0.0.1:5000"]), some.repositories.map(Repository), some.tags, st.none()
)
pinned = st.builds(
    Reference,
    st.just("a.example:443"),
    some.repositories.map(Repository),
    st.one_of(st.none(), some.tags),
    some.digests,
)
records = st.builds(
    Recorded,
    st.text("0123456789abcdef", min_size=12, max_size=12),
    moments,
    pinned,
    references,
    st.one_of([some_event(kind) for kind in get_args(Event)]),
)


@given(records)
def test_what_was_written_is_read_as_it_was(record: Recorded) -> None:
    assert from_json(json.loads(json.dumps(to_json(record)))) == record


def test_what_an_older_version_did_not_write_is_as_by_default() -> None:
    document = written(PromotionStarted("direct", DIGEST, 5, "undo 1", "release"))
    for name in ("occasion", "by", "size", "overwrites"):
        del document[name]
    assert from_json(document).event == PromotionStarted("direct", None, 0)


def test_an_event_of_a_newer_version_becomes_a_line_that_names_it() -> None:
    event = from_json(written(StepStarted(Step.PULL)) | {"event": "TagPainted"}).event
    assert isinstance(event, LineLogged)
    assert "TagPainted" in event.text


@pytest.mark.parametrize("field", ["event", "at", "promotion", "source", "target"])
def test_what_is_no_event_is_refused(field: str) -> None:
    document = written(StepStarted(Step.PULL))
    del document[field]
    with pytest.raises(ValueError, match=field):
        from_json(document)
