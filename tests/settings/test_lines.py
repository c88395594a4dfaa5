"""The scanner finds the line of everything that tomllib finds a value for."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.settings.lines import KeyPath, find_lines


def paths_of(value: Any, path: KeyPath = ()) -> Iterator[KeyPath]:
    """The path of every key and element within `value`."""
    items: Any = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from paths_of(item, (*path, key))


KEYS = st.one_of(st.from_regex(r"[A-Za-z0-9_-]{1,4}", fullmatch=True), st.text("ab.#\"'[]{}=\n\\é ", max_size=4))
STRINGS = st.text("ab#\"'[]{}=,\n\\é", max_size=8)
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-9, 9), STRINGS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


def written(value: Any, *, is_spread: bool) -> str:
    """`value` as TOML; arrays over several lines, with comments, where `is_spread`."""
    match value:
        case bool() | int():
            return json.dumps(value)
        case str():
            return json.dumps(value)
        case list():
            between = ", # not ] yet\n  " if is_spread else ", "
            inside = between.join(written(item, is_spread=is_spread) for item in value)  # pyright: ignore
            return f"[\n {inside}\n]" if is_spread else f"[{inside}]"
        case _:
            pairs = (f"{json.dumps(key)} = {written(item, is_spread=False)}" for key, item in value.items())
            return "{ " + ", ".join(pairs) + " }"


@st.composite
def documents(draw: st.DrawFn) -> tuple[str, dict[KeyPath, int]]:
    """A document, and the line of each key directly in one of its tables."""
    text, lines = "", {}
    used: dict[str, int] = {}
    for values in draw(st.lists(st.dictionaries(KEYS, VALUES, max_size=3), max_size=4)):
        name = draw(st.sampled_from(["one", "two words"]))
        text += draw(st.sampled_from(["", "\n", "# [[one]]\n", "   \t\n"])) + f"[[ {json.dumps(name)} ]] # head\n"
        position = used.get(name, -1) + 1
        used[name] = position
        for key, value in values.items():
            lines[name, position, key] = text.count("\n") + 1
            text += f"{json.dumps(key)}\t= {written(value, is_spread=draw(st.booleans()))} # a = 1\n"
    return text, lines


@given(documents())
def test_every_key_has_its_line(drawn: tuple[str, dict[KeyPath, int]]) -> None:
    text, lines = drawn
    found = find_lines(text)
    assert {path: found[path] for path in lines} == lines
    assert set(paths_of(tomllib.loads(text))) <= found.keys()


@pytest.mark.parametrize(
    ("text", "path", "line"),
    [
        ("a = 1\nb = 2\n", ("b",), 2),
        ("# c = 0\n\nc = 1", ("c",), 3),
        ("a = '''\nb = 1\n'''\nb = 2", ("b",), 4),
        ('a = """\nb = 1\\"""\n""""\nb = 2', ("b",), 4),
        ("a = [\n 'x', # ]\n 'y',\n]\nb = 2", ("a", 1), 3),
        ("a = { b = { c = 1 } }", ("a", "b", "c"), 1),
        ("[a.b]\nc = 1", ("a", "b", "c"), 2),
        ("[a.b]\nc = 1", ("a",), 1),
        ("[[a]]\n[[a]]\n[a.g]\nc = 1", ("a", 1, "g", "c"), 4),
        ("[[a]]\n[[a.b]]\n[[a]]\n[[a.b]]\nc = 1", ("a", 1, "b", 0, "c"), 5),
        ("a.b . 'c' = 1", ("a", "b", "c"), 1),
        ("a = 1979-05-27 07:32:00 # then\nb = 1", ("b",), 2),
        ("a = 1\r\nb = 2\r\n", ("b",), 2),
        ("", (), None),
    ],
)
def test_forms_of_toml(text: str, path: KeyPath, line: int | None) -> None:
    tomllib.loads(text)
    assert find_lines(text).get(path) == line
