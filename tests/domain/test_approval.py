"""Approvals as a referrer says them: read back as they were written, and hostile ones cleaned or dropped."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import NOW, digests
from tui.domain.approval import (
    APPROVAL_TYPE,
    Approval,
    all_approvals_among,
    approvals_among,
    first_of_each,
    person_of,
)
from tui.domain.content import Descriptor, digest_of
from tui.domain.media import OCI_MANIFEST
from tui.domain.text import clean

PLACE = "prod.example/shop/api"


def referrer(annotations: dict[str, str], artifact_type: str = APPROVAL_TYPE) -> Descriptor:
    """A referrer as a list of them tells it."""
    said = tuple(annotations.items())
    digest = digest_of(repr((artifact_type, said)).encode("utf-8", "backslashreplace"))
    return Descriptor(OCI_MANIFEST, digest, 2, artifact_type=artifact_type, annotations=said)


def approval(by: str = "ann", place: str = PLACE, at: datetime = NOW, remark: str = "") -> Approval:
    return Approval(by, "prod", place, at, remark)


names = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=255)
anything = st.dictionaries(
    st.sampled_from(sorted(approval(remark="x").annotations)) | st.text(max_size=8), st.text(max_size=700)
)


@given(names, st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=500))
def test_what_was_written_is_read(by: str, remark: str) -> None:
    written = approval(by, remark=remark)
    (found,) = approvals_among([referrer(written.annotations)], PLACE)
    assert (found.by, found.environment, found.place, found.at, found.remark) == (by, "prod", PLACE, NOW, remark)
    assert found.artifact == referrer(written.annotations).digest


@given(anything)
def test_hostile_annotations_are_cleaned_and_cut(said: dict[str, str]) -> None:
    for found in all_approvals_among([referrer(approval().annotations | said)]):
        assert found.by.strip()
        for text, limit in ((found.by, 255), (found.environment, 255), (found.place, 600), (found.remark, 500)):
            assert text == clean(text)
            assert len(text) <= limit


@given(st.lists(st.sampled_from(sorted(approval().annotations)), min_size=1, unique=True))
def test_what_is_not_whole_is_none(missing: list[str]) -> None:
    said = {key: value for key, value in approval().annotations.items() if key not in missing}
    found = approvals_among([referrer(said)], PLACE)
    assert len(found) == (missing == ["io.windlass.approval.environment"])


def test_another_kind_of_artifact_approves_of_nothing() -> None:
    assert all_approvals_among([referrer(approval().annotations, "application/vnd.example")]) == ()


def test_an_approval_counts_for_its_place_alone() -> None:
    referrers = [referrer(approval(place=place).annotations) for place in ("prod.example/shop/api2", PLACE)]
    assert [found.place for found in approvals_among(referrers, PLACE)] == [PLACE]
    assert len(all_approvals_among(referrers)) == 2


def test_a_place_that_only_looks_alike_is_another() -> None:
    said = approval(place="prod.example/shop\N{ZERO WIDTH SPACE}/api").annotations
    assert approvals_among([referrer(said)], PLACE) == ()


def test_the_oldest_is_first_and_of_a_person_the_first_counts() -> None:
    given = [
        approval("Ann", at=NOW + timedelta(hours=2)),
        approval("bob", at=NOW + timedelta(hours=1)),
        approval("ann", at=NOW),
    ]
    found = approvals_among([referrer(each.annotations) for each in given], PLACE)
    assert [each.by for each in found] == ["ann", "bob", "Ann"]
    assert [each.by for each in first_of_each(found).values()] == ["ann", "bob"]


@given(digests)
def test_the_digest_of_the_artifact_is_not_what_it_says(digest: object) -> None:
    said = approval().annotations | {"io.windlass.approval.artifact": str(digest)}
    (found,) = all_approvals_among([referrer(said)])
    assert found.artifact == referrer(said).digest


@pytest.mark.parametrize(
    "spelt",
    [
        "Grace",
        "ｇｒａｃｅ",
        " gr ace",
        "gra\u200bce",
        "gra\ufffdce",
        "gra\u00adce",
        "grace\u034f",
        "grace\u3164",
        "GRACE\ufe0f",
    ],
)
def test_a_person_is_one_however_the_name_is_spelt(spelt: str) -> None:
    assert person_of(spelt) == person_of(clean(spelt)) == "grace"


def test_names_that_differ_by_an_accent_are_two_persons() -> None:
    assert person_of("rené") == person_of("rene\u0301") != person_of("rene")


def test_a_name_of_which_nothing_is_seen_is_nobodys() -> None:
    assert first_of_each([approval("\ufffd\u00ad"), approval("ann")]).keys() == {"ann"}
