"""Events as JSON: one flat object with the promotion's own coordinates."""

import json

import pytest

from tests import strategies as some
from tui.domain.events import (
    BlobAdvanced,
    Direction,
    Event,
    PromotionFailed,
    Recorded,
    Side,
    Step,
    StepStarted,
    TagMoved,
    Verified,
)
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.wire import to_json

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
