"""The history of a tag in words: each change once, and nothing claimed that no survey saw."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tui.domain.environment import Environment
from tui.domain.history import History, Landing, Removal, Sighting
from tui.domain.history_steps import StepKind
from tui.domain.history_text import history_lines, tell_history
from tui.domain.reference import Digest, Repository, Tag

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
API, WEB = Repository("shop/api"), Repository("shop/web")
TAG = Tag("1.14.2")
A, B, C = (Digest("sha256", digits * 8) for digits in ("a1b2c3d4", "9f8e7d6c", "0d0d0d0d"))
PATH = (
    Environment("base", "base.example"),
    Environment("test", "apps.example", prefix="test/"),
    Environment("prod", "apps.example"),
)


def before(**span: float) -> datetime:
    return NOW - timedelta(**span)


def seen(digest: Digest | None, at: datetime, environment: str = "prod", tag: Tag = TAG) -> Sighting:
    return Sighting(environment, API, tag, digest, at)


def landed(digest: Digest, at: datetime, source: str = "base.example/shop/api:1.14.2", tag: Tag = TAG) -> Landing:
    return Landing("prod", API, tag, digest, at, "3fa2c9d1e0b4", source)


def put_back(digest: Digest, at: datetime, replaced: Digest | None = B) -> Landing:
    """By the undo of another promotion, out of the environment itself."""
    source = f"apps.example/shop/api@{digest}"
    return Landing("prod", API, TAG, digest, at, "4fa2c9d1e0b4", source, "prod", replaced, "undo 3fa2c9d1e0b4", "ci")


def taken_away(digest: Digest, at: datetime, by: str = "") -> Removal:
    return Removal("prod", API, TAG, digest, at, "5fa2c9d1e0b4", "undo 3fa2c9d1e0b4", by)


def history(*events: Sighting | Landing | Removal) -> History:
    sightings = tuple(event for event in events if isinstance(event, Sighting))
    landings = tuple(event for event in events if isinstance(event, Landing))
    return History(sightings, landings, tuple(event for event in events if isinstance(event, Removal)))


def texts(*events: Sighting | Landing | Removal) -> list[str]:
    return [line.text for line in history_lines(history(*events), PATH, NOW)]


def test_each_change_is_told_with_what_was_there_before_the_newest_first() -> None:
    told = texts(
        seen(A, before(days=5)),
        seen(B, before(days=4)),
        seen(None, before(days=3)),
        seen(A, before(days=2)),
    )
    assert told == [
        "seen back with a1b2c3d4 (had 9f8e7d6c before)",
        "seen gone (had 9f8e7d6c)",
        "seen moved to 9f8e7d6c (was a1b2c3d4)",
        "first seen with a1b2c3d4",
    ]


def test_what_comes_back_as_it_was_is_said_to() -> None:
    told = texts(seen(A, before(days=3)), seen(None, before(days=2)), seen(A, before(days=1)))
    assert told[0] == "seen back with a1b2c3d4, as before"


def test_a_tag_whose_past_is_not_known_can_be_gone() -> None:
    assert texts(seen(None, before(days=3))) == ["seen gone"]


@pytest.mark.parametrize("delay", [timedelta(minutes=-2), timedelta(), timedelta(minutes=2), timedelta(days=2)])
def test_a_promotion_and_the_sighting_of_what_it_wrote_are_one_line(delay: timedelta) -> None:
    told = texts(seen(A, before(days=9)), landed(B, before(days=4)), seen(B, before(days=4) + delay))
    assert told == ["promoted 9f8e7d6c from base, was a1b2c3d4 (promotion 3fa2c9d1e0b4)", "first seen with a1b2c3d4"]


def test_what_was_there_long_before_its_promotion_keeps_its_line() -> None:
    told = texts(seen(A, before(days=9)), seen(B, before(days=5)), landed(B, before(days=4)))
    assert told[:2] == [
        "promoted 9f8e7d6c from base, as it was (promotion 3fa2c9d1e0b4)",
        "seen moved to 9f8e7d6c (was a1b2c3d4)",
    ]


def test_a_promotion_that_no_survey_saw_proves_nothing_of_the_next() -> None:
    told = texts(landed(A, before(days=2)), landed(B, before(days=1)))
    assert told[0] == "promoted 9f8e7d6c from base (promotion 3fa2c9d1e0b4)"


def test_what_was_promoted_and_then_moved_by_others_is_two_lines() -> None:
    told = texts(landed(A, before(days=2)), seen(B, before(days=1)))
    assert told == ["seen moved to 9f8e7d6c (was a1b2c3d4)", "promoted a1b2c3d4 from base (promotion 3fa2c9d1e0b4)"]


def test_what_a_promotion_found_under_its_tag_is_told_whatever_surveys_saw() -> None:
    assert texts(seen(C, before(days=3)), replace(landed(B, before(days=1)), replaced=A)) == [
        "promoted 9f8e7d6c from base, was a1b2c3d4 (promotion 3fa2c9d1e0b4)",
        "first seen with 0d0d0d0d",
    ]


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("base.example/shop/api:1.14.2@sha256:00", "base"),
        ("base.example/shop/api@sha256:00", "base"),
        ("base.example/shop/api:1.14.2-rc1", "base shop/api:1.14.2-rc1"),
        ("apps.example/test/shop/api:1.14.2", "test"),
        ("apps.example/other/shop/api:1.14.2", "prod other/shop/api:1.14.2"),
        ("base.example.evil/shop/api:1.14.2", "base.example.evil/shop/api:1.14.2"),
        ("evil.example/\x1b]52;c;aGk=\x07:1", "evil.example/\ufffd]52;c;aGk=\ufffd:1"),
    ],
)
def test_a_source_is_called_by_its_environment_where_one_owns_it(source: str, name: str) -> None:
    assert texts(landed(A, before(days=2), source)) == [f"promoted a1b2c3d4 from {name} (promotion 3fa2c9d1e0b4)"]


def test_an_id_from_the_journal_is_cleaned_and_cut() -> None:
    strange = Landing("prod", API, TAG, A, NOW, "\x1b[2J" + "x" * 99, "base.example/shop/api:1.14.2")
    assert texts(strange) == [f"promoted a1b2c3d4 from base (promotion \ufffd[2J{'x' * 35}…)"]


def test_a_line_knows_where_when_and_both_digests_whole() -> None:
    line = history_lines(history(seen(A, before(days=5)), seen(B, before(hours=4))), PATH, NOW)[0]
    assert (line.at, line.age, line.environment, line.repository, line.tag) == (
        before(hours=4),
        "4 h",
        "prod",
        API,
        TAG,
    )
    assert (line.kind, line.digest, line.was) == (StepKind.MOVED, B, A)


def test_what_was_seen_at_one_time_stands_as_on_the_board() -> None:
    events = [seen(A, NOW, name) for name in ("strange", "prod", "base", "test")]
    lines = history_lines(history(*events), PATH, NOW)
    assert [line.environment for line in lines] == ["base", "test", "prod", "strange"]
    events = [seen(A, NOW, tag=Tag(tag)) for tag in ("1.9.0", "latest", "1.10.0")]
    assert [line.tag for line in history_lines(history(*events), PATH, NOW)] == ["1.10.0", "1.9.0", "latest"]


def test_tags_are_told_apart_and_one_can_be_chosen() -> None:
    other = Tag("latest")
    past = history(seen(A, before(days=2)), seen(B, before(days=1), tag=other))
    assert [line.text for line in history_lines(past, PATH, NOW)] == [
        "first seen with 9f8e7d6c",
        "first seen with a1b2c3d4",
    ]
    assert [line.tag for line in history_lines(past, PATH, NOW, tag=other)] == [other]


BASE_MOVED = (seen(A, before(days=9), "base"), seen(C, before(hours=2), "base"))


@pytest.mark.parametrize(
    ("events", "sentences"),
    [
        ((), ()),
        ((seen(A, before(days=9), "test"),), ()),
        ((landed(A, before(days=3)), seen(A, before(days=3))), ("prod has held this for 3 d (promoted)",)),
        ((landed(A, before(days=3)),), ("this was promoted to prod 3 d ago; no survey saw it there since",)),
        (
            (*BASE_MOVED, landed(A, before(days=3)), seen(A, before(days=3))),
            ("base was seen to move 2 h ago, after prod's promotion 3 d ago",),
        ),
        (
            (seen(A, before(days=9)), seen(B, before(hours=4))),
            ("prod was seen to change 4 h ago, without a promotion of this journal's",),
        ),
        (
            (*BASE_MOVED, seen(A, before(days=9)), seen(B, before(hours=4))),
            (
                "prod was seen to change 4 h ago, without a promotion of this journal's",
                "base was seen to move 2 h ago",
            ),
        ),
        ((*BASE_MOVED, landed(C, before(hours=1)), seen(C, NOW)), ("prod has held this for 1 h (promoted)",)),
        (BASE_MOVED, ("base was seen to move 2 h ago",)),
        (
            (landed(A, before(days=3)), seen(A, before(days=3)), seen(A, before(hours=2), "base")),
            ("prod has held this for 3 d (promoted)",),
        ),
        (
            (put_back(A, before(days=3)), seen(A, before(days=3))),
            ("prod has held this for 3 d (put back by an undo)",),
        ),
        (
            (*BASE_MOVED, put_back(A, before(hours=1))),
            ("this was put back in prod 1 h ago; no survey saw it there since",),
        ),
        (
            (landed(A, before(days=3)), taken_away(A, before(hours=1))),
            ("prod's tag was taken away 1 h ago (by an undo)",),
        ),
        ((seen(A, before(days=9), "base"),), ("base was first seen with this 9 d ago",)),
        ((seen(A, before(days=9)),), ("prod was first seen with this 9 d ago",)),
        ((seen(A, before(days=9)), seen(None, before(hours=4))), ("prod was seen without it 4 h ago",)),
        (
            (seen(A, before(days=9), "base"), seen(None, before(hours=4), "base"), seen(A, before(hours=1), "base")),
            ("base was seen to have it again 1 h ago",),
        ),
    ],
)
def test_a_cell_is_told_what_matters(
    events: tuple[Sighting | Landing | Removal, ...], sentences: tuple[str, ...]
) -> None:
    assert tell_history(history(*events), "base", "prod", NOW) == sentences


@pytest.mark.parametrize(
    ("events", "sentences"),
    [
        ((), ()),
        (BASE_MOVED, ("base was seen to move 2 h ago",)),
        (BASE_MOVED[:1], ("base was first seen with this 9 d ago",)),
    ],
)
def test_the_base_is_not_measured_against_promotions(
    events: tuple[Sighting | Landing | Removal, ...], sentences: tuple[str, ...]
) -> None:
    assert tell_history(history(*events), "base", "base", NOW) == sentences


def test_a_base_that_was_promoted_to_says_so() -> None:
    assert tell_history(history(landed(A, before(days=1))), "prod", "prod", NOW) == ("prod was promoted to 1 d ago",)
