"""Signing in with a code, with azure-identity's own DeviceCodeCredential against a sign-in service on loopback."""

import asyncio

import pytest
from azure.identity import DeviceCodeCredential

from tests.azure.entra import SECRET, Entra, certificate
from tui.azure.login import Logins
from tui.domain.notices import SignInEnded, SignInRequested
from tui.ports.errors import LoginError

ARM = "https://management.azure.com/.default"
DATA = "https://containerregistry.azure.net/.default"


@pytest.fixture
def entra():
    return Entra()


@pytest.fixture
def notices():
    return []


@pytest.fixture
async def logins(entra, notices, tmp_path, aiohttp_servers):
    context, ca = certificate(tmp_path)
    base_url = await aiohttp_servers(entra.answer, context)

    def make(method, tenant, prompt):
        return DeviceCodeCredential(
            prompt_callback=prompt,
            authority=base_url,
            disable_instance_discovery=True,
            connection_verify=ca,
            retry_total=0,
        )

    made = Logins(notices.append, make=make)
    yield made
    await made.close()


async def until(condition):
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


async def test_the_code_is_told_and_then_its_end(entra, notices, logins):
    asking = asyncio.ensure_future(logins.login("azure-device-code").token(ARM))
    await until(lambda: notices)
    (request,) = notices
    assert isinstance(request, SignInRequested)
    assert (request.address, request.code) == ("https://microsoft.com/devicelogin", "CODE1")
    assert 800 < request.seconds <= 900
    entra.sign_in()
    assert (await asking).value == SECRET
    assert notices[1:] == [SignInEnded()]


async def test_nobody_signs_in_twice_for_another_scope(entra, notices, logins):
    login = logins.login("azure-device-code")
    asking = asyncio.gather(*(login.token(scope) for scope in (ARM, DATA) * 20))
    await until(lambda: notices)
    entra.sign_in()
    assert {token.value for token in await asking} == {SECRET}
    assert (entra.codes, entra.refreshed) == (1, 1)
    assert len(notices) == 2


@pytest.mark.parametrize(
    ("error", "description", "sentence"),
    [
        (
            "expired_token",
            "AADSTS70020: The provided value for the device code has expired.",
            "the code for signing in ended",
        ),
        ("authorization_declined", "The end user denied the authorization request.", "the sign-in was declined"),
        (
            "invalid_grant",
            "AADSTS50020: User account does not exist in tenant.",
            "this login is not known in the tenant",
        ),
        ("invalid_grant", "AADSTS53003: Access has been blocked.", "forbid this login"),
        ("odd", f"something with {SECRET}", "signing in with a code failed"),
    ],
)
async def test_a_sign_in_that_fails_says_why(entra, notices, logins, error, description, sentence):
    entra.refuse(error, description)
    with pytest.raises(LoginError, match=sentence) as caught:
        await logins.login("azure-device-code").token(ARM)
    assert SECRET not in str(caught.value)
    assert notices[-1] == SignInEnded(str(caught.value))


async def test_a_failed_sign_in_shows_no_new_code_at_once(entra, notices, logins):
    entra.refuse("authorization_declined", "The end user denied the authorization request.")
    login = logins.login("azure-device-code")
    for _ in range(3):
        with pytest.raises(LoginError):
            await login.token(ARM)
    assert entra.codes == 1


async def test_a_code_that_nobody_enters_ends(entra, notices, logins):
    entra.seconds = 1
    with pytest.raises(LoginError, match="the code for signing in ended"):
        await logins.login("azure-device-code").token(ARM)


async def test_closing_ends_a_sign_in_that_goes_on(notices, logins):
    asking = asyncio.ensure_future(logins.login("azure-device-code").token(ARM))
    await until(lambda: notices)
    await logins.close()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert notices[-1] == SignInEnded("it was broken off")
