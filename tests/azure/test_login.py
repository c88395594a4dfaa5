"""Logins with the credentials of azure-identity itself, and a program `az` on PATH that says what is to be tried."""

import asyncio
import logging
import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tui.azure.login import EARLY, RETRY, SECONDS, Logins, SharedLogin
from tui.ports.azure import AzureToken
from tui.ports.errors import LoginError

ARM = "https://management.azure.com/.default"
DATA = "https://containerregistry.azure.net/.default"
TENANT = "contoso.onmicrosoft.com"
SECRET = "eyJhbGciOiJub25lIn0.c2VjcmV0.c2lnbmF0dXJl"


class Az:
    """A program `az` that answers as told, and notes what it was asked."""

    def __init__(self, room: Path) -> None:
        self.room = room
        self.notes = room / "notes"

    def answers(self, script: str) -> None:
        program = self.room / "az"
        program.write_text(f'#!/bin/sh\necho "$@" >> {self.notes}\n{script}\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    def gives_token(self, value: str = SECRET, seconds: float = 3600) -> None:
        expires = int(time.time() + seconds)
        self.answers(f"""echo '{{"accessToken": "{value}", "expires_on": {expires}, "tokenType": "Bearer"}}'""")

    def fails(self, *lines: str) -> None:
        said = "\n".join(lines)
        self.answers(f"cat >&2 <<'END'\n{said}\nEND\nexit 1")

    @property
    def questions(self) -> list[str]:
        return self.notes.read_text().splitlines() if self.notes.exists() else []


@pytest.fixture
def az(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}/usr/bin{os.pathsep}/bin")
    for name in list(os.environ):
        if name.startswith(("AZURE_", "IDENTITY_", "MSI_", "IMDS_")):
            monkeypatch.delenv(name)
    return Az(tmp_path)


@pytest.fixture
def notices():
    return []


@pytest.fixture
def logins(notices):
    return Logins(notices.append)


async def failure(login, scope=ARM):
    with pytest.raises(LoginError) as caught:
        await login.token(scope)
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert SECRET not in sentence
    assert caught.value.__cause__ is None
    return sentence


async def test_the_cli_gives_a_token(az, logins):
    az.gives_token()
    token = await logins.login("azure-cli").token(ARM)
    assert token.value == SECRET
    assert token.expires_at == pytest.approx(time.time() + 3600, abs=60)
    assert SECRET not in repr(token)
    assert az.questions == ["account get-access-token --output json --resource https://management.azure.com"]


async def test_the_tenant_is_asked_for(az, logins):
    az.gives_token()
    await logins.login("azure-cli", TENANT).token(ARM)
    assert az.questions[0].endswith(f"--tenant {TENANT}")


async def test_many_who_ask_are_asked_for_once_for_each_scope(az, logins):
    az.gives_token()
    login = logins.login("azure-cli")
    await asyncio.gather(*(login.token(scope) for scope in (ARM, DATA) * 50))
    assert len(az.questions) == 2


def test_there_is_one_login_for_a_tenant(logins):
    assert logins.login("azure-cli", TENANT) is logins.login("azure-cli", TENANT.upper())
    assert logins.login("azure-cli", TENANT) is not logins.login("azure-cli")


def test_another_method_is_a_mistake_of_the_program(logins):
    with pytest.raises(ValueError, match="no such login: docker"):
        logins.login("docker")


async def test_a_failed_login_is_remembered_for_all_who_ask(az, logins):
    az.fails("ERROR: Please run 'az login' to setup account.")
    login = logins.login("azure-cli")
    sentences = await asyncio.gather(*(failure(login) for _ in range(50)))
    assert set(sentences) == {"the Azure CLI is not logged in: run `az login`"}
    assert await failure(login) == sentences[0]
    assert len(az.questions) == 1


ENDED = "AADSTS700082: The refresh token has expired due to inactivity. Trace ID: 1\n To re-authenticate, run: az login"
GUEST = "ERROR: AADSTS50020: User account 'x@y' from identity provider 'live.com' does not exist in tenant 'Contoso'."


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "ERROR: Please run 'az login' to setup account.",
            f"the Azure CLI is not logged in: run `az login --tenant {TENANT}`",
        ),
        (GUEST, f"this login is not known in tenant {TENANT} (AADSTS50020): run `az login --tenant {TENANT}`"),
        ("ERROR: AADSTS90002: Tenant 'x' not found.", "(AADSTS90002)"),
        ("ERROR: AADSTS700016: Application not found in the directory.", "(AADSTS700016)"),
        (ENDED, f"the Azure login has ended (AADSTS700082): run `az login --tenant {TENANT}`"),
        ("ERROR: AADSTS50076: you must use multi-factor", "Azure wants you to sign in once more (AADSTS50076): run"),
        ("ERROR: AADSTS53003: Access has been blocked", "forbid this login (AADSTS53003): ask its administrator"),
        (
            "ERROR: Failed to establish a new connection: [Errno 11001] getaddrinfo failed",
            "cannot be reached: check the",
        ),
        ("ERROR: SSLError(SSLCertVerificationError: CERTIFICATE_VERIFY_FAILED)", "set REQUESTS_CA_BUNDLE"),
        ("ERROR: az: 'get-access-token' is not in the 'az account' command group.", "run `az upgrade`"),
        (
            f"ERROR: something\x1b[31m odd with {SECRET}",
            "gave no token (something\ufffd[31m odd with •••): run `az login",
        ),
    ],
)
async def test_what_the_cli_says_becomes_a_sentence_that_mends_it(az, logins, said, sentence):
    az.fails(said)
    assert sentence in await failure(logins.login("azure-cli", TENANT))


