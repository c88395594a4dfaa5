"""argv into commands."""

import re
import shlex

import pytest

from tui.cli import arguments_reading, arguments_starting, arguments_trusting, arguments_writing
from tui.cli.arguments import parse
from tui.cli.commands import BoardCommand, Common
from tui.cli.commands_reading import (
    CompareCommand,
    HistoryCommand,
    ReportCommand,
    ReportFormat,
    StatusCommand,
    WhereCommand,
)
from tui.cli.commands_starting import DemoCommand, InitCommand
from tui.cli.commands_writing import PromoteCommand
from tui.domain.environment import EngineName
from tui.domain.needle import parse_needle
from tui.domain.reference import Repository, Tag

ROOMS = (arguments_starting, arguments_reading, arguments_writing, arguments_trusting)


@pytest.mark.parametrize(
    "argv",
    [
        ["--config", "f", "--read-only", "--ascii", "status"],
        ["status", "--config", "f", "--read-only", "--ascii"],
        ["--ascii", "status", "--config=f", "--read-only"],
    ],
)
def test_common_options_stand_on_either_side(argv: list[str]) -> None:
    assert parse(argv) == StatusCommand(Common("f", read_only=True, ascii_only=True))


def test_alone_it_is_the_board() -> None:
    assert parse([]) == BoardCommand(Common())
    assert parse(["--read-only"]) == BoardCommand(Common(read_only=True))


def test_status() -> None:
    command = parse(["status", "--repo", "shop/*", "--repo", "ops/x", "--tag", "^1", "--drift", "--json"])
    assert command == StatusCommand(Common(), ("shop/*", "ops/x"), re.compile("^1"), only_drift=True, as_json=True)


def test_status_explains() -> None:
    assert parse(["status", "--explain"]) == StatusCommand(Common(), explains=True)


def test_compare() -> None:
    image = Repository("shop/api"), Tag("1.0")
    assert parse(["compare", "shop/api:1.0", "base", "prod"]) == CompareCommand(Common(), image, "base", "prod")
    command = parse(["compare", "shop/api:1.0", "prod", "prod", "--with", "0.9", "--json"])
    assert command == CompareCommand(Common(), image, "prod", "prod", Tag("0.9"), as_json=True)


def test_where() -> None:
    command = parse(["where", "1F3C2AB", "--repo", "shop/*", "--json"])
    assert command == WhereCommand(Common(), parse_needle("1f3c2ab"), ("shop/*",), as_json=True)


@pytest.mark.parametrize(
    ("argv", "place"),
    [([], (None, None)), (["shop/api"], ("shop/api", None)), (["shop/api:1.0"], ("shop/api", "1.0"))],
)
def test_history(argv: list[str], place: tuple[Repository | None, Tag | None]) -> None:
    assert parse(["history", *argv]) == HistoryCommand(Common(), *place)
    assert parse(["history", *argv, "--json"]) == HistoryCommand(Common(), *place, as_json=True)


def test_report() -> None:
    assert parse(["report"]) == ReportCommand(Common(), ReportFormat.MARKDOWN)
    command = parse(["report", "--format", "html", "--repo", "shop/*", "--tag", "^1", "--output", "drift.html"])
    assert command == ReportCommand(Common(), ReportFormat.HTML, ("shop/*",), re.compile("^1"), "drift.html")


