"""The promotion path that names suggest, and the laws that hold whatever the names are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.discovery import FoundRegistry, Stage, arrange, propose, stage_of, unused
from tui.settings.names import parse_environment_name


def found(name: str, group: str = "rg", host: str = "") -> FoundRegistry:
    """A registry in Azure."""
    return FoundRegistry(name, host or f"{name}.azurecr.io", f"/{group}/{name}", "Contoso", group)


def names_of(*names: str) -> list[str]:
    """The names of the environments that registries of these names are proposed as."""
    return [each.name for each in propose([found(name) for name in names])]


@pytest.mark.parametrize(
    ("name", "stage"),
    [
        ("contosobase", Stage.BASE),
        ("buildimages", Stage.BASE),
        ("contoso-ci", Stage.BASE),
        ("shared", Stage.BASE),
        ("contosodev", Stage.DEV),
        ("dev01", Stage.DEV),
        ("int", Stage.DEV),
        ("development", Stage.DEV),
        ("contosoqa", Stage.TEST),
        ("uatimages", Stage.TEST),
        ("contosopreprod", Stage.STAGE),
        ("preproduction", Stage.STAGE),
        ("stagingweu", Stage.STAGE),
        ("ContosoProd", Stage.PROD),
        ("contosoprodweu", Stage.PROD),
        ("contosoprd2", Stage.PROD),
        ("contosolive", Stage.PROD),
        ("production", Stage.PROD),
        ("testprod", Stage.PROD),
        ("latest", None),
        ("contest", None),
        ("falcontest", Stage.TEST),
        ("contosoproduction", Stage.PROD),
        ("latesttest", Stage.TEST),
        ("products", None),
        ("productstest", Stage.TEST),
        ("contosononprod", None),
        ("database", None),
        ("devices", None),
        ("delivery", None),
        ("social", None),
        ("print", None),
        ("contoso", None),
        ("", None),
    ],
)
def test_what_a_name_says(name: str, stage: Stage | None) -> None:
    assert stage_of(found(name)) is stage


def test_host_and_resource_group_speak_where_the_name_is_silent() -> None:
    assert stage_of(found("x", group="rg-prod", host="dev.example")) is Stage.DEV
    assert stage_of(found("x", group="rg-prod", host="r.test")) is Stage.PROD
    assert stage_of(found("devx", group="rg-prod")) is Stage.DEV


def test_the_order_is_that_of_the_path() -> None:
    assert names_of("cprod", "ctest", "other", "cbase", "cstage", "cdev") == ["base", "dev", "test", "stage", "prod"]


def test_several_of_a_kind_are_told_apart() -> None:
    assert names_of("contosoprodweu", "contosoprodeus") == ["prod-eus", "prod-weu"]
    assert names_of("contosoprod", "contosoprodweu") == ["prod", "prod-weu"]
    assert names_of("contosoprod", "fabrikamprod") == ["prod-contoso", "prod-fabrikam"]
    groups = [found("prod", "rg-west"), found("prod", "rg-east"), found("prod", "prod-north")]
    assert [each.name for each in arrange(groups)] == ["prod-rg-west", "prod-rg-east", "prod-north"]
    assert [each.name for each in arrange([found("prod"), found("prod")])] == ["prod", "prod-2"]


def test_an_order_that_was_chosen_is_kept() -> None:
    path = arrange([found("images"), found("cprod"), found("others"), found("ctest")])
    assert [(each.name, each.stage) for each in path] == [
        ("base", None),
        ("prod", Stage.PROD),
        ("env3", None),
        ("test", Stage.TEST),
    ]
    assert [each.name for each in arrange([found("images"), found("cbase")])] == ["env1", "base"]
    assert arrange([]) == ()


REGISTRIES = st.lists(
    st.builds(
        found,
        st.lists(st.sampled_from(["contoso", "prod", "dev", "test", "base", "latest", "-", "1", "É", "x" * 30])).map(
            "".join
        ),
        st.sampled_from(["rg", "rg-prod", "east", "\x1b[31m"]),
    ),
    max_size=7,
)


@given(REGISTRIES)
def test_nothing_is_lost_and_nothing_doubled(registries: list[FoundRegistry]) -> None:
    path = propose(registries)
    kept = [each.registry for each in path]
    assert sorted(map(repr, (*kept, *unused(registries, path)))) == sorted(map(repr, registries))


@given(REGISTRIES)
def test_names_are_unique_and_names(registries: list[FoundRegistry]) -> None:
    for path in (propose(registries), arrange(registries)):
        names = [parse_environment_name(each.name) for each in path]
        assert len(set(names)) == len(names)


@given(REGISTRIES)
def test_the_base_is_first_and_production_last(registries: list[FoundRegistry]) -> None:
    stages = [each.stage for each in propose(registries) if each.stage is not None]
    assert stages == sorted(stages)
    assert len(stages) == len(propose(registries))


@given(REGISTRIES)
def test_the_order_in_which_azure_tells_does_not_matter(registries: list[FoundRegistry]) -> None:
    assert propose(registries) == propose(registries[::-1])


@given(REGISTRIES)
def test_a_choice_is_kept_as_it_is(registries: list[FoundRegistry]) -> None:
    assert [each.registry for each in arrange(registries)] == registries
