"""Promotions of the past in words."""

from dataclasses import replace

import pytest

from tests import strategies as some
from tui.domain.environment import Environment, PromotionPath
from tui.domain.past import Outcome, Past
from tui.domain.past_text import image_text, past_text
from tui.domain.reference import Digest, Reference, Repository, Tag

API = Repository("shop/api")
A, B = (Digest("sha256", digit * 64) for digit in "ab")
PATH = PromotionPath((Environment("base", "b.io"), Environment("all", "p.io"), Environment("prod", "p.io", "live/")))
PAST = Past(
    "ab01",
    some.NOW,
    Reference("b.io", API, Tag("1.0"), A),
    Reference("p.io", Repository("live/shop/api"), Tag("1.0")),
    Outcome.SUCCEEDED,
    replaced=B,
)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "aaaaaaaa from base, over bbbbbbbb"),
        ({"replaced": None}, "aaaaaaaa from base"),
        ({"replaced": A}, "aaaaaaaa from base"),
        ({"occasion": "undo ab00"}, "put back aaaaaaaa, over bbbbbbbb (undo ab00)"),
        ({"occasion": "follow"}, "aaaaaaaa from base, over bbbbbbbb (follow)"),
        ({"detail": "signed: no\x1b[2J"}, "aaaaaaaa from base, over bbbbbbbb: signed: no\ufffd[2J"),
        ({"untagged": True, "replaced": A, "moved": True}, "took aaaaaaaa away"),
        ({"untagged": True, "replaced": A, "detail": "undo: no"}, "was to take aaaaaaaa away: undo: no"),
        ({"source": Reference("x.io", API, None, A)}, "aaaaaaaa from x.io/shop/api, over bbbbbbbb"),
    ],
)
def test_what_it_was_about(changes: dict[str, object], told: str) -> None:
    assert past_text(replace(PAST, **changes), PATH) == told  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "shop/api:1.0 from base to prod"),
        ({"untagged": True}, "shop/api:1.0 taken away from prod"),
        ({"target": Reference("x.io", API, Tag("1.0"))}, "from base to x.io/shop/api:1.0"),
    ],
)
def test_which_image_went_where(changes: dict[str, object], told: str) -> None:
    assert image_text(replace(PAST, **changes), PATH) == told  # type: ignore[arg-type]


def test_the_longest_prefix_owns_a_reference_and_a_bare_prefix_is_no_repository() -> None:
    assert PATH.owner_of(Reference("p.io", API, Tag("1"))) == (PATH.environments[1], API)
    assert PATH.owner_of(PAST.target) == (PATH.environments[2], API)
    assert PATH.owner_of(Reference("x.io", API, Tag("1"))) is None
    assert (
        PromotionPath((Environment("one", "p.io", "live"),)).owner_of(Reference("p.io", Repository("live"), Tag("1")))
        is None
    )
