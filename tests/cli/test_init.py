"""`windlass init`: what is found or named becomes a file that loads, and nothing is written over unasked."""

import errno
import os
import stat
import tomllib
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cli.fakes import Recorder, make_recorder
from tui.cli.commands import Common
from tui.cli.commands_starting import InitCommand
from tui.cli.exits import Exit, UsageError
from tui.cli.init import azure_settings, init, run_init
from tui.cli.init_choice import parse_choice
from tui.cli.init_file import create, destination, replace
from tui.cli.init_finding import Find
from tui.cli.init_text import Draft, settings_text
from tui.cli.output import Console
from tui.domain.discovery import FoundRegistry, arrange, propose
from tui.domain.environment import Kind
from tui.ports.errors import LoginError, Unreachable, WindlassError
from tui.settings.load import load_settings
from tui.settings.model import AuthMethod, AzureSettings


def registry(name: str, subscription: str = "Contoso", *, host: str = "", has_abac: bool = False) -> FoundRegistry:
    """A registry in Azure."""
    place = host or f"{name}.azurecr.io"
    return FoundRegistry(name, place, f"/{subscription}/{name}", subscription, "rg", "Premium", has_abac)


FOUND = (
    registry("contosoprod"),
    registry("contosobase"),
    registry("contosotest", "Labs"),
    registry("attic", "Labs"),
)


@dataclass(slots=True)
class Finder:
    """Finds what it is given, then perhaps fails."""

    found: Sequence[FoundRegistry] = FOUND
    failure: WindlassError | None = None

    async def registries(self) -> AsyncGenerator[FoundRegistry, None]:
        for each in self.found:
            yield each
        if self.failure:
            raise self.failure

    @property
    def find(self) -> Find:
        """Opens it."""

        @asynccontextmanager
        async def opened() -> AsyncGenerator["Finder", None]:
            yield self

        return opened


class Unopened:
    """A finder that nobody may ask."""

    def __call__(self) -> "Unopened":
        raise AssertionError("Azure was asked")

    async def __aenter__(self) -> Finder:
        raise AssertionError

    async def __aexit__(self, *_: object) -> None:
        raise AssertionError


class Person:
    """Answers questions in turn, and hangs up when there is no answer left."""

    def __init__(self, *answers: str) -> None:
        self._answers = list(answers)
        self.questions: list[str] = []

    async def __call__(self, console: Console, question: str) -> str:
        self.questions.append(question)
        return f"{self._answers.pop(0)}\n" if self._answers else ""


async def run(
    file: Path, recorder: Recorder, command: InitCommand, find: Find | None = None, person: Person | None = None
) -> Exit:
    """Runs `command` as `run_init` does."""
    azure = azure_settings(command, file.parent)
    return await init(command, azure, recorder.console, find or Finder().find, file, person or Person())


