"""A registry without the referrers API, as the plans of a set read it: its list of tags says who has referrers."""

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
