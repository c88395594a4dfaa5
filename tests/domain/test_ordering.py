"""Semantic versions first, newest first; the rest in natural order."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tui.domain.ordering import order_tags
from tui.domain.reference import Tag


@given(st.lists(st.one_of(some.tags, some.semver_tags), unique=True))
def test_order_keeps_every_tag_and_does_not_depend_on_how_they_came(tags: list[Tag]) -> None:
    ordered = order_tags(tags)
    assert sorted(ordered) == sorted(tags)
    assert order_tags(reversed(tags)) == ordered


@given(st.lists(some.semver_tags, unique=True), st.lists(some.tags, unique=True))
def test_semantic_versions_stand_before_every_other_tag(versions: list[Tag], tags: list[Tag]) -> None:
    names = [Tag(f"by-name-{tag}"[:128]) for tag in tags]
    ordered = order_tags({*names, *versions})
    assert set(ordered[: len(versions)]) == set(versions)


@given(st.lists(some.semver_tags, unique=True), st.lists(some.tags, unique=True))
def test_versions_stand_in_the_same_order_whatever_is_beside_them(versions: list[Tag], tags: list[Tag]) -> None:
    ordered = order_tags({*versions, *tags})
    assert [tag for tag in ordered if tag in set(versions)] == order_tags(versions)


@given(st.lists(some.semver_tags, unique=True))
def test_the_core_of_versions_never_rises(tags: list[Tag]) -> None:
    cores = [tuple(int(part) for part in tag.lstrip("v").split("-")[0].split(".")) for tag in order_tags(tags)]
    assert all(higher >= lower for higher, lower in pairwise(cores))


def test_precedence_is_that_of_the_specification() -> None:
    rising = ["1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11"]
    rising += ["1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "v2.0.0"]
    assert order_tags(Tag(tag) for tag in rising) == rising[::-1]


def test_numbers_in_other_tags_fall() -> None:
    tags = [Tag(name) for name in ("nightly-9", "main", "nightly-10", "latest", "20261119.2", "20261120.1")]
    assert order_tags(tags) == ["20261120.1", "20261119.2", "latest", "main", "nightly-10", "nightly-9"]


@given(st.lists(st.one_of(some.semver_tags, st.text().map(Tag)), unique=True))
def test_order_keeps_what_no_registry_would_call_a_tag(tags: list[Tag]) -> None:
    assert sorted(order_tags(tags)) == sorted(tags)
