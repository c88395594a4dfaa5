"""The filter line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tui.domain.board import Row
from tui.domain.drift import State
from tui.domain.query import Query, drifting, parse_query
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import TagEntry

ENVIRONMENTS = ("base", "dev", "prod")


def row(name: str, dev: State = State.IN_SYNC, prod: State = State.IN_SYNC, digit: str = "a") -> Row:
    repository, tag = name.split(":")
    entry = TagEntry(Tag(tag), Digest("sha256", digit * 64), locked=digit == "b")
    return Row(Repository(repository), Tag(tag), (entry, None, entry), (State.BASE, dev, prod))


ROWS = (
    row("shop/api:1.0.0"),
    row("shop/api:1.0.1", prod=State.DIFFERS, digit="b"),
    row("shop/web:1.0.1-rc1", dev=State.MISSING, prod=State.UNKNOWN),
)


def found(text: str) -> list[str]:
    return [f"{row.repository}:{row.tag}" for row in parse_query(text, ENVIRONMENTS).select(ROWS)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["shop/api:1.0.0", "shop/api:1.0.1", "shop/web:1.0.1-rc1"]),
        ("API", ["shop/api:1.0.0", "shop/api:1.0.1"]),
        ("1.0.1 !rc", ["shop/api:1.0.1"]),
        ("prod:drift", ["shop/api:1.0.1"]),
        ("PROD:Differs", ["shop/api:1.0.1"]),
        ("!prod:same", ["shop/api:1.0.1", "shop/web:1.0.1-rc1"]),
        ("prod:unknown", ["shop/web:1.0.1-rc1"]),
        ("dev:missing", ["shop/web:1.0.1-rc1"]),
        ("prod:locked", ["shop/api:1.0.1"]),
        ("dev:locked", []),
        ("1.0 !prod:LOCKED", ["shop/api:1.0.0", "shop/web:1.0.1-rc1"]),
        ("shop/api:1.0.1", ["shop/api:1.0.1"]),
        ("bbbb", ["shop/api:1.0.1"]),
        ("sha256:bbbbbbbb", ["shop/api:1.0.1"]),
        ("sha256:" + "b" * 64, ["shop/api:1.0.1"]),
        ("bbb", []),
        ("nothing", []),
    ],
)
def test_every_word_must_hold(text: str, expected: list[str]) -> None:
    assert found(text) == expected


def test_a_misspelt_state_matches_nothing_and_says_so() -> None:
    query = parse_query("prod:drfit", ENVIRONMENTS)
    assert query.problems == ("no state 'drfit'; did you mean prod:drift?",)
    assert query.select(ROWS) == ()


def test_a_state_far_from_any_is_answered_with_all() -> None:
    (problem,) = parse_query("prod:zzz", ENVIRONMENTS).problems
    assert "drift" in problem
    assert "missing" in problem


@given(st.text(), st.lists(st.tuples(some.states, some.states)))
def test_any_text_is_a_query_and_its_negation_gives_the_rest(text: str, states: list[tuple[State, State]]) -> None:
    rows = tuple(row(f"shop/api:{at}", *pair) for at, pair in enumerate(states))
    words = [word for word in text.lower().split() if not word.startswith("!")][:1]
    chosen = parse_query("".join(words), ENVIRONMENTS).select(rows)
    rest = parse_query("".join(f"!{word}" for word in words), ENVIRONMENTS).select(rows)
    if words:
        assert sorted(chosen + rest, key=rows.index) == list(rows)


def test_only_drift() -> None:
    assert [item.tag for item in drifting(ROWS)] == ["1.0.1", "1.0.1-rc1"]


def test_the_empty_query_passes_everything() -> None:
    assert Query().select(ROWS) == ROWS


def test_a_word_that_could_be_a_digest_matches_names_as_well() -> None:
    rows = (row("shop/cafe:1"), row("shop/api:2"))
    assert [item.tag for item in parse_query("cafe", ENVIRONMENTS).select(rows)] == ["1"]
