"""The bytes of an upload: proved, kept, and readable again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tui.domain.content import Descriptor, digest_of
from tui.registry.feed import Feed, WrongBytes

DATA = bytes(range(250))
BLOB = Descriptor("x", digest_of(DATA), len(DATA))


async def pieces(data: bytes = DATA, size: int = 10) -> AsyncIterator[bytes]:
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def drain(feed: Feed) -> bytes:
    return b"".join([chunk async for chunk in feed.body(feed.size - feed.offset)])


async def test_bytes_come_in_order_and_no_more_than_asked_for() -> None:
    async with Feed(BLOB, pieces(), 100) as feed:
        assert await feed.take(3) == DATA[:3]
        assert await feed.take(100) == DATA[3:10]
        assert await drain(feed) == DATA[10:]


async def test_rewinding_within_the_window() -> None:
    async with Feed(BLOB, pieces(), 100) as feed:
        await drain(feed)
        assert feed.rewind(155)
        assert await drain(feed) == DATA[155:]


async def test_bytes_before_the_window_are_gone() -> None:
    async with Feed(BLOB, pieces(), 100) as feed:
        await drain(feed)
        assert not feed.rewind(0)
        assert not feed.rewind(len(DATA) + 1)
        assert feed.offset == len(DATA)


async def test_everything_is_kept_while_it_fits() -> None:
    async with Feed(BLOB, pieces(), 1000) as feed:
        await drain(feed)
        assert feed.rewind(0)
        assert await drain(feed) == DATA


@pytest.mark.parametrize(
    ("data", "why"),
    [(DATA[:-1], "ended after 249 of 250"), (b"", "ended after 0"), (DATA + b"!", "more bytes than the 250")],
)
async def test_last_bytes_are_never_given_out_where_something_is_wrong(data: bytes, why: str) -> None:
    got = bytearray()

    async def take_all(feed: Feed) -> None:
        while True:
            got.extend(await feed.take(100))

    async with Feed(BLOB, pieces(data), 100) as feed:
        with pytest.raises(WrongBytes, match=why):
            await take_all(feed)
    assert len(got) < len(DATA)


async def test_more_bytes_than_described_are_noticed() -> None:
    async with Feed(Descriptor("x", BLOB.digest, 100), pieces(size=30), 100) as feed:
        with pytest.raises(WrongBytes, match="more bytes than the 100"):
            await drain(feed)


async def test_empty_blob_takes_no_bytes() -> None:
    async with Feed(Descriptor("x", digest_of(b""), 0), pieces(b""), 100) as feed:
        await feed.prove_empty()
    async with Feed(Descriptor("x", digest_of(b""), 0), pieces(b"x"), 100) as feed:
        with pytest.raises(WrongBytes):
            await feed.prove_empty()


async def test_error_of_the_source_comes_through_as_it_is() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield DATA[:10]
        raise LookupError("source")

    async with Feed(BLOB, broken(), 100) as feed:
        with pytest.raises(LookupError, match="source"):
            await drain(feed)
        assert isinstance(feed.failure, LookupError)


async def test_reader_that_is_cancelled_takes_nothing_with_it() -> None:
    gate = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield DATA[:100]
        await gate.wait()
        yield DATA[100:]

    async with Feed(BLOB, slow(), 1000) as feed:
        assert await feed.take(100) == DATA[:100]
        reader = asyncio.create_task(feed.take(100))
        await asyncio.sleep(0)
        reader.cancel()
        gate.set()
        assert await drain(feed) == DATA[100:]


async def test_leaving_ends_the_reading_of_the_source() -> None:
    ended = asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        try:
            yield b"x"
            await asyncio.sleep(60)
        finally:
            ended.set()

    async with Feed(BLOB, slow(), 100) as feed:
        await feed.take(1)
        await asyncio.sleep(0)
    assert ended.is_set()


async def test_feed_that_starts_later_gives_the_rest_and_cannot_go_back_before_it() -> None:
    async with Feed(BLOB, pieces(DATA[100:]), 1000, 100) as feed:
        assert not feed.rewind(0)
        assert await drain(feed) == DATA[100:]
        assert feed.rewind(100)


async def test_feed_of_nothing_more_must_end_at_once() -> None:
    async with Feed(BLOB, pieces(b"?"), 1000, len(DATA)) as feed:
        with pytest.raises(WrongBytes, match="more bytes"):
            await feed.prove_empty()


async def test_held_bytes_are_all_here_and_stay_until_they_are_forgotten() -> None:
    async with Feed(BLOB, pieces(), 10) as feed:
        await feed.hold(100)
        assert b"".join([chunk async for chunk in feed.body(100)]) == DATA[:100]
        feed.forget(100)
        assert not feed.rewind(80)
        assert await drain(feed) == DATA[100:]


async def test_holding_more_than_there_is_says_what_is_wrong() -> None:
    async with Feed(BLOB, pieces(DATA[:50]), 10) as feed:
        with pytest.raises(WrongBytes, match="ended after 50"):
            await feed.hold(100)
