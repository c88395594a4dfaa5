"""Environments along the promotion path."""

from tests import strategies as some
from tui.domain.environment import Environment
from tui.domain.media import DOCKER_LIST, describe
from tui.domain.reference import Repository, Tag


def test_the_path_leads_from_the_base_to_the_last() -> None:
    path = some.PATH
    assert path.base.name == "base"
    assert path.find("dev") is path.environments[1]
    assert path.find("nowhere") is None
    assert path.after("dev") is path.environments[2]
    assert path.after("prod") is None
    assert path.before("dev") is path.base
    assert path.before("base") is None


def test_a_prefix_stands_before_the_boards_name() -> None:
    test = Environment("test", "apps.example", prefix="test/")
    assert str(test.reference(Repository("shop/api"), Tag("1"))) == "apps.example/test/shop/api:1"


def test_a_protected_environment_is_marked() -> None:
    assert Environment("prod", "r.example", protected=True).title == "prod▲"
    assert Environment("dev", "r.example").title == "dev"


def test_media_types_have_names_for_people() -> None:
    assert describe(DOCKER_LIST) == "Docker manifest list"
    assert describe("application/x") == "application/x"
