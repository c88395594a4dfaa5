"""The filter line."""

from collections.abc import Iterable, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tui.domain.column import pack
from tui.domain.drift import State
from tui.domain.explanation import CellKey, Explained, Reason, Undecided
from tui.domain.identity import Identity
from tui.domain.insight import Insight
from tui.domain.query import Query, parse_query
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import TagEntry
from tui.domain.table import CODES, Table

ENVIRONMENTS = ("base", "dev", "prod")


def row(name: str, dev: State = State.IN_SYNC, prod: State = State.IN_SYNC, digit: str = "a") -> Table:
    repository, tag = name.split(":")
    entry = TagEntry(Tag(tag), Digest("sha256", digit * 64), locked=digit == "b")
    return table(Repository(repository), (entry, None, entry), (State.BASE, dev, prod))


def table(repository: Repository, entries: Sequence[TagEntry | None], states: Iterable[State]) -> Table:
    """A table of one row."""
    (tag,) = {entry.tag for entry in entries if entry}
    columns = tuple(pack({tag: entry} if entry else {}, [tag]) for entry in entries)
    return Table(repository, (tag,), columns, tuple(bytes([CODES[state]]) for state in states))


def select(query: Query, insight: Insight, tables: Iterable[Table]) -> list[str]:
    """The rows for which `query` holds."""
    sieve = query.on(insight)
    return [f"{each.repository}:{each.tags[at]}" for each in tables for at in each.places(sieve.flags(each))]


def tags(names: Iterable[str]) -> list[str]:
    """Of names of rows, the tags."""
    return [name.partition(":")[2] for name in names]


ROWS = (
    row("shop/api:1.0.0"),
    row("shop/api:1.0.1", prod=State.DIFFERS, digit="b"),
    row("shop/web:1.0.1-rc1", dev=State.MISSING, prod=State.UNKNOWN),
)


def found(text: str) -> list[str]:
    return select(parse_query(text, ENVIRONMENTS), Insight(), ROWS)


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
    assert query.problems == ("no state or reason 'drfit'; did you mean prod:drift?",)
    assert select(query, Insight(), ROWS) == []


def test_a_state_far_from_any_is_answered_with_all() -> None:
    (problem,) = parse_query("prod:zzz", ENVIRONMENTS).problems
    for known in ("drift", "missing", "locked", "behind", "foreign", "unexplained"):
        assert known in problem


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("prdo:drift", "no environment 'prdo'; did you mean prod:drift?"),
        ("!PRDO:Drift", "no environment 'prdo'; did you mean prod:drift?"),
        ("comit:4028", "did you mean commit:4028?"),
        ("biuld:7", "did you mean build:7?"),
        ("commit:zz", "a commit is hexadecimal; for example commit:1f3c"),
    ],
)
def test_what_stands_before_a_colon_misspelt_is_put_right(text: str, problem: str) -> None:
    assert parse_query(text, ENVIRONMENTS, ("shop/api",)).problems == (problem,)


@pytest.mark.parametrize(
    "text", ["api:1.14", "shop/api:1", "pi:1", "produce:1", "sha256:aaaa", "zzz:1", ":1", "commit:4"]
)
def test_a_name_with_its_tag_is_no_problem(text: str) -> None:
    assert parse_query(text, ENVIRONMENTS, ("shop/api", "shop/produce")).problems == ()


@given(st.text(), st.lists(st.tuples(some.states, some.states)))
def test_any_text_is_a_query_and_its_negation_gives_the_rest(text: str, states: list[tuple[State, State]]) -> None:
    rows = tuple(row(f"shop/api:{at}", *pair) for at, pair in enumerate(states))
    words = [word for word in text.lower().split() if not word.startswith("!")][:1]
    chosen = select(parse_query("".join(words), ENVIRONMENTS), Insight(), rows)
    rest = select(parse_query("".join(f"!{word}" for word in words), ENVIRONMENTS), Insight(), rows)
    if words:
        assert sorted(chosen + rest) == sorted(f"shop/api:{at}" for at in range(len(rows)))


def test_the_empty_query_passes_everything() -> None:
    assert len(select(Query(), Insight(), ROWS)) == len(ROWS)


def test_a_word_that_could_be_a_digest_matches_names_as_well() -> None:
    rows = (row("shop/cafe:1"), row("shop/api:2"))
    assert select(parse_query("cafe", ENVIRONMENTS), Insight(), rows) == ["shop/cafe:1"]


