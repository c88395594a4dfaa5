"""The history of tags in lines."""

from datetime import timedelta

from tests.fakes import NOW
from tui.domain.history import History, Landing, Sighting
from tui.domain.history_text import history_lines
from tui.domain.reference import Digest, Repository, Tag

API, ONE_0 = Repository("shop/api"), Tag("1.0")
A, B = Digest("sha256", "a" * 64), Digest("sha256", "b" * 64)
NAMES = ("base", "test", "prod")


def seen(digest: Digest | None, hours: int, environment: str = "prod", tag: Tag = ONE_0) -> Sighting:
    """A look, so many hours ago."""
    return Sighting(environment, API, tag, digest, NOW - timedelta(hours=hours))


def landed(digest: Digest, hours: int, environment: str = "prod") -> Landing:
    """A promotion, so many hours ago."""
    return Landing(environment, API, ONE_0, digest, NOW - timedelta(hours=hours), "p1", f"b.io/shop/api:1.0@{digest}")


def texts(*sightings: Sighting, landings: tuple[Landing, ...] = ()) -> list[str]:
    """What is told, the oldest first."""
    return [line.text for line in reversed(history_lines(History(sightings, landings), NAMES, NOW))]


def test_what_a_tag_went_through() -> None:
    told = texts(seen(A, 5), seen(B, 4), seen(None, 3), seen(A, 2))
    assert told == ["first seen: aaaaaaaa", "now bbbbbbbb (was aaaaaaaa)", "gone (was bbbbbbbb)", "back: aaaaaaaa"]


def test_environments_and_tags_are_told_apart() -> None:
    told = texts(seen(A, 5), seen(B, 4, "base"), seen(B, 3, tag=Tag("2.0")))
    assert told == ["first seen: aaaaaaaa", "first seen: bbbbbbbb", "first seen: bbbbbbbb"]


def test_a_promotion_and_the_first_look_at_it() -> None:
    told = texts(seen(A, 5), seen(B, 2), landings=(landed(B, 3),))
    assert told == [
        "first seen: aaaaaaaa",
        "promoted bbbbbbbb from b.io/shop/api:1.0",
        "now bbbbbbbb (was aaaaaaaa), as promoted",
    ]


def test_what_was_not_promoted_here_is_not_said_to_be() -> None:
    for landing in (landed(A, 3), landed(B, 1), landed(B, 3, "test"), landed(B, 6)):
        assert not any("as promoted" in text for text in texts(seen(A, 5), seen(B, 2), landings=(landing,)))


def test_the_newest_stands_first_and_at_one_moment_the_base_does() -> None:
    history = History((seen(A, 5, "prod"), seen(A, 5, "base"), seen(B, 1, "test")))
    assert [line.environment for line in history_lines(history, NAMES, NOW)] == ["test", "base", "prod"]


def test_a_line_has_its_time_and_its_age() -> None:
    (line,) = history_lines(History((seen(A, 2),)), NAMES, NOW)
    assert (line.time, line.age, line.digest) == ("2026-11-24 10:00:00Z", "2 h", A)


def test_a_hostile_source_is_cleaned_and_cut() -> None:
    landing = Landing("prod", API, ONE_0, A, NOW, "p1", "\x1b[2J\u202e" + "x" * 10_000)
    (line,) = history_lines(History((), (landing,)), NAMES, NOW)
    assert line.text.isprintable()
    assert len(line.text) < 300
