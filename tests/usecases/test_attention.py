"""The order of reading: what is looked at first, and what was found first before the rest."""

import asyncio
import re

from tests.fakes import NOW, FakeJournal, FakeRegistry, Shelf
from tests.simulation import now, simulate
from tui.domain.environment import Environment
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.scope import Scope
from tui.domain.snapshot import TagEntry
from tui.usecases.attention import Attention, Order
from tui.usecases.survey import SnapshotBegun, SnapshotTaken, survey

NAMES = [Repository(f"shop/app-{number:02}") for number in range(60)]
SCOPE = Scope()


def waiting() -> dict[Repository, None]:
    return dict.fromkeys(NAMES)


def test_what_is_looked_at_is_taken_first_and_the_rest_as_it_was_found() -> None:
    order, left = Order(Attention((NAMES[40], NAMES[7]))), waiting()
    order.add(NAMES)
    assert [order.take(left) for _ in range(4)] == [NAMES[40], NAMES[7], NAMES[0], NAMES[1]]
    assert len(left) == len(NAMES) - 4


def test_looking_elsewhere_changes_the_order_of_what_is_not_begun_yet() -> None:
    attention, left = Attention((NAMES[5],)), waiting()
    order = Order(attention)
    order.add(NAMES)
    first = order.take(left)
    attention.repositories = (NAMES[50], Repository("shop/nowhere"))
    assert [first, order.take(left), order.take(left)] == [NAMES[5], NAMES[50], NAMES[0]]


def test_requests_of_what_is_looked_at_stand_before_all_others() -> None:
    attention = Attention()
    order = Order(attention)
    order.add(NAMES[:3])
    order.add(NAMES[3:])
    assert [order.rank(name) for name in NAMES] == [0, *range(2, len(NAMES) + 1)]
    attention.repositories = (NAMES[9],)
    assert [order.rank(NAMES[9]), order.rank(NAMES[0])] == [0, 1]


async def test_a_survey_reads_what_is_looked_at_before_what_was_found_before_it() -> None:
    registry, base = FakeRegistry("base"), Environment("base", "r.example.com")
    registry.shelves |= {name: Shelf() for name in NAMES}
    looking = survey({base: registry}, Scope(), lambda: NOW, FakeJournal(), Attention((NAMES[-1],)))
    landed = [event.snapshot.repository async for event in looking if isinstance(event, SnapshotTaken)]
    assert landed[0] == NAMES[-1]
    assert set(landed) == set(NAMES)


async def begun(attention: Attention | None, scope: Scope = SCOPE) -> list[SnapshotBegun]:
    """What is told of two large repositories before they are read whole."""
    registry, base = FakeRegistry("base"), Environment("base", "r.example.com")
    entries = {Tag(f"1.{at}"): TagEntry(Tag(f"1.{at}"), Digest("sha256", f"{at:064x}")) for at in range(200)}
    registry.shelves |= {name: Shelf(tags=entries) for name in NAMES[:2]}
    reading = survey({base: registry}, scope, lambda: NOW, FakeJournal(), attention)
    return [event async for event in reading if isinstance(event, SnapshotBegun)]


async def test_of_what_is_looked_at_the_first_tags_are_told_as_they_come() -> None:
    (told,) = await begun(Attention((NAMES[1],)))
    assert told.repository == NAMES[1]
    assert len(told.reading.entries) == 200


async def test_what_the_settings_leave_out_is_not_told_either() -> None:
    (told,) = await begun(Attention((NAMES[1],)), Scope(include=(re.compile(r"^1\.1"),)))
    assert set(told.reading.entries) == {
        "1.1",
        *(f"1.1{at}" for at in range(10)),
        *(f"1.1{at:02}" for at in range(100)),
    }


async def test_where_nobody_looks_a_repository_is_told_whole() -> None:
    assert await begun(None) == []


async def test_the_rest_waits_until_what_is_looked_at_was_read() -> None:
    assert await begun_beside(Order(Attention((NAMES[5],))), NAMES[5]) == []


async def test_what_a_board_will_begin_with_goes_alone_while_it_shows_nothing() -> None:
    assert await begun_beside(Order(Attention()), NAMES[0]) == []


async def test_where_nobody_looks_nothing_waits() -> None:
    order = Order(None)
    assert await begun_beside(order, NAMES[0]) == [NAMES[1]]
    assert order.rank(NAMES[0]) == 1


async def begun_beside(order: Order, first: Repository) -> list[Repository]:
    """What is begun while `first` is being read; the rest is once that was read."""
    begun = list[Repository]()
    order.add(NAMES)

    async def read(name: Repository) -> None:
        async with order.turn(name):
            begun.append(name)

    async with asyncio.TaskGroup() as group, order.turn(first):
        group.create_task(read(NAMES[1]))
        for _ in range(5):
            await asyncio.sleep(0)
        beside = list(begun)
    assert begun == [NAMES[1]]
    return beside


def test_the_rest_does_not_wait_for_ever() -> None:
    async def main() -> None:
        order = Order(Attention((NAMES[5],)))
        async with order.turn(NAMES[5]):
            for name in NAMES[:3]:
                async with order.turn(name):
                    assert now() < 4

    simulate(main)