@pytest.mark.parametrize("verb", ["status", "compare", "where", "history", "report", "plan", "promote", "lock", "init"])
def test_help_has_an_example_that_is_understood(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse([verb, "--help"])
    lines = capsys.readouterr().out.splitlines()
    examples = [shlex.split(line.partition(" >")[0])[1:] for line in lines if line.startswith("  windlass ")]
    assert examples
    assert all(parse(example) for example in examples)


@pytest.mark.parametrize("verb", ["", *(verb.name for room in ROOMS for verb in room.VERBS)])
def test_help_fits_on_the_narrowest_screen(
    verb: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        parse([*filter(None, [verb]), "--help"])
    assert [line for line in capsys.readouterr().out.splitlines() if len(line) >= 80] == []


def test_promote() -> None:
    words = "promote shop/api:1 shop/web:2 shop/api:1 --to prod --from dev --as 9 --engine docker --allow-change"
    command = parse([*words.split(), "--yes", "--json"])
    assert isinstance(command, PromoteCommand)
    assert command.images == (("shop/api", "1"), ("shop/web", "2"))
    assert (command.target, command.source, command.target_tag) == ("prod", "dev", "9")
    assert (command.engine, command.allows_change, command.is_confirmed) == (EngineName.DOCKER, True, True)
    assert (command.only_plan, command.as_json) == (False, True)


def test_promote_all_drift() -> None:
    words = "promote --all-drift --repo shop/* --repo web --tag ^1 --to prod --from dev --yes"
    command = parse(words.split())
    assert isinstance(command, PromoteCommand)
    assert (command.all_drift, command.images, command.repositories) == (True, (), ("shop/*", "web"))
    assert command.tag
    assert (command.tag.pattern, command.source, command.target) == ("^1", "dev", "prod")


@pytest.mark.parametrize("argv", [["plan", "a:1", "--to", "x"], ["promote", "a:1", "--to", "x", "--dry-run"]])
def test_a_plan_is_a_dry_run(argv: list[str]) -> None:
    command = parse(argv)
    assert isinstance(command, PromoteCommand)
    assert command.only_plan


def test_demo() -> None:
    assert parse(["demo", "--seed", "7"]) == DemoCommand(Common(), 7)
    assert parse(["demo", "--serve", "--dir", "d"]) == DemoCommand(Common(), 1, "d")


def test_init() -> None:
    assert parse(["init"]) == InitCommand(Common())
    words = "init Base.example r.example:5000/apps base.example --auth azure-cli --tenant Contoso.com --force --yes"
    command = parse([*words.split(), "--subscription", "A B", "--subscription=C", "--arm", "https://arm.example/"])
    assert command == InitCommand(
        Common(),
        ("base.example", "r.example:5000/apps/"),
        "azure-cli",
        "contoso.com",
        ("A B", "C"),
        "https://arm.example",
        overwrites=True,
        is_confirmed=True,
    )


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (["nonsense"], "nonsense"),
        (["promote", "--to", "prod"], "REPO:TAG"),
        (["promote", "shop/api", "--to", "prod"], "names no tag"),
        (["promote", "Shop/api:1", "--to", "prod"], "is no repository name"),
        (["promote", "shop/api:1"], "--to"),
        (["promote", "shop/api:1", "--to", "prod", "--as", "-x y"], "--as"),
        (["promote", "shop/api:1", "--to", "prod", "--as", ".x"], "is no tag"),
        (["promote", "shop/api:1", "--to", "prod", "--engine", "skopeo"], "skopeo"),
        (["promote", "a:1", "a:2", "--to", "prod", "--as", "3"], "the same tag"),
        (["promote", "a:1", "--all-drift", "--to", "prod"], "one of the two"),
        (["promote", "a:1", "--repo", "a", "--to", "prod"], "narrow --all-drift"),
        (["promote", "--all-drift", "--as", "3", "--to", "prod"], "the same tag"),
        (["status", "--tag", "("], "no regular expression"),
        (["status", "--repo", "Shop"], "is no repository name"),
        (["status", "--dr"], "--dr"),
        (["where"], "COMMIT|BUILD|DIGEST"),
        (["where", "sha256:XY"], "is no digest"),
        (["where", "shop/checkout:2.12.0"], "windlass status --repo"),
        (["where", "a b"], "is no digest, commit or build number"),
        (["history", "Shop"], "is no repository name"),
        (["history", "shop/api:"], "is no tag"),
        (["compare", "shop/api", "base", "prod"], "names no tag"),
        (["compare", "shop/api:1", "base"], "ENV"),
        (["report", "--format", "pdf"], "pdf"),
        (["demo", "--serve"], "--serve needs --dir, the folder for windlass.toml: demo --serve --dir sandbox"),
        (["init", "https://base.example"], "write 'base.example'"),
        (["init", "base.example/Apps"], "is no repository name"),
        (["init", "--tenant", "contoso"], "is no tenant"),
        (["init", "--arm", "http://arm.example"], "write 'https://arm.example'"),
        (["init", "--subscription", ""], "is no subscription"),
        (["init", "--auth", "docker"], "--auth"),
        (["demo", "--dir", "d"], "--serve"),
    ],
)
def test_wrong_usage_ends_with_2(argv: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(argv)
    assert caught.value.code == 2
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("argv", [["status", "--in", "prod"], ["status", "prod"], ["--ascii", "status", "--in=prod"]])
def test_a_word_that_a_command_does_not_know_is_told_with_its_usage(
    argv: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(argv)
    told = capsys.readouterr().err
    assert caught.value.code == 2
    assert told.startswith("usage: windlass status ")
    assert "windlass status: error: unrecognized arguments: " in told


def test_a_word_that_nobody_knows_is_told_with_the_usage_of_all(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parse(["--in"])
    assert "windlass: error: unrecognized arguments: --in" in capsys.readouterr().err
