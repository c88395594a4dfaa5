"""A plan in lines of text."""

from dataclasses import replace

import pytest

from tests.ui.plans import NEW, plan, request
from tui.cli.plan_text import plan_lines
from tui.domain.content import Descriptor
from tui.domain.plan import Companions, Transfer
from tui.domain.provenance import NOTE_TYPE

SBOM_TYPE = "application/vnd.example.sbom"


@pytest.mark.parametrize(
    ("types", "told"),
    [
        ((), "all of it is there"),
        ((NOTE_TYPE,), "no signatures, SBOMs or attestations, and 1 note or approval to travel along"),
        ((SBOM_TYPE,), "1 signature, SBOM or attestation to travel along"),
        (
            (SBOM_TYPE, NOTE_TYPE, SBOM_TYPE),
            "2 signatures, SBOMs and attestations, and 1 note or approval to travel along",
        ),
    ],
)
def test_what_travels_along_is_told_apart_from_what_windlass_said(types: tuple[str, ...], told: str) -> None:
    found = tuple(Descriptor("m", NEW, 1, artifact_type=kind) for kind in types)
    made = replace(plan(request()), companions=Companions(found), transfer=Transfer((), 0, len(found)))
    (transfer,) = (line for line in plan_lines(made) if line.startswith("  transfer"))
    assert transfer.endswith(told)
