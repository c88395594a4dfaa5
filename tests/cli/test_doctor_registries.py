"""What is said of registries, keys, engines and hooks that were looked at."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from tui.cli.doctor import bounded
from tui.cli.doctor_machine import chain_finding
from tui.cli.doctor_registries import engine_findings, key_findings, registry_findings, trial_findings
from tui.domain.environment import Environment, Kind, PromotionPath
from tui.domain.finding import Finding, Health, fine
from tui.domain.hooks import HookCommand
from tui.domain.past import ChainCheck
from tui.domain.reference import Repository
from tui.domain.scope import Scope
from tui.ports.azure import ImportAdvanced, ImportJob
from tui.ports.errors import Forbidden, JournalError, RegistryError, TrustError, Unauthorised, Unreachable
from tui.settings.model import AuthMethod, Connection, Settings, TokenSource
from tui.usecases.examining import KeyReading, Trial
from tui.usecases.examining_registries import Reading, Refused
from tui.usecases.tools import Tools
from tui.usecases.workbench import Notices, Workbench

API = Repository("shop/api")
BASE = Environment("base", "base.azurecr.io", kind=Kind.ACR)
DEV = Environment("dev", "dev.azurecr.io", prefix="dev/", kind=Kind.ACR)
FORBIDDEN = Forbidden("list the tags of shop/api", "base.azurecr.io", "it answers 403")
UNAUTHORISED = Unauthorised("list the tags of shop/api", "base.azurecr.io", "it answers 401")


def settings(*environments: Environment, connection: Connection = Connection(AuthMethod.DOCKER)) -> Settings:  # noqa: B008
    path = PromotionPath(environments)
    return Settings(path, Scope(), dict.fromkeys(path.names, connection), "windlass.toml")


def told_of(reading: Reading, connection: Connection) -> list[Finding]:
    return list(registry_findings([reading], settings(BASE, connection=connection)))


@pytest.mark.parametrize(
    ("connection", "mend"),
    [
        (Connection(AuthMethod.DOCKER), "docker login base.azurecr.io"),
        (Connection(AuthMethod.ANONYMOUS), "docker login base.azurecr.io"),
        (Connection(AuthMethod.TOKEN), "export WINDLASS_TOKEN=…"),
        (Connection(AuthMethod.TOKEN, token=TokenSource(file="/run/token")), "write a token into /run/token"),
        (
            Connection(AuthMethod.AZURE_CLI),
            "az login; then have the role AcrPush given to you on base.azurecr.io",
        ),
    ],
)
@pytest.mark.parametrize("error", [FORBIDDEN, UNAUTHORISED])
def test_credentials_that_do_not_do(connection: Connection, mend: str, error: RegistryError) -> None:
    (found,) = told_of(Reading(BASE, 0.1, failure=error), connection)
    assert (found.health, found.mend) == (Health.WRONG, mend)
    assert error.detail in found.what


def test_registry_that_is_not_reached() -> None:
    failure = Unreachable("list the tags of shop/api", "base.azurecr.io", "its host name cannot be resolved")
    (found,) = told_of(Reading(BASE, 0.1, failure=failure), Connection(AuthMethod.DOCKER))
    assert found.mend == "curl -sS https://base.azurecr.io/v2/"


def test_catalog_that_cannot_be_listed_is_a_warning() -> None:
    well, listing = told_of(Reading(BASE, 0.1, (API,), catalog=FORBIDDEN), Connection(AuthMethod.DOCKER))
    assert (well.health, listing.health) == (Health.OK, Health.WARNING)
    assert listing.mend == 'name them: repositories = ["shop/api", …]'


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        (Reading(BASE, 0.25, (API,), by="ann"), "base: base.azurecr.io answers in 0.2 s, as ann; shop/api can be read"),
        (Reading(BASE, 0.25, (API,)), "answers in 0.2 s, and names nobody (auth = docker); shop/api can be read"),
        (Reading(BASE, 0.25, absent=(API,)), "; it has no shop/api yet"),
        (
            Reading(BASE, 0.25, (API, Repository("b")), (Repository("c"),), has_more=True),
            "; of 3 repositories tried (there are more) 2 can be read, 1 are not there yet",
        ),
        (Reading(BASE, 0.25, (API, Repository("b"))), "; all 2 repositories tried can be read"),
        (Reading(BASE, 0.25), "; it has no repository to read"),
    ],
)
def test_registry_that_answers(reading: Reading, told: str) -> None:
    (found,) = told_of(reading, Connection(AuthMethod.DOCKER))
    assert found.health is Health.OK
    assert found.what.endswith(told)


def test_repositories_that_cannot_be_read_are_wrong_and_named_with_the_mend() -> None:
    refused = tuple(Refused(Repository(f"secret/{number}"), FORBIDDEN) for number in range(9))
    well, one = told_of(Reading(BASE, 0.1, (API,), refused=refused[:1]), Connection(AuthMethod.DOCKER))
    assert (well.health, one.health) == (Health.OK, Health.WRONG)
    assert well.what.endswith("; of 2 repositories tried 1 can be read")
    assert one.what == "base: of 2 repositories tried 1 cannot be read: secret/0: it answers 403"
    assert one.mend == 'exclude = ["secret/0"], or ask for the right to read there'
    _, many = told_of(Reading(BASE, 0.1, (API,), refused=refused), Connection(AuthMethod.DOCKER))
    assert "9 cannot be read: secret/0, secret/1, " in many.what
    assert "secret/7 and 1 more: it answers 403" in many.what


def test_prefix_is_told_with_the_repository() -> None:
    found = list(registry_findings([Reading(DEV, 0.1, (API,))], settings(BASE, DEV)))
    assert "dev/shop/api can be read" in found[0].what
    assert found[1].what.startswith("dev: that you may write there shows only when something is promoted")


def test_keys() -> None:
    good, bad = key_findings([KeyReading(DEV, "/a.pem"), KeyReading(DEV, "/b.pem", TrustError("/b.pem is no key"))])
    assert good == fine("keys", "dev: /a.pem can be used")
    assert (bad.health, bad.what, bad.mend) == (Health.WRONG, "dev: /b.pem is no key", "ls -l /b.pem")


def test_hooks() -> None:
    deploy = HookCommand(("deploy", "$WINDLASS_IMAGE"))
    told, left = trial_findings([Trial(DEV, deploy, "done"), Trial(DEV, deploy, is_left_out=True)])
    assert told == fine("notify", "dev: command deploy was told of a test: done")
    assert (left.health, "was not run" in left.what) == (Health.WARNING, True)
    assert list(trial_findings([])) == [fine("notify", "no environment has a hook")]


class Azure:
    """Refuses with `sentence`."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence

    async def refusal(self, source: Environment, target: Environment) -> str:
        return self.sentence

    async def run(self, job: ImportJob) -> AsyncGenerator[ImportAdvanced, None]:
        raise NotImplementedError
        yield


