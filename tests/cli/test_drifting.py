"""`promote --all-drift` where the image is there already, and only what travels along with it is missing."""

from pathlib import Path

import pytest

from tests.cli.fakes import make_recorder
from tests.cli.harbour import API, opener
from tests.lab import Lab, laboratory, picture
from tui.cli.commands import Common
from tui.cli.commands_reading import StatusCommand
from tui.cli.commands_writing import PromoteCommand
from tui.cli.exits import Exit
from tui.cli.promote import promote
from tui.cli.status import status
from tui.domain.environment import Environment

DRIFT = PromoteCommand(Common(), (), "test", is_confirmed=True, all_drift=True)
STATUS = StatusCommand(Common(), only_drift=True)
PATH = (Environment("base", "base"), Environment("test", "test"))
SIGNED, SIGNATURE, OTHER = picture(1), picture(2), picture(3)


async def statuses(lab: Lab) -> tuple[Exit, str]:
    recorder = make_recorder()
    return await status(STATUS, recorder.console, opener(lab)), recorder.out


@pytest.mark.parametrize("suffix", ["sig", "att", "sbom"])
async def test_an_image_in_sync_is_promoted_for_its_tag_and_then_nothing_drifts(tmp_path: Path, suffix: str) -> None:
    derived = f"sha256-{SIGNED.digest.hex}.{suffix}"
    async with laboratory(tmp_path, PATH) as lab:
        for name in ("base", "test"):
            for tag in ("1.0", "latest"):
                lab.push(name, API, tag, SIGNED)
            lab.push(name, API, "2.0", OTHER)
        lab.push("base", API, derived, SIGNATURE)
        before = await statuses(lab)
        recorder = make_recorder()
        code = await promote(DRIFT, recorder.console, opener(lab))
        after = await statuses(lab)
        assert (before[0], derived[:20] in before[1]) == (Exit.DRIFT, True)
        place = lab.environment("test").registry
        assert (code, recorder.out) == (Exit.DONE, f"test {place}/shop/api:1.0@{SIGNED.digest}\n")
        assert "which is there already" in recorder.err
        assert after == (Exit.DONE, "")
        assert await lab.held("test", f"shop/api:{derived}") == SIGNATURE.digest


async def test_a_signature_of_the_targets_own_stays_and_is_no_reason_to_promote(tmp_path: Path) -> None:
    derived = f"sha256-{SIGNED.digest.hex}.sig"
    async with laboratory(tmp_path, PATH) as lab:
        for name, signature in (("base", SIGNATURE), ("test", OTHER)):
            lab.push(name, API, "1.0", SIGNED)
            lab.push(name, API, derived, signature)
        recorder = make_recorder()
        code = await promote(DRIFT, recorder.console, opener(lab))
    assert (code, recorder.out) == (Exit.DONE, "")
    assert "1 tag of a signature is missing or different there, and no promotion takes" in recorder.err


async def test_a_tag_of_an_image_that_the_target_lacks_takes_no_other_along(tmp_path: Path) -> None:
    async with laboratory(tmp_path, PATH) as lab:
        for name in ("base", "test"):
            lab.push(name, API, "2.0", OTHER)
        lab.push("base", API, f"sha256-{SIGNED.digest.hex}.sig", SIGNATURE)
        recorder = make_recorder()
        code = await promote(DRIFT, recorder.console, opener(lab))
    assert (code, recorder.out) == (Exit.DONE, "")