# -- what was found out beyond the survey ------------------------------------------------------------------------

A, B, C = (Digest("sha256", digit * 64) for digit in "abc")
COMMIT = "1f3c2ab" + "0" * 33
ORIGINS = Insight(identities={A: Identity(commit=COMMIT, build="20261120.4"), B: Identity(commit="77aa01e")})


def origin(text: str) -> list[str]:
    return tags(select(parse_query(text, ENVIRONMENTS), ORIGINS, ROWS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("commit:1f3c", ["1.0.0", "1.0.1-rc1"]),
        ("commit:1F3C2AB", ["1.0.0", "1.0.1-rc1"]),
        ("commit:77aa01e" + "0" * 33, ["1.0.1"]),
        ("commit:0000", []),
        ("build:20261120", ["1.0.0", "1.0.1-rc1"]),
        ("build:20261120.4 rc1", ["1.0.1-rc1"]),
        ("build:.4", []),
        ("!commit:1f3c", ["1.0.1"]),
        ("1f3c2ab", ["1.0.0", "1.0.1-rc1"]),
        ("1f3", []),
        ("20261120.4", ["1.0.0", "1.0.1-rc1"]),
    ],
)
def test_an_origin_is_found_by_its_beginning(text: str, expected: list[str]) -> None:
    assert origin(text) == expected


@pytest.mark.parametrize(
    ("text", "meant"),
    [("commit:1f3c", "a"), ("build:20261120", "a"), ("77aa01e 1f3c2ab", "ab"), ("!commit:1f3c", ""), ("api", "")],
)
def test_which_images_have_the_origin_asked_for(text: str, meant: str) -> None:
    images = parse_query(text, ENVIRONMENTS).on(ORIGINS).meant
    assert images == {Digest("sha256", digit * 64) for digit in meant}


def test_of_origins_nobody_read_nothing_is_found() -> None:
    assert found("commit:1f3c") == []


@pytest.mark.parametrize("text", ["commit:", "build:"])
def test_an_origin_without_a_value_says_what_it_wants(text: str) -> None:
    (problem,) = parse_query(text, ENVIRONMENTS).problems
    assert f"for example {text}" in problem
    assert origin(text) == []


def test_a_query_tells_which_origins_it_asks_for() -> None:
    assert parse_query("api commit:1f3c !build:7 1f3c2ab", ENVIRONMENTS).origins == ("1f3c", "7")
    assert parse_query("commit:drift", (*ENVIRONMENTS, "commit")).origins == ()


def differing(tag: str) -> Table:
    held, base = TagEntry(Tag(tag), B), TagEntry(Tag(tag), A)
    return table(Repository("shop/api"), (base, None, held), (State.BASE, State.MISSING, State.DIFFERS))


def explained(**reasons: Reason | None) -> Insight:
    return Insight(
        {
            CellKey(Repository("shop/api"), Tag(tag), "prod", A, B): Explained(why) if why else Undecided(("no",))
            for tag, why in reasons.items()
        }
    )


REASONED = explained(x=Reason.BEHIND, y=Reason.FOREIGN, z=None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("prod:behind", ["x"]),
        ("PROD:Foreign", ["y"]),
        ("prod:moved", []),
        ("prod:unexplained", ["z", "new"]),
        ("!prod:behind", ["y", "z", "new", "1.0.0"]),
        ("dev:unexplained", []),
    ],
)
def test_a_reason_is_asked_for_in_an_environment(text: str, expected: list[str]) -> None:
    rows = (*(differing(tag) for tag in ("x", "y", "z", "new")), ROWS[0])
    assert tags(select(parse_query(text, ENVIRONMENTS), REASONED, rows)) == expected


@pytest.mark.parametrize(
    ("text", "changes_with"),
    [
        ("api prod:drift", []),
        ("prod:behind", [REASONED]),
        ("prod:unexplained", [REASONED]),
        ("commit:1f3c", [ORIGINS]),
        ("commit:ffff", []),
        ("20261120.4", [ORIGINS]),
    ],
)
def test_a_query_sees_no_more_than_it_depends_on(text: str, changes_with: list[Insight]) -> None:
    query = parse_query(text, ENVIRONMENTS)
    before = query.on(Insight()).seen
    assert [item for item in (REASONED, ORIGINS) if query.on(item).seen != before] == changes_with
