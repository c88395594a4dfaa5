"""Places: so many at once, those of low rank first, and none lost."""

import asyncio

import pytest

from tui.registry.slots import Slots


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def hold(slots: Slots, order: list[str], name: str, end: asyncio.Event) -> None:
    async with slots.turn(9 if name.startswith("patient") else 1):
        order.append(name)
        await end.wait()


async def test_what_somebody_waits_for_goes_before_what_can_wait() -> None:
    slots, order, end = Slots(1), list[str](), asyncio.Event()
    end.set()
    async with slots.turn(0):
        names = ("patient 1", "patient 2", "urgent 1", "urgent 2")
        tasks = [asyncio.create_task(hold(slots, order, name, end)) for name in names]
        await settle()
        assert order == []
    await asyncio.gather(*tasks)
    assert order == ["urgent 1", "urgent 2", "patient 1", "patient 2"]


@pytest.mark.parametrize(("limit", "expected"), [(1, 1), (3, 3), (9, 5)])
async def test_no_more_than_the_limit_are_under_way(limit: int, expected: int) -> None:
    slots, order, end = Slots(limit), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(hold(slots, order, f"patient {at}", end)) for at in range(5)]
    await settle()
    assert len(order) == expected
    assert slots.is_full == (limit <= 5)
    end.set()
    await asyncio.gather(*tasks)
    assert len(order) == 5


async def test_a_wider_limit_lets_the_next_ones_in_and_a_narrower_one_waits_for_the_ends() -> None:
    slots, order, end = Slots(1), list[str](), asyncio.Event()
    tasks = [asyncio.create_task(hold(slots, order, f"patient {at}", end)) for at in range(3)]
    await settle()
    slots.widen(3)
    await settle()
    assert len(order) == 3
    slots.widen(1)
    late = asyncio.create_task(hold(slots, order, "urgent", end))
    await settle()
    assert len(order) == 3
    end.set()
    await asyncio.gather(late, *tasks)
    assert order[-1] == "urgent"


async def test_one_that_is_cancelled_while_its_turn_comes_gives_it_on() -> None:
    slots, order, end = Slots(1), list[str](), asyncio.Event()
    end.set()
    async with slots.turn(0):
        given_up = asyncio.create_task(hold(slots, order, "urgent 1", end))
        other = asyncio.create_task(hold(slots, order, "urgent 2", end))
        await settle()
    given_up.cancel()  # its place was given to it a moment ago
    await asyncio.wait_for(other, 5)
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert order == ["urgent 2"]
    assert not slots.is_full


async def test_while_somebody_waits_the_others_have_a_quarter_of_the_places() -> None:
    slots, order, end = Slots(8), list[str](), asyncio.Event()
    async with slots.turn(0):
        tasks = [asyncio.create_task(hold(slots, order, f"patient {at}", end)) for at in range(9)]
        await settle()
        assert len(order) == 2
    await settle()
    assert len(order) == 8
    end.set()
    await asyncio.gather(*tasks)
    assert len(order) == 9


async def test_one_of_the_others_always_goes_on() -> None:
    slots, order, end = Slots(2), list[str](), asyncio.Event()
    end.set()
    async with slots.turn(0):
        await asyncio.wait_for(hold(slots, order, "patient", end), 5)
    assert order == ["patient"]


async def test_who_is_waited_for_takes_a_free_place_past_those_that_are_held_back() -> None:
    slots, order, end = Slots(8), list[str](), asyncio.Event()
    async with slots.turn(0):
        tasks = [asyncio.create_task(hold(slots, order, f"patient {at}", end)) for at in range(9)]
        await settle()
        await asyncio.wait_for(slots.take(0), 5)
        slots.give(0)
    end.set()
    await asyncio.gather(*tasks)