@pytest.mark.parametrize(
    ("auth", "sentence", "health", "told"),
    [
        (AuthMethod.AZURE_CLI, "", Health.OK, "acr-import: base to dev can be tried"),
        (AuthMethod.AZURE_CLI, "it is not seen", Health.WARNING, "acr-import: base to dev: it is not seen"),
        (AuthMethod.AZURE_DEVICE_CODE, "", Health.OK, "acr-import: base to dev was not asked for"),
    ],
)
async def test_import(auth: AuthMethod, sentence: str, health: Health, told: str) -> None:
    direct, found = await engine_findings(settings(BASE, DEV, connection=Connection(auth)), Azure(sentence))
    assert direct.what.startswith("direct: always there")
    assert (found.health, found.what.startswith(told)) == (health, True)


async def test_import_is_for_azure_alone() -> None:
    _, found = await engine_findings(settings(BASE, Environment("dev", "d.io")), Azure(""))
    assert found.what == "acr-import: no two environments that follow one another are Azure's"


async def never() -> Tools:
    raise AssertionError("nothing of it is needed")


class Checked(Workbench):
    """A workbench whose journal is as `check` says."""

    check: ChainCheck | JournalError = ChainCheck(0, "")

    async def check_journal(self) -> ChainCheck:
        if isinstance(self.check, JournalError):
            raise self.check
        return self.check


@pytest.mark.parametrize(
    ("check", "health", "told"),
    [
        (ChainCheck(1, "ab"), Health.OK, "its chain of 1 event is whole"),
        (ChainCheck(9, "ab", 4, "it was edited"), Health.WRONG, "from event 4 on: it was edited"),
        (JournalError("the journal cannot be read: it is no database"), Health.WRONG, "it is no database"),
    ],
)
async def test_chain(check: ChainCheck | JournalError, health: Health, told: str) -> None:
    bench = Checked(PromotionPath((BASE,)), Scope(), never, Notices())
    bench.check = check
    found = await chain_finding(bench)
    assert (found.health, found.what.endswith(told)) == (health, True)
    assert bool(found.mend) == (health is Health.WRONG)
    assert found.mend.startswith("keep a copy as evidence") == ("edited" in told)


async def test_part_that_does_not_end_is_a_finding() -> None:
    async def forever() -> Sequence[Finding]:
        return await asyncio.Future[Sequence[Finding]]()

    (found,) = await bounded("registries", forever(), 0.05)
    assert (found.health, found.what) == (Health.WRONG, "this could not be found out within 0.05 s")


async def test_part_that_fails_is_a_finding() -> None:
    async def failing() -> Sequence[Finding]:
        raise JournalError("the journal is full")

    assert [each.what for each in await bounded("journal", failing(), 5)] == ["the journal is full"]
