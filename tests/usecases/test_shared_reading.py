"""A registry without the referrers API, as the plans of a set read it: its list of tags says who has referrers."""

import asyncio

from tests.fakes import FakeRegistry
from tui.domain import media
from tui.domain.content import Descriptor, RawManifest
from tui.domain.reference import Digest, Repository, Tag, fallback_tag
from tui.ports.errors import RegistryError, Unreachable
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


class Slow(FakeRegistry):
    """Answers once it may, at first with `errors`."""

    def __init__(self, *errors: RegistryError) -> None:
        super().__init__("slow.example")
        self.may_answer = asyncio.Event()
        self.errors = list(errors)
        self.asked = 0

    async def fetch_manifest(self, repository: Repository, reference: Tag | Digest) -> RawManifest:
        self.asked += 1
        await self.may_answer.wait()
        if self.errors:
            raise self.errors.pop(0)
        return await super().fetch_manifest(repository, reference)


async def under_way(registry: Slow, number: int) -> list[asyncio.Task[RawManifest]]:
    """So many that want the same manifest, the first of which has asked for it."""
    registry.put("shop/api", "1.0")
    reading = SharedReading(registry, "slow.example", {})
    tasks = [asyncio.create_task(reading.fetch_manifest(API, Tag("1.0"))) for _ in range(number)]
    while not registry.asked:
        await asyncio.sleep(0)
    return tasks


async def test_what_several_want_is_asked_once() -> None:
    registry = Slow()
    tasks = await under_way(registry, 3)
    registry.may_answer.set()
    assert len(set(await asyncio.gather(*tasks))) == 1
    assert registry.asked == 1


async def test_who_gives_up_asking_leaves_it_to_the_next() -> None:
    registry = Slow()
    first, *others = await under_way(registry, 3)
    first.cancel()
    registry.may_answer.set()
    assert len(set(await asyncio.gather(*others))) == 1
    assert registry.asked == 2


async def test_where_one_fails_one_more_asks_and_not_each_of_them() -> None:
    registry = Slow(*(Unreachable("fetch", "slow.example", str(at)) for at in range(9)))
    tasks = await under_way(registry, 9)
    registry.may_answer.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(item, Unreachable) for item in outcomes)
    assert registry.asked == 2
