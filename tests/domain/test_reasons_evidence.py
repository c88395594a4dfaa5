"""What an explanation rests on, in words, times and layers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.cases import AMD64, ARM64, HOUR, Yard, case, digest, landed, named, seen
from tests.domain.worlds import (
    OTHER,
    B,
    E,
    attestation,
    flattened,
    foreign,
    index_recompressed,
    one_platform_recompressed,
    only_relabelled,
    rebuilt,
    recompressed,
    wrapped,
    wrapped_and_recompressed,
)
from tests.strategies import NOW
from tui.domain.explanation import Case, Explained, Likeness, Reason
from tui.domain.history import History

WORDS: list[tuple[Callable[[Yard], Case], str]] = [
    (flattened, "linux/amd64 alone, of 2 platforms"),
    (attestation, "one manifest alone, of 1 platform"),
    (wrapped, "its index lists base's manifest"),
    (one_platform_recompressed, "linux/amd64 alone, of base's index"),
    (wrapped_and_recompressed, "compared: linux/amd64, of prod's index"),
    (index_recompressed, "compared: linux/amd64, of either index"),
    (only_relabelled, "but it names commit 77aa01e"),
    (rebuilt, "commit 1f3c2ab in both"),
    (foreign, "it names build 20261120.4 and commit 77aa01e"),
]


@pytest.mark.parametrize(("make", "words"), WORDS, ids=[row[0].__name__ for row in WORDS])
def test_its_evidence_names_what_it_rests_on(make: Callable[[Yard], Case], words: str) -> None:
    yard = Yard()
    found, _ = yard.decide(make(yard))
    assert isinstance(found, Explained)
    assert words in [clue.text for clue in found.clues]


@pytest.mark.parametrize("make", [flattened, wrapped, recompressed, rebuilt, foreign])
def test_a_promotion_of_the_digest_is_told_whatever_the_reason(make: Callable[[Yard], Case]) -> None:
    yard = Yard()
    found, _ = yard.decide(replace(make(yard), history=History((), (landed(E, 5),))))
    assert isinstance(found, Explained)
    assert [clue.at for clue in found.clues if clue.text == "promoted to prod"] == [NOW - 5 * HOUR]


def test_a_promotion_that_was_pushed_over_since_proves_no_move() -> None:
    yard = Yard()
    yard.image("B")
    yard.image("E")
    yard.in_base.add(E)
    past = History((seen("prod", digest("C"), 3), seen("prod", E, 0.5)), (landed(E, 5),))
    found, _ = yard.decide(case(B, E, history=past))
    assert isinstance(found, Explained)
    assert found.reason is Reason.BEHIND


def test_a_foreign_index_names_what_its_image_s_config_tells() -> None:
    yard = Yard()
    yard.index("B", {yard.image("one"): AMD64})
    yard.index("E", {yard.image("two", ("c",), facts=replace(named(OTHER), created=NOW - timedelta(days=3))): AMD64})
    found, _ = yard.decide(case(B, E))
    assert isinstance(found, Explained)
    assert [(clue.text, clue.at) for clue in found.clues[1:]] == [
        ("it names commit 77aa01e", None),
        ("it was made", NOW - timedelta(days=3)),
    ]


def test_likeness_is_of_the_platform_that_differs() -> None:
    yard = Yard()
    one = yard.image("one")
    yard.index("B", {one: AMD64, yard.image("two", ("a", "b")): ARM64})
    yard.index("E", {one: AMD64, yard.image("three", ("a", "c", "d")): ARM64})
    found, _ = yard.decide(case(B, E))
    assert isinstance(found, Explained)
    assert found.likeness == Likeness(shared=1, layers=2, missing_bytes=10)
