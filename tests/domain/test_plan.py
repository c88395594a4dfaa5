"""A plan says what will happen, and how to make it again."""

import pytest

from tests import strategies as some
from tui.domain import media
from tui.domain.content import Descriptor, Index, Manifest, RawManifest, digest_of
from tui.domain.environment import EngineName
from tui.domain.plan import Effect, Forecast, Keeping, Node, Plan, Request, Transfer, Tree
from tui.domain.reference import Digest, Repository, Tag
from tui.domain.verdict import fails, passes

OLD, NEW = (Descriptor(media.OCI_MANIFEST, Digest("sha256", digit * 64), 5) for digit in "ab")
REQUEST = Request(some.PATH.environments[0], some.PATH.environments[1], Repository("shop/api"), Tag("1.0"), Tag("1.0"))
FORECAST = Forecast(EngineName.DIRECT, Keeping.KEPT, "kept")


def plan(current: Descriptor | None = None, request: Request = REQUEST) -> Plan:
    return Plan(request, NEW, current, (), 5, Transfer((), 0, 0), FORECAST)


@pytest.mark.parametrize(
    ("current", "effect"), [(None, Effect.CREATES), (OLD, Effect.OVERWRITES), (NEW, Effect.NOTHING)]
)
def test_the_effect_follows_from_what_is_there(current: Descriptor | None, effect: Effect) -> None:
    assert plan(current).effect is effect


def test_source_is_pinned_by_digest_and_target_is_a_tag() -> None:
    assert str(plan().source) == f"base.example/shop/api:1.0@{NEW.digest}"
    assert str(plan().target) == "dev.example/shop/api:1.0"


def test_the_command_line_makes_the_same_plan() -> None:
    assert plan().command == "windlass promote shop/api:1.0 --from base --to dev"
    request = Request(
        REQUEST.source, REQUEST.target, REQUEST.repository, Tag("1.0"), Tag("stable"), EngineName.DOCKER, None, True
    )
    expected = "windlass promote shop/api:1.0 --from base --to dev --as stable --engine docker --allow-change"
    assert plan(request=request).command == expected


def test_only_gates_that_fail_are_refusals() -> None:
    verdicts = (passes("a", "fine"), fails("b", "not fine", "mend it"))
    refused = Plan(REQUEST, NEW, None, (), 5, Transfer((), 0, 0), FORECAST, verdicts)
    assert [verdict.gate for verdict in refused.refusals] == ["b"]


def test_a_tree_counts_each_blob_once_and_knows_its_root() -> None:
    shared = Descriptor("layer", Digest("sha256", "c" * 64), 100)
    nodes = [Node(RawManifest("m", b"12345", digest_of(b"x")), Manifest("m", shared, (shared,))) for _ in range(2)]
    root = Node(RawManifest("i", b"123", digest_of(b"y")), Index("i", (NEW,)))
    tree = Tree((*nodes, root))
    assert tree.root is root
    assert tree.blobs == (shared,)
    assert tree.size == 100 + 5 + 5 + 3
    assert Transfer(tree.blobs, 1, 0).bytes == 100
