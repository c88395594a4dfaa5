"""Hypothesis strategies for the domain's values."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from tui.domain.drift import State
from tui.domain.environment import Environment, PromotionPath
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.snapshot import Failure, FailureKind, Loading, Reading, Snapshot, TagEntry, Unread

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
FAILURE = Failure(FailureKind.UNREACHABLE, "list tags", "connection refused", "down")

digests = st.builds(Digest, st.just("sha256"), st.text("0123456789abcdef", min_size=64, max_size=64))
few_digests = st.sampled_from([Digest("sha256", digit * 64) for digit in "0123"])
components = st.from_regex(r"[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*", fullmatch=True)
repositories = st.lists(components, min_size=1, max_size=4).map("/".join).filter(lambda name: len(name) <= 255)
tags = st.from_regex(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}", fullmatch=True).map(Tag)
semver_tags = st.builds(
    lambda v, a, b, c, pre: Tag(f"{v}{a}.{b}.{c}{pre}"),
    st.sampled_from(["", "v"]),
    st.integers(0, 20),
    st.integers(0, 20),
    st.integers(0, 20),
    st.sampled_from(["", "-rc1", "-rc.1", "-rc.2", "-rc.10", "-alpha", "-alpha.beta", "-beta"]),
)
few_tags = st.sampled_from([Tag(name) for name in ("1.0.0", "1.0.1", "latest", "nightly-2")])
entries = st.builds(TagEntry, few_tags, st.one_of(few_digests, st.none()))


def entry_maps() -> st.SearchStrategy[dict[Tag, TagEntry]]:
    """What a repository may hold: some of a few tags."""
    return st.lists(entries, max_size=4, unique_by=lambda entry: entry.tag).map(
        lambda items: {entry.tag: entry for entry in items}
    )


def readings(environment: str) -> st.SearchStrategy[Reading]:
    """A snapshot, a failure, or nothing yet."""
    taken = entry_maps().map(lambda items: Snapshot(environment, Repository("shop/api"), NOW, items))
    return st.one_of(taken, st.just(Loading()), st.just(Unread(FAILURE)))


PATH = PromotionPath(tuple(Environment(name, f"{name}.example") for name in ("base", "dev", "prod")))
sections = st.tuples(*(readings(name) for name in PATH.names))
states = st.sampled_from(list(State))