def hosts(file: Path) -> dict[str, str]:
    """The environments in `file`, in order, each with its registry."""
    return {each.name: each.registry for each in load_settings(file).path.environments}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the settings go."""
    return tmp_path / "windlass.toml"


async def test_yes_writes_what_the_names_suggest(file: Path) -> None:
    recorder = make_recorder()
    command = InitCommand(Common(), auth="azure-cli", tenant="contoso.com", subscriptions=("Labs",), is_confirmed=True)
    assert await run(file, recorder, command) is Exit.DONE
    assert hosts(file) == {
        "base": "contosobase.azurecr.io",
        "test": "contosotest.azurecr.io",
        "prod": "contosoprod.azurecr.io",
    }
    settings = load_settings(file)
    assert settings.azure == AzureSettings("contoso.com", ("Labs",))
    assert {each.auth for each in settings.connections.values()} == {AuthMethod.AZURE_CLI}
    assert [each.protected for each in settings.path.environments] == [False, False, True]
    assert "attic.azurecr.io" in file.read_text()
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [each.name for each in file.parent.iterdir()] == [file.name]


async def test_what_is_found_is_told_by_subscription(file: Path) -> None:
    recorder = make_recorder()
    await run(file, recorder, InitCommand(Common(), is_confirmed=True))
    told = recorder.err.splitlines()
    assert told.index("subscription Contoso:") < told.index("subscription Labs:")
    assert "  attic.azurecr.io (Premium, resource group rg)" in told
    assert "found 4 registries" in told
    assert recorder.out == ""


async def test_where_nobody_can_be_asked_the_file_is_shown_and_not_written(file: Path) -> None:
    recorder = make_recorder()
    assert await run(file, recorder, InitCommand(Common())) is Exit.REFUSED
    assert [each["name"] for each in tomllib.loads(recorder.out)["environment"]] == ["base", "test", "prod"]
    assert "--yes writes this" in recorder.err
    assert not file.exists()


async def test_enter_takes_the_proposal_and_yes_writes_it(file: Path) -> None:
    recorder, person = make_recorder(is_terminal=True), Person("", "y")
    assert await run(file, recorder, InitCommand(Common()), person=person) is Exit.DONE
    assert list(hosts(file)) == ["base", "test", "prod"]
    assert "Enter = 1 2 3" in person.questions[0]
    assert person.questions[1] == f"write {file}? [y/N]"
    assert 'name = "prod"' in recorder.err


async def test_order_and_membership_are_chosen_by_number(file: Path) -> None:
    recorder, person = make_recorder(is_terminal=True), Person("9", "1 1", "x", "4, 1 3", "yes")
    assert await run(file, recorder, InitCommand(Common()), person=person) is Exit.DONE
    assert list(hosts(file).values()) == ["attic.azurecr.io", "contosobase.azurecr.io", "contosoprod.azurecr.io"]
    assert recorder.err.count("numbers from 1 to 4") == 2
    assert "once" in recorder.err
    assert '# registry = "contosotest.azurecr.io"' in file.read_text()


@pytest.mark.parametrize("answers", [(), ("",), ("", "n"), ("", "")])
async def test_anything_but_yes_writes_nothing(file: Path, answers: tuple[str, ...]) -> None:
    recorder = make_recorder(is_terminal=True)
    assert await run(file, recorder, InitCommand(Common()), person=Person(*answers)) is Exit.REFUSED
    assert "nothing was written" in recorder.err
    assert not file.exists()


async def test_without_a_base_one_is_asked_for(file: Path) -> None:
    recorder = make_recorder(is_terminal=True)
    found = Finder([registry("images"), registry("contosoprod")])
    assert await run(file, recorder, InitCommand(Common()), found.find, Person("2 1", "y")) is Exit.DONE
    assert "no name says which is the base" in recorder.err
    assert hosts(file) == {"base": "images.azurecr.io", "prod": "contosoprod.azurecr.io"}


async def test_where_no_name_says_anything_enter_is_no_answer(file: Path) -> None:
    recorder, person = make_recorder(is_terminal=True), Person("", "1", "y")
    await run(file, recorder, InitCommand(Common()), Finder([registry("images")]).find, person)
    assert "Enter" not in person.questions[0]
    assert hosts(file) == {"base": "images.azurecr.io"}


async def test_a_registry_that_is_named_twice_is_refused(file: Path) -> None:
    command = InitCommand(Common(), ("base.example", "base.example"), is_confirmed=True)
    with pytest.raises(UsageError, match="named twice"):
        await run(file, make_recorder(), command, Unopened())
    assert not file.exists()


async def test_registries_that_are_named_ask_nobody(file: Path) -> None:
    places = ("base.example", "r.example:5000/dev/", "r.example:5000/team-", "contosoprod.azurecr.io")
    command = InitCommand(Common(), places, is_confirmed=True)
    assert await run(file, make_recorder(), command, Unopened()) is Exit.DONE
    settings = load_settings(file)
    assert [(each.name, each.registry, each.prefix) for each in settings.path.environments] == [
        ("base", "base.example", ""),
        ("dev", "r.example:5000", "dev/"),
        ("env3", "r.example:5000", "team-"),
        ("prod", "contosoprod.azurecr.io", ""),
    ]
    assert settings.connections["base"].auth is AuthMethod.DOCKER
    assert settings.connections["prod"].auth is AuthMethod.AZURE_DEFAULT


FAILURES = [LoginError("not logged in: run `az login`"), Unreachable("list", "management.azure.com", "no answer")]


@pytest.mark.parametrize("failure", FAILURES)
async def test_without_azure_a_person_names_the_registries(file: Path, failure: WindlassError) -> None:
    recorder = make_recorder(is_terminal=True)
    person = Person("https://base.example", "base.example", "me:hunter2@x", "test.example/apps", "", "y")
    finder = Finder((), failure)
    assert await run(file, recorder, InitCommand(Common()), finder.find, person) is Exit.DONE
    assert str(failure) in recorder.err
    assert hosts(file) == {"base": "base.example", "test": "test.example"}
    assert "hunter2" not in recorder.err


@pytest.mark.parametrize("failure", FAILURES)
async def test_without_azure_and_a_terminal_the_other_way_is_named(file: Path, failure: WindlassError) -> None:
    with pytest.raises(WindlassError, match="windlass init REGISTRY") as caught:
        await run(file, make_recorder(), InitCommand(Common()), Finder((), failure).find)
    assert str(failure) in str(caught.value)


async def test_a_login_that_sees_nothing(file: Path) -> None:
    with pytest.raises(UsageError, match=r"can see none; name them"):
        await run(file, make_recorder(), InitCommand(Common(), is_confirmed=True), Finder(()).find)
    with pytest.raises(UsageError, match="called like a stage"):
        await run(file, make_recorder(), InitCommand(Common()), Finder([registry("images")]).find)
    recorder = make_recorder(is_terminal=True)
    assert await run(file, recorder, InitCommand(Common()), Finder(()).find, Person("")) is Exit.REFUSED
    assert "no registry was chosen; nothing was written" in recorder.err


async def test_what_azure_says_is_cleaned_and_what_is_no_host_is_left_out(file: Path) -> None:
    found = [
        registry('base"\n[[environment]]\x1b[31m', 'Sub"\n\u202e', host="base.azurecr.io"),
        registry("prod", host='x"\nauth = "token'),
        registry("again", host="BASE.azurecr.io"),
    ]
    recorder = make_recorder()
    assert await run(file, recorder, InitCommand(Common(), is_confirmed=True), Finder(found).find) is Exit.DONE
    assert hosts(file) == {"base": "base.azurecr.io"}
    assert all(line.isprintable() for line in recorder.err.splitlines())
    assert "is left out" in recorder.err


def test_a_host_that_is_none_of_azures_is_not_shown_the_login(file: Path) -> None:
    path = propose([registry("base", host="127.0.0.1:5000")])
    create(file, settings_text(Draft(path, AuthMethod.AZURE_CLI, AzureSettings(arm="http://127.0.0.1:9000"))))
    settings = load_settings(file)
    assert settings.path.base.kind is Kind.ACR
    assert settings.connections["base"].auth is AuthMethod.DOCKER
    assert settings.azure.arm == "http://127.0.0.1:9000"
    opted_in = file.read_text().replace('auth = "docker"', "").replace("# send_azure", 'auth = "azure-cli"\nsend_azure')
    replace(file, opted_in)
    assert load_settings(file).connections["base"].trusts_with_azure_token


def test_rights_for_single_repositories_are_told() -> None:
    path = propose([registry("contosobase", has_abac=True)])
    text = settings_text(Draft(path, AuthMethod.AZURE_CLI, AzureSettings()))
    assert "contosobase.azurecr.io: rights are given for single repositories" in text
    assert "repositories" not in tomllib.loads(text)


@given(st.text(max_size=30), st.text("ab\"\\'\x7f\x1b\n é", max_size=9), st.text(max_size=9))
def test_no_name_breaks_the_file(name: str, subscription: str, group: str) -> None:
    hostile = FoundRegistry(name, "prod.azurecr.io", "/x", subscription, group)
    azure = AzureSettings(subscriptions=(subscription,))
    text = settings_text(Draft(arrange([hostile]), AuthMethod.AZURE_CLI, azure, (hostile,)))
    document = tomllib.loads(text)
    assert document["azure"] == {"subscriptions": [subscription]}
    assert [each["registry"] for each in document["environment"]] == ["prod.azurecr.io"]


def test_one_that_is_there_is_left_alone_unless_told(tmp_path: Path, file: Path) -> None:
    named = Common(config="mine.toml")
    assert destination(InitCommand(named), tmp_path) == tmp_path / "mine.toml"
    file.symlink_to("gone")
    with pytest.raises(UsageError, match="--force replaces it") as caught:
        destination(InitCommand(Common()), tmp_path)
    assert str(file) in str(caught.value)
    assert destination(InitCommand(Common(), overwrites=True), tmp_path) == file


def test_it_is_refused_before_azure_is_asked(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(file.parent)
    file.write_text("mine")
    recorder = make_recorder()
    with pytest.raises(UsageError, match="is there already"):
        run_init(InitCommand(Common()), recorder.console)
    assert recorder.err == ""
    assert file.read_text() == "mine"


async def test_force_says_that_it_replaces(file: Path) -> None:
    file.write_text("mine")
    recorder, person = make_recorder(is_terminal=True), Person("", "y")
    assert await run(file, recorder, InitCommand(Common(), overwrites=True), person=person) is Exit.DONE
    assert person.questions[-1] == f"replace {file}? [y/N]"
    assert list(hosts(file)) == ["base", "test", "prod"]


GOOD = settings_text(Draft(propose(FOUND), AuthMethod.AZURE_CLI, AzureSettings()))


def test_a_file_that_somebody_wrote_meanwhile_is_left_alone(file: Path) -> None:
    file.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        create(file, GOOD)
    assert file.read_text() == "mine"
    assert [each.name for each in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize("put", [create, replace])
def test_a_file_that_does_not_load_is_never_put_in_place(file: Path, put: Callable[[Path, str], None]) -> None:
    with pytest.raises(UsageError, match="was not written"):
        put(file, "[[environment]]\nname = 'x'")
    assert list(file.parent.iterdir()) == []


@pytest.mark.parametrize("put", [create, replace])
def test_what_cannot_be_written_leaves_nothing_behind(
    file: Path, put: Callable[[Path, str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(UsageError, match="no UTF-8"):
        put(file, f"{GOOD}# \udc80")

    def is_full(number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", is_full)
    with pytest.raises(UsageError, match="No space left"):
        put(file, GOOD)
    assert list(file.parent.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written: No such file"):
        create(tmp_path / "gone" / "windlass.toml", GOOD)


def test_a_ca_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--ca: there is no file"):
        azure_settings(InitCommand(Common(), ca="gone.pem"), tmp_path)
    (tmp_path / "ca.pem").write_text("")
    assert azure_settings(InitCommand(Common(), ca="ca.pem"), tmp_path).ca == str(tmp_path / "ca.pem")


@pytest.mark.parametrize("text", ["", " , ", "0", "5", "-1", "1.5", "1 x", "1 1", "٣", "9" * 5_000])
def test_what_is_no_choice(text: str) -> None:
    with pytest.raises(ValueError, match=r"number|once"):
        parse_choice(text, 4)
