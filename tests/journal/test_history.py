"""What a tag held and when: changes are written once, a tag that went away shows, and promotions are found."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from tests import strategies as some
from tui.domain.events import PromotionStarted, Recorded, TagRemoved, Verified
from tui.domain.history import Landing, Removal, Sighting
from tui.domain.reference import Digest, Reference, Repository, Tag
from tui.domain.snapshot import Snapshot, TagEntry
from tui.journal.sqlite import SqliteJournal

API, TAG, OTHER = Repository("shop/api"), Tag("1.0"), Tag("pr-7")
A, B = (Digest("sha256", digit * 64) for digit in "ab")
PLACES = {"base": "apps.example/", "dev": "apps.example/dev/", "prod": "prod.example/"}


@pytest.fixture
def journal(tmp_path: Path) -> SqliteJournal:
    return SqliteJournal(tmp_path / "journal.db", PLACES)


async def see(
    journal: SqliteJournal,
    minutes: int,
    held: dict[Tag, Digest],
    environment: str = "dev",
    covers: Callable[[Tag], bool] = lambda _: True,
) -> None:
    entries = {tag: TagEntry(tag, digest) for tag, digest in held.items()}
    at = some.NOW + timedelta(minutes=minutes)
    await journal.remember(Snapshot(environment, API, at, entries), covers)


def sighting(digest: Digest | None, minutes: int, environment: str = "dev") -> Sighting:
    return Sighting(environment, API, TAG, digest, some.NOW + timedelta(minutes=minutes))


async def land(
    journal: SqliteJournal,
    environment: str,
    repository: str,
    minutes: int = 0,
    source_registry: str = "base.example",
) -> None:
    """A promotion that was read back."""
    registry, _, prefix = PLACES[environment].partition("/")
    source = Reference(source_registry, Repository(repository), TAG, A)
    target = Reference(registry, Repository(prefix + repository), TAG)
    await journal.record(Recorded("p1", some.NOW + timedelta(minutes=minutes), source, target, Verified(A)))


async def test_only_changes_are_kept_the_oldest_first(journal: SqliteJournal) -> None:
    for minutes, digest in enumerate((A, A, B, A)):
        await see(journal, minutes, {TAG: digest})
    found = await journal.history(["dev"], API, TAG)
    assert found.sightings == (sighting(A, 0), sighting(B, 2), sighting(A, 3))


async def test_a_tag_that_went_away_and_came_back_shows_both(journal: SqliteJournal) -> None:
    for minutes, held in enumerate(({TAG: A}, {}, {TAG: A})):
        await see(journal, minutes, held)
    found = await journal.history(["dev"], API, TAG)
    assert found.sightings == (sighting(A, 0), sighting(None, 1), sighting(A, 2))


async def test_a_tag_that_was_not_looked_for_is_not_gone(journal: SqliteJournal) -> None:
    await see(journal, 0, {OTHER: A})
    await see(journal, 1, {}, covers=lambda tag: not tag.startswith("pr-"))
    assert len((await journal.history(["dev"], API)).sightings) == 1


async def test_a_look_at_fewer_tags_leaves_the_spells_of_the_others_alone(journal: SqliteJournal) -> None:
    await see(journal, 0, {TAG: A, OTHER: B})
    await see(journal, 1, {OTHER: B}, covers=lambda tag: tag == OTHER)
    await see(journal, 2, {TAG: A, OTHER: B})
    assert (await journal.history(["dev"], API, TAG)).sightings == (sighting(A, 0),)
    assert await journal.held_since("dev", API, TAG, A) == some.NOW


async def test_a_tag_that_went_away_after_a_look_at_fewer_is_gone(journal: SqliteJournal) -> None:
    await see(journal, 0, {TAG: A, OTHER: B})
    await see(journal, 1, {OTHER: B}, covers=lambda tag: tag == OTHER)
    await see(journal, 2, {OTHER: B})
    assert (await journal.history(["dev"], API, TAG)).sightings == (sighting(A, 0), sighting(None, 2))


async def test_a_tag_that_could_not_be_resolved_for_once_did_not_change(journal: SqliteJournal) -> None:
    await see(journal, 0, {TAG: A})
    unresolved = {TAG: TagEntry(TAG, None, failure=some.FAILURE)}
    await journal.remember(Snapshot("dev", API, some.NOW + timedelta(minutes=1), unresolved), lambda _: True)
    await see(journal, 2, {TAG: A})
    assert (await journal.history(["dev"], API, TAG)).sightings == (sighting(A, 0),)


async def test_a_gone_tag_holds_nothing_any_more(journal: SqliteJournal) -> None:
    await see(journal, 0, {TAG: A, OTHER: B})
    await see(journal, 1, {OTHER: A})
    assert await journal.held_since("dev", API, TAG, A) is None
    assert await journal.last_changes(["dev"]) == {("dev", API, OTHER): some.NOW + timedelta(minutes=1)}


async def test_each_environment_has_a_history_of_its_own(journal: SqliteJournal) -> None:
    await see(journal, 0, {TAG: A}, "base")
    await see(journal, 1, {TAG: B}, "dev")
    found = await journal.history(["base", "dev"], API, TAG)
    assert found.of("dev").sightings == (sighting(B, 1),)
    assert found.sightings == (sighting(A, 0, "base"), sighting(B, 1))


async def test_a_promotion_is_found_by_where_it_landed(journal: SqliteJournal) -> None:
    await land(journal, "dev", "shop/api")
    await land(journal, "prod", "shop/api", 1)
    found = (await journal.history(list(PLACES), API, TAG)).landings
    assert found == (
        Landing("dev", API, TAG, A, some.NOW, "p1", f"base.example/shop/api:1.0@{A}"),
        Landing("prod", API, TAG, A, some.NOW + timedelta(minutes=1), "p1", f"base.example/shop/api:1.0@{A}"),
    )


async def test_it_is_told_from_which_environment_a_promotion_read(journal: SqliteJournal) -> None:
    for registry in ("apps.example", "apps.example/dev", "apps.example/other", "elsewhere.example"):
        await land(journal, "prod", "shop/api", source_registry=registry)
    found = (await journal.history(["base", "prod"], API, TAG)).landings
    assert [item.origin for item in found] == ["base", "dev", "", ""]


async def test_what_was_put_back_came_from_the_environment_itself(journal: SqliteJournal) -> None:
    source, target = Reference("prod.example", API, None, A), Reference("prod.example", API, TAG)
    events = (PromotionStarted("direct", B, 0, "undo 4a1d", "release"), Verified(A))
    for event in events:
        await journal.record(Recorded("p2", some.NOW, source, target, event))
    (found,) = (await journal.history(["prod"], API, TAG)).landings
    assert (found.origin, found.replaced, found.occasion, found.by) == ("prod", B, "undo 4a1d", "release")
    assert found.undoes == "4a1d"


@pytest.mark.parametrize("repository", [API, None])
async def test_what_was_taken_away_is_told_with_who_did_it(
    journal: SqliteJournal, repository: Repository | None
) -> None:
    await land(journal, "dev", "shop/api")
    target = Reference("apps.example", Repository("dev/shop/api"), TAG)
    at = some.NOW + timedelta(minutes=1)
    await journal.record(Recorded("p2", at, target, target, TagRemoved(A, "undo p1", "release")))
    found = await journal.history(["base", "dev"], repository)
    assert found.removals == (Removal("dev", API, TAG, A, at, "p2", "undo p1", "release"),)
    assert (len(found.landings), found.standing) == (1, ())
    assert found.of("base").removals == ()


async def test_what_landed_under_a_longer_prefix_is_that_environment_s_alone(journal: SqliteJournal) -> None:
    await land(journal, "dev", "shop/api")
    found = (await journal.history(["base", "dev"])).landings
    assert [(item.environment, item.repository) for item in found] == [("dev", API)]
    assert not (await journal.history(["base"])).landings


async def test_a_repository_whose_name_begins_alike_is_another(journal: SqliteJournal) -> None:
    await land(journal, "prod", "shop/api-gateway")
    assert (await journal.history(["prod"], API)).landings == ()


async def test_a_journal_of_before_opens(journal: SqliteJournal, tmp_path: Path) -> None:
    await land(journal, "prod", "shop/api")
    await journal.close()
    with closing(sqlite3.connect(tmp_path / "journal.db")) as connection:
        connection.execute("DROP INDEX events_left")
    again = SqliteJournal(tmp_path / "journal.db", PLACES)
    assert len((await again.history(["prod"], API)).landings) == 1
    await again.close()
