"""What a text may stand for where something is looked for, and what it then matches."""

import pytest

from tui.domain.identity import Identity
from tui.domain.needle import InvalidNeedle, parse_needle

BUILD = "a whole build number or its first parts"
COMMIT = "0bd41c2" + "0" * 33


@pytest.mark.parametrize(
    ("text", "build"),
    [
        ("20261026.4", "20261026.4"),
        ("20261026", "20261026.4"),
        ("release", "Release-7"),
        ("1.2", "1.2+g0"),
        ("nightly", "nightly_3"),
        ("0bd", "0bd"),
    ],
)
def test_a_build_is_meant_by_its_whole_or_its_first_parts(text: str, build: str) -> None:
    assert parse_needle(text).is_origin(Identity(build=build))


@pytest.mark.parametrize(
    ("text", "build"), [("20261120.4", "20261120.41"), ("2026102", "20261026.4"), ("4", "20261026.4"), ("7", "")]
)
def test_a_beginning_within_a_part_is_another_build(text: str, build: str) -> None:
    assert not parse_needle(text).is_origin(Identity(build=build))


def test_a_commit_needs_four_digits_and_that_is_said() -> None:
    assert parse_needle("0bd4").is_origin(Identity(commit=COMMIT))
    assert not parse_needle("0bd").is_origin(Identity(commit=COMMIT))
    assert parse_needle("0bd").kinds == f"{BUILD}; a commit or a digest needs four digits"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("sha256:0bd4", "the beginning of a digest"),
        ("0bd4", f"the beginning of a commit or a digest, or as {BUILD}"),
        ("20261026.4", BUILD),
    ],
)
def test_it_is_told_as_what_something_is_looked_for(text: str, kinds: str) -> None:
    assert parse_needle(text).kinds == kinds


@pytest.mark.parametrize("text", ["shop/checkout:2.12.0", "shop/checkout", "checkout:2.12.0"])
def test_the_name_of_an_image_is_refused_with_the_command_that_lists_tags(text: str) -> None:
    with pytest.raises(InvalidNeedle, match="is no commit, build or digest; `windlass status --repo REPO`"):
        parse_needle(text)
