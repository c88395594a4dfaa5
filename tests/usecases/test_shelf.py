"""A shelf holds what there is room for, and one who reads reads for all who ask."""

import asyncio
import gc

import pytest

from tui.usecases.shelf import Shelf


def test_what_is_too_heavy_is_not_kept_and_takes_nothing_along() -> None:
    shelf: Shelf[str, str] = Shelf(room=10)
    shelf.put("small", "a", 4)
    assert shelf.put("huge", "b", 11) == "b"
    assert (shelf.get("small"), shelf.get("huge")) == ("a", None)


def test_what_was_not_used_for_longest_goes_first() -> None:
    shelf: Shelf[str, int] = Shelf(room=3)
    for number, key in enumerate("abc"):
        shelf.put(key, number, 1)
    assert shelf.get("a") == 0
    shelf.put("d", 3, 1)
    assert [shelf.get(key) for key in "abcd"] == [0, None, 2, 3]


def test_what_is_put_again_counts_once() -> None:
    shelf: Shelf[str, int] = Shelf(room=3)
    for number in range(9):
        shelf.put("a", number, 1)
    shelf.put("b", 9, 2)
    assert (shelf.get("a"), shelf.get("b")) == (8, 9)


async def test_who_began_gets_the_error_and_who_waited_tries_for_himself() -> None:
    shelf: Shelf[str, int] = Shelf()
    calls: list[int] = []

    async def work() -> int:
        calls.append(1)
        await asyncio.sleep(0)
        if len(calls) == 1:
            raise LookupError
        return 7

    found = await asyncio.gather(shelf.read("a", work), shelf.read("a", work), return_exceptions=True)
    assert isinstance(found[0], LookupError)
    assert found[1] == 7
    assert len(calls) == 2


async def test_where_everyone_gave_up_an_error_is_nobody_s_complaint(caplog: pytest.LogCaptureFixture) -> None:
    shelf: Shelf[str, int] = Shelf()
    begun = asyncio.Event()

    async def work() -> int:
        begun.set()
        await asyncio.sleep(0)
        raise LookupError

    asker = asyncio.create_task(shelf.read("a", work))
    await begun.wait()
    asker.cancel()
    while shelf.is_reading("a"):
        await asyncio.sleep(0)
    gc.collect()
    assert not caplog.records