async def test_a_missing_cli_says_what_else_there_is(az, logins):
    sentence = await failure(logins.login("azure-cli"))
    assert sentence == (
        "the Azure CLI (az) is not on PATH: install it (https://aka.ms/azure-cli), "
        'or set auth = "azure-device-code" or "docker"'
    )


@pytest.mark.parametrize("output", ["what?", '{"accessToken":"' + SECRET, f"[{SECRET}]", "{}"])
async def test_an_answer_that_cannot_be_read_is_not_quoted(az, logins, output):
    az.answers(f"echo '{output}'")
    assert (await failure(logins.login("azure-cli"))).startswith("the Azure CLI (az) gave no token that can be read")


async def test_a_tenant_that_cannot_be_one_is_told(az, logins):
    az.gives_token()
    sentence = await failure(logins.login("azure-cli", "con;toso"))
    assert sentence.startswith("tenant con;toso cannot be one: give its id or domain")


async def test_a_cli_that_hangs_is_given_up(az, logins, monkeypatch):
    monkeypatch.setitem(SECONDS, "azure-cli", 0.2)
    az.answers("exec sleep 3")
    assert "gave no token within 0.2 s" in await failure(logins.login("azure-cli"))


def test_a_cli_that_hangs_does_not_keep_the_program_from_ending(az):
    az.answers("exec sleep 60")
    script = """
import asyncio
from tui.azure.login import Logins

async def main():
    asking = asyncio.ensure_future(Logins(print).login("azure-cli").token("https://management.azure.com/.default"))
    while not open(NOTES, "a+").tell():
        await asyncio.sleep(0.02)
    asking.cancel()

asyncio.run(main())
"""
    command = [sys.executable, "-c", script.replace("NOTES", repr(str(az.notes)))]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


async def test_one_being_cancelled_ends_it_for_nobody_else(az, logins):
    az.answers(f"while [ ! -e {az.room}/go ]; do sleep 0.02; done; " + token_line())
    login = logins.login("azure-cli")
    first, second = asyncio.ensure_future(login.token(ARM)), asyncio.ensure_future(login.token(ARM))
    while not az.questions:
        await asyncio.sleep(0.01)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    (az.room / "go").touch()
    assert (await second).value == SECRET
    assert len(az.questions) == 1


async def test_the_default_finds_the_cli(az, logins):
    az.gives_token()
    assert (await logins.login("azure-default").token(ARM)).value == SECRET


async def test_the_default_asks_for_the_tenant(az, logins):
    az.gives_token()
    await logins.login("azure-default", TENANT).token(ARM)
    assert az.questions[0].endswith(f"--tenant {TENANT}")


async def test_where_the_default_finds_nothing_it_says_what_there_is(az, logins):
    assert await failure(logins.login("azure-default")) == (
        "no Azure login found: run `az login`, or set AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_CLIENT_SECRET, "
        'or use auth = "azure-device-code"'
    )


async def test_the_default_tells_a_wrong_tenant(az, logins):
    az.fails(GUEST)
    assert "is not known in tenant" in await failure(logins.login("azure-default", TENANT))


async def test_nothing_is_written_to_the_terminal(az, logins, capfd):
    await failure(logins.login("azure-default"))
    az.fails(GUEST)
    await failure(logins.login("azure-cli"))
    logging.getLogger("azure.identity").warning("drawn over the screen")
    assert capfd.readouterr() == ("", "")


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def shared(answers, clock):
    """A login that gives `answers` in turn: seconds that a token is good for from then, or a failure."""
    asked = []

    async def ask(scope):
        asked.append(clock.now)
        answer = answers[len(asked) - 1]
        if isinstance(answer, str):
            raise LoginError(answer)
        return AzureToken(f"token {len(asked)}", clock.now + answer)

    return SharedLogin(ask, clock), asked


async def test_a_token_is_renewed_before_it_ends():
    clock = Clock()
    login, asked = shared([3600, 3600], clock)
    await login.token(ARM)
    clock.now += 3600 - EARLY - 1
    assert (await login.token(ARM)).value == "token 1"
    clock.now += 1
    assert (await login.token(ARM)).value == "token 2"
    assert len(asked) == 2


async def test_a_renewal_that_fails_leaves_the_old_token_to_its_end():
    clock = Clock()
    login, asked = shared([3600, "no network", "no network"], clock)
    await login.token(ARM)
    clock.now += 3600 - EARLY
    assert (await login.token(ARM)).value == "token 1"
    assert (await login.token(ARM)).value == "token 1"
    assert len(asked) == 2
    clock.now += EARLY
    with pytest.raises(LoginError, match="no network"):
        await login.token(ARM)


async def test_a_token_that_is_given_again_though_it_ends_soon_is_not_asked_for_each_time():
    clock = Clock()
    login, asked = shared([100, 70], clock)
    await login.token(ARM)
    await login.token(ARM)
    assert len(asked) == 1
    clock.now += RETRY
    await login.token(ARM)
    assert len(asked) == 2


async def test_a_failure_is_forgotten_after_a_while():
    clock = Clock()
    login, asked = shared(["not logged in", 3600], clock)
    for _ in range(3):
        with pytest.raises(LoginError, match="not logged in"):
            await login.token(ARM)
    assert len(asked) == 1
    clock.now += RETRY
    assert (await login.token(ARM)).value == "token 2"


def token_line():
    return f"""echo '{{"accessToken": "{SECRET}", "expires_on": {int(time.time() + 3600)}}}'"""
