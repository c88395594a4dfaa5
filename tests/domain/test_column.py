"""Packed entries are the entries that were packed, and a column finds what it holds."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tui.domain import column as columns
from tui.domain.column import Column, blank
from tui.domain.entries import Entries
from tui.domain.reference import Digest, Tag
from tui.domain.snapshot import TagEntry

TAG = Tag("x")
A, B = Digest("sha256", "ab12" * 16), Digest("sha256", "ab13" * 16)
LONG = Digest("sha512", "ab12" * 32)
ELSEWHERE = timezone(timedelta(hours=2))

moments = st.one_of(
    st.none(),
    st.datetimes(timezones=st.just(UTC)),
    st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(ELSEWHERE)),
)
digests = st.one_of(st.none(), some.digests, some.few_digests, st.just(LONG), st.just(Digest("sha256", "AB" * 32)))
entries = st.builds(
    TagEntry, st.just(TAG), digests, moments, moments, st.booleans(), st.sampled_from([None, some.FAILURE])
)
plain = st.builds(TagEntry, st.just(TAG), some.digests)
held = st.one_of(st.lists(st.one_of(st.none(), plain)), st.lists(st.one_of(st.none(), plain, entries)))


def pack(entries: Sequence[TagEntry | None]) -> Column:
    tags = [Tag(f"t{at}") for at in range(len(entries))]
    return columns.pack({tag: each for tag, each in zip(tags, entries, strict=True) if each}, tags)


def unpacked(column: Column) -> list[TagEntry | None]:
    return [column.entry(at, TAG) for at in range(len(column.held))]


@given(held)
def test_what_is_packed_comes_out_as_it_was(given_entries: list[TagEntry | None]) -> None:
    assert unpacked(pack(given_entries)) == given_entries


@given(held, st.data())
def test_gathered_entries_stand_where_they_are_wanted(
    given_entries: list[TagEntry | None], data: st.DataObject
) -> None:
    places = data.draw(st.lists(st.integers(-1, len(given_entries) - 1)))
    wanted = [given_entries[at] if at >= 0 else None for at in places]
    assert unpacked(pack(given_entries).gathered(places)) == wanted


def test_a_digest_of_zeros_is_a_digest() -> None:
    zeros = TagEntry(TAG, Digest("sha256", "0" * 64))
    assert unpacked(pack([None, zeros])) == [None, zeros]
    assert list(pack([None, zeros]).beginning("0000")) == [1]


def test_a_digest_that_begins_with_zeros_is_a_digest() -> None:
    small = TagEntry(TAG, Digest("sha256", f"{7:064x}"))
    assert unpacked(pack([None, small, TagEntry(TAG, A)])) == [None, small, TagEntry(TAG, A)]


def test_texts_of_other_lengths_are_kept_though_together_they_have_the_right_one() -> None:
    uneven = [TagEntry(TAG, Digest("sha256", "a" * 62)), TagEntry(TAG, Digest("sha256", "a" * 66))]
    assert unpacked(pack(uneven)) == uneven
    spaced = [TagEntry(TAG, Digest("sha256", f"{'a' * 62}  ")), TagEntry(TAG, A)]
    assert unpacked(pack(spaced)) == spaced


def test_what_is_no_digest_of_its_algorithm_is_kept_as_it_is() -> None:
    for odd in ("a" * 63, "x" * 64, "A" * 64):
        entries = [TagEntry(TAG, Digest("sha256", odd)), TagEntry(TAG, A, some.NOW)]
        assert unpacked(pack(entries)) == entries


def test_moments_are_kept_to_the_microsecond() -> None:
    moment = some.NOW + timedelta(microseconds=1)
    entries = [TagEntry(TAG, A, moment, None), TagEntry(TAG, B, None, moment)]
    assert unpacked(pack(entries)) == entries
    assert unpacked(pack(entries).gathered([1, -1])) == [entries[1], None]


def test_digests_are_found_by_their_beginning() -> None:
    column = pack([TagEntry(TAG, A), None, TagEntry(TAG, B), TagEntry(TAG, LONG)])
    assert sorted(column.beginning("ab1")) == [0, 2, 3]
    assert sorted(column.beginning("ab12")) == [0, 3]
    assert sorted(column.beginning("ab13a")) == [2]
    assert sorted(column.beginning(LONG.hex)) == [3]
    assert sorted(column.beginning("b12a")) == []


def test_whole_digests_are_found() -> None:
    column = pack([TagEntry(TAG, A), None, TagEntry(TAG, B), TagEntry(TAG, LONG)])
    assert sorted(column.holding({A, LONG})) == [0, 3]
    assert list(column.known_digests()) == [(0, A.hex), (2, B.hex), (3, LONG.hex)]


def test_locks_are_told_of_every_entry() -> None:
    column = pack([TagEntry(TAG, A, locked=True), TagEntry(TAG, None, locked=True), TagEntry(TAG, B)])
    assert column.lock_flags() == b"\1\1\0"
    assert blank(2).lock_flags() == b"\0\0"


def test_entries_are_a_mapping_of_what_is_held() -> None:
    tags = (Tag("x"), Tag("y"))
    held_entries = Entries(tags, pack([TagEntry(tags[0], A), None]))
    assert dict(held_entries) == {"x": TagEntry(tags[0], A)}
    assert len(held_entries) == 1
    assert "y" not in held_entries
    assert held_entries.get(Tag("z")) is None
