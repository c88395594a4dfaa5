"""Recording: what began and has no ending yet is known, so that who stops it journals that."""

import pytest

from tests.fakes import NOW, FakeJournal, FrozenClock
from tui.domain.events import (
    Ending,
    PromotionCancelled,
    PromotionFailed,
    PromotionRefused,
    PromotionSucceeded,
    Side,
    Step,
    StepStarted,
)
from tui.domain.reference import parse_reference
from tui.ports.errors import JournalError
from tui.usecases.recording import Recording

ENDINGS = [
    PromotionSucceeded(1),
    PromotionRefused("overwrite", "no"),
    PromotionFailed("push", Side.TARGET, "no"),
    PromotionCancelled(),
]


def recording(journal: FakeJournal) -> Recording:
    image = parse_reference("dev.example/shop/api:1.0.0")
    return Recording(journal, FrozenClock(NOW), image, image)


@pytest.mark.parametrize("ending", ENDINGS)
async def test_it_is_under_way_from_its_first_event_to_its_ending(ending: Ending) -> None:
    told = recording(FakeJournal())
    assert not told.is_under_way
    await told.record(StepStarted(Step.LOCK))
    assert told.is_under_way
    await told.record(ending)
    assert not told.is_under_way


async def test_what_is_not_known_as_begun_needs_no_ending() -> None:
    told = recording(FakeJournal(error=JournalError("full")))
    with pytest.raises(JournalError):
        await told.record(StepStarted(Step.LOCK))
    assert not told.is_under_way


async def test_what_began_stays_under_way_where_the_journal_fails_later() -> None:
    journal = FakeJournal()
    told = recording(journal)
    await told.record(StepStarted(Step.LOCK))
    journal.error = JournalError("full")
    with pytest.raises(JournalError):
        await told.record(StepStarted(Step.VERIFY))
    assert told.is_under_way
