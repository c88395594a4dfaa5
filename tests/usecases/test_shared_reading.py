"""A registry without the referrers API, as the plans of a set read it: its list of tags says who has referrers."""

import asyncio

from tests.fakes import FakeRegistry
from tui.domain import media
from tui.domain.content import Descriptor
from tui.domain.reference import Digest, Repository, fallback_tag
from tui.usecases.shared_reading import MANY, SharedReading

API = Repository("shop/api")
SIGNATURE = Descriptor(media.OCI_MANIFEST, Digest("sha256", "a" * 64), 100)


class Old(FakeRegistry):
    """Knows referrers by tag alone."""

    async def referrers_by_api(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...] | None:
        del repository, subject
        return None

    async def referrers(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...]:
        del repository, subject
        return (SIGNATURE,)


async def test_the_referrers_of_a_long_digest_are_under_a_tag_that_is_cut() -> None:
    registry = Old("old.example")
    subject, other = Digest("sha512", "b" * 128), Digest("sha512", "c" * 128)
    registry.put("shop/api", fallback_tag(subject))
    reading = SharedReading(registry, "old.example", {API: MANY})
    assert await reading.referrers(API, subject) == (SIGNATURE,)
    assert await reading.referrers(API, other) == ()


class Hesitant(Old):
    """Answers only when it may."""

    def __init__(self) -> None:
        super().__init__("old.example")
        self.may_answer = asyncio.Event()
        self.asked = 0

    async def referrers_by_api(self, repository: Repository, subject: Digest) -> tuple[Descriptor, ...] | None:
        self.asked += 1
        await self.may_answer.wait()
        return await super().referrers_by_api(repository, subject)


async def test_of_many_that_ask_at_once_the_first_finds_out_whether_there_is_an_api() -> None:
    registry = Hesitant()
    registry.put("shop/api", "1.0")
    reading = SharedReading(registry, "old.example", {API: MANY})
    asking = asyncio.gather(*(reading.referrers(API, Digest("sha256", digit * 64)) for digit in "abcd"))
    while not registry.asked:
        await asyncio.sleep(0)
    for _ in range(10):
        await asyncio.sleep(0)
    assert registry.asked == 1
    registry.may_answer.set()
    assert await asking == [()] * 4
    assert registry.asked == 4
