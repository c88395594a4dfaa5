"""The laws of drift: above all, unknown is never taken for missing."""

from hypothesis import given
from hypothesis import strategies as st

from tests import strategies as some
from tui.domain.drift import State, classify, is_unknown
from tui.domain.reference import Digest, Tag
from tui.domain.snapshot import Loading, TagEntry, Unread

A, B = (TagEntry(Tag("1"), Digest("sha256", digit * 64)) for digit in "ab")
UNRESOLVED = TagEntry(Tag("1"), None, failure=some.FAILURE)
knowledge = st.one_of(some.entries, st.none(), st.just(Loading()), st.just(Unread(some.FAILURE)))


@given(knowledge, knowledge)
def test_what_was_not_read_is_unknown_and_nothing_else_is(base: TagEntry | None, other: TagEntry | None) -> None:
    assert (classify(base, other) is State.UNKNOWN) == (is_unknown(base) or is_unknown(other))


@given(some.entries, some.entries)
def test_drift_between_two_digests_is_symmetric(base: TagEntry, other: TagEntry) -> None:
    assert classify(base, other) == classify(other, base)


@given(knowledge)
def test_nothing_drifts_from_itself(known: TagEntry | None) -> None:
    assert not classify(known, known).is_drift


def test_the_states() -> None:
    assert classify(A, A) is State.IN_SYNC
    assert classify(A, B) is State.DIFFERS
    assert classify(A, None) is State.MISSING
    assert classify(None, A) is State.EXTRA
    assert classify(None, None) is State.IN_SYNC
    assert classify(A, Loading()) is State.UNKNOWN
    assert classify(Unread(some.FAILURE), A) is State.UNKNOWN
    assert classify(A, UNRESOLVED) is State.UNKNOWN
