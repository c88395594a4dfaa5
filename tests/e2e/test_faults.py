"""Whatever happens to whichever request of a promotion: it ends, the target's tag is the old image or the new one, and
all of it, a success is claimed only where everything is right, and after a failure the next run succeeds.

`python -m tests.endurance.faults` tells request by request what becomes of it.
"""

from collections import Counter

import pytest

from tests.endurance.faults import Outcome, Staging, Tally, requests_of, run, struck
from tests.endurance.mischief import FAULTS, Fault, Kind, Mischief
from tests.endurance.stage import cargo, staged, staged_as_one
from tui.domain.events import PromotionSucceeded

REQUESTS: dict[str, Counter[Kind]] = {}
"""What was counted, by the function that stages it: once is enough."""


async def counted(staging: Staging) -> Counter[Kind]:
    """The requests to strike."""
    name = getattr(staging, "__name__", "")
    return REQUESTS.get(name) or REQUESTS.setdefault(name, await requests_of(staging))


async def tallied(staging: Staging, fault: Fault) -> Tally:
    """What became of promotions that `fault` struck, each at another request."""
    tally = Tally()
    await tally.take(staging, fault, await counted(staging))
    return tally


@pytest.mark.parametrize("fault", [each for each in FAULTS if each.name != "mount refused"], ids=lambda each: each.name)
async def test_between_two_registries(fault: Fault) -> None:
    tally = await tallied(staged, fault)
    assert tally.wrong == []
    met = Counter(outcome for found in tally.outcomes.values() for outcome in found.elements())
    assert met.total() == len(list(struck(fault, await counted(staged))))
    assert not fault.overcome or set(met) <= {Outcome.DONE, Outcome.UNMET}
    assert met[Outcome.UNMET] <= met.total() // 10  # some requests depend on which of others came first


@pytest.mark.parametrize(
    "fault", [each for each in FAULTS if each.fits(("both", "POST", "mount"))], ids=lambda each: each.name
)
async def test_a_mount_within_one_registry(fault: Fault) -> None:
    tally = await tallied(staged_as_one, fault)
    assert tally.wrong == []
    assert ("both", "POST", "mount") in {kind for _, kind in tally.outcomes}


@pytest.mark.parametrize("method", ["PATCH", "PUT"])
async def test_an_upload_whose_session_is_refused_begins_anew(method: str) -> None:
    """416 in the middle of several megabytes: the bytes before are not kept here, so they are read once more."""
    refused = next(each for each in FAULTS if each.name == "416")
    requests = await counted(staged)
    tally = Tally()
    await tally.take(staged, refused, Counter({("target", method, "upload"): requests["target", method, "upload"]}))
    assert tally.wrong == []
    assert {outcome for found in tally.outcomes.values() for outcome in found} == {Outcome.DONE}


async def test_requests_are_counted_and_struck_where_they_should_be() -> None:
    requests = await counted(staged)
    assert requests["target", "PUT", "manifest"] >= 6
    mischief = Mischief(FAULTS[0], ("target", "PUT", "manifest"), 2)
    async with staged(mischief) as stage:
        assert isinstance(await run(stage), PromotionSucceeded)
        assert mischief.strikes == 1
        assert mischief.seen["target", "PUT", "manifest"] == requests["target", "PUT", "manifest"] + 1


async def test_what_is_missing_at_the_target_is_seen() -> None:
    async with staged(Mischief()) as stage:
        assert isinstance(await run(stage), PromotionSucceeded)
        layer = next(iter(cargo().new.children[0].blobs))
        stage.target.store.delete_blob(stage.place, layer)
        assert stage.gaps() == [f"the blob {layer}"]
        stage.target.store.delete_manifest(stage.place, cargo().signature.digest)
        assert len(stage.gaps_of_company()) == 2
