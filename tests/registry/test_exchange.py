"""Azure logins at registries: exchanged at the registry that is trusted with them, and shown to nobody else."""

import asyncio
from dataclasses import replace

import pytest
from aiohttp import web

from tests.registry.azure import AZURE_TOKEN, TENANT, Azure, Login, Planted
from tests.registry.stub import Ears, Stub, client, json_answer, problem, serve
from tui.domain.reference import parse_repository, parse_tag
from tui.ports.errors import Forbidden, InvalidAnswer, LoginError, RegistryError, Unauthorised
from tui.registry.client import Endpoint, RegistryClient, Timing
from tui.registry.credential_sources import REGISTRY_SCOPE, AzureCredentials
from tui.registry.credentials import CredentialSource

API, WEB, TAG = parse_repository("shop/api"), parse_repository("shop/web"), parse_tag("1.0")
HOUR = 3600.0


def trusted(stub: Stub, credentials: CredentialSource | None = None) -> RegistryClient:
    return client(stub.host, credentials or Planted(), takes_azure_tokens=True)


async def refused(stub: Stub, kind: type[RegistryError], *, takes_azure_tokens: bool = True) -> str:
    """The sentence with which one request fails."""
    async with client(stub.host, Planted(), takes_azure_tokens=takes_azure_tokens) as registry:
        with pytest.raises(kind) as caught:
            await registry.resolve(API, TAG)
    return str(caught.value)


async def test_login_is_exchanged_once_for_all_that_ask() -> None:
    azure, login = Azure(), Login()
    async with serve(azure) as stub, trusted(stub, AzureCredentials(login)) as registry:
        await asyncio.gather(*(registry.resolve(name, TAG) for name in (API, WEB) * 10))
        await registry.resolve(API, TAG)
    assert azure.counts["/oauth2/exchange"] == 1
    assert azure.counts["/oauth2/token"] == 2
    assert set(login.scopes) == {REGISTRY_SCOPE}


async def test_form_of_the_exchange() -> None:
    async with serve(Azure()) as stub, trusted(stub, AzureCredentials(Login(), tenant=TENANT)) as registry:
        await registry.resolve(API, TAG)
        service = stub.host.replace(":", "%3A")
        assert stub.bodies[0] == (
            f"grant_type=access_token&service={service}&access_token={AZURE_TOKEN}&tenant={TENANT}"
        )
        assert "tenant" not in stub.bodies[1]


async def test_login_is_asked_again_only_when_its_exchange_ends() -> None:
    azure, login, now = Azure(refresh_claims={"iat": 5000, "exp": 5000 + HOUR}), Login(), [0.0]
    async with serve(azure) as stub:
        endpoint = Endpoint(stub.host, plain_http=True, takes_azure_tokens=True)
        timing = Timing(monotonic=lambda: now[0])
        async with RegistryClient(endpoint, AzureCredentials(login), timing=timing) as registry:
            for now[0], exchanges in [(0.0, 1), (HOUR - 301, 1), (HOUR - 299, 2)]:
                await registry.resolve(parse_repository(f"shop/at{int(now[0])}"), TAG)
                assert (azure.counts["/oauth2/exchange"], len(login.scopes)) == (exchanges, exchanges)


async def test_refresh_token_that_is_no_longer_taken_is_exchanged_for_once_more() -> None:
    azure = Azure()
    async with serve(azure) as stub, trusted(stub) as registry:
        await registry.resolve(API, TAG)
        azure.refresh_tokens.clear()
        await asyncio.gather(*(registry.resolve(parse_repository(f"shop/{n}"), TAG) for n in range(10)))
    assert azure.counts["/oauth2/exchange"] == 2


async def test_refresh_tokens_that_are_never_taken_are_not_asked_for_again_and_again() -> None:
    azure = Azure(denied={f"repository:shop/{n}:pull" for n in range(5)})
    async with serve(azure) as stub, trusted(stub) as registry:
        for number in range(5):
            with pytest.raises(Forbidden, match=rf"no rights on shop/{number}: .* AcrPull"):
                await registry.resolve(parse_repository(f"shop/{number}"), TAG)
        await registry.resolve(API, TAG)
    assert azure.counts["/oauth2/exchange"] == 2


async def test_token_without_the_right_names_the_role() -> None:
    azure = Azure(rightless={"repository:shop/api:pull"})
    async with serve(azure) as stub:
        sentence = await refused(stub, Forbidden)
    assert "no rights on shop/api" in sentence
    assert 'AcrPull, or "Container Registry Repository Reader" in ABAC mode' in sentence


@pytest.mark.parametrize("status", [401, 403])
async def test_login_that_is_not_taken_says_how_to_mend_it(status: int) -> None:
    azure = Azure(exchange=problem(status, "UNAUTHORIZED", f"no: {AZURE_TOKEN}"))
    async with serve(azure) as stub, trusted(stub, AzureCredentials(Login(), tenant=TENANT)) as registry:
        for _ in range(3):
            with pytest.raises(Unauthorised, match=f"az login --tenant {TENANT}") as caught:
                await registry.resolve(API, TAG)
            assert "az role assignment create --role AcrPull" in str(caught.value)
            assert AZURE_TOKEN not in str(caught.value)
    assert azure.counts["/oauth2/exchange"] == 1


async def test_firewall_that_refuses_the_exchange_is_told_in_its_own_words() -> None:
    said = "client with IP '203.0.113.7' is not allowed access"
    azure = Azure(exchange=problem(403, "DENIED", said))
    async with serve(azure) as stub, trusted(stub) as registry:
        for _ in range(2):
            with pytest.raises(Unauthorised, match=said):
                await registry.resolve(API, TAG)
    assert azure.counts["/oauth2/exchange"] == 1


@pytest.mark.parametrize("answer", [web.Response(text="<html>"), json_answer({}), json_answer({"refresh_token": 5})])
async def test_exchange_that_gives_nothing(answer: web.Response) -> None:
    async with serve(Azure(exchange=answer)) as stub:
        assert "no refresh token for the Azure login" in await refused(stub, InvalidAnswer)


async def test_registry_without_an_exchange_is_not_taken_for_one_without_the_repository() -> None:
    async with serve(Azure(exchange=problem(404, "NAME_UNKNOWN"))) as stub:
        assert "gives no token" in await refused(stub, InvalidAnswer)


async def test_login_that_fails_says_so_itself() -> None:
    login = Login(LoginError("nobody is logged in to Azure: run az login"))
    async with serve(Azure()) as stub, trusted(stub, AzureCredentials(login)) as registry:
        with pytest.raises(Unauthorised, match="nobody is logged in to Azure: run az login"):
            await registry.resolve(API, TAG)
        assert not stub.bodies


async def test_registry_that_nobody_trusts_gets_no_login() -> None:
    async with serve(Azure()) as stub:
        sentence = await refused(stub, Unauthorised, takes_azure_tokens=False)
        assert "its host is none of Azure's: the Azure login is not shown to it; set send_azure_token" in sentence
        assert AZURE_TOKEN not in stub.everything


async def test_realm_on_another_host_gets_no_login() -> None:
    async with serve(Azure(), "127.0.0.2") as thief, serve(Azure(realm=lambda _: f"{thief.url}/oauth2/token")) as stub:
        assert "another host" in await refused(stub, InvalidAnswer)
        assert not thief.requests
        assert AZURE_TOKEN not in stub.everything


async def test_realm_of_another_registry_gets_no_login_even_where_both_are_trusted() -> None:
    async with serve(Azure()) as other, serve(Azure(realm=lambda _: f"{other.url}/oauth2/token")) as stub:
        assert "to which the Azure login is not shown" in await refused(stub, InvalidAnswer)
        assert not other.requests


async def test_realm_host_that_is_known_gets_no_login() -> None:
    async with (
        serve(Azure(), "127.0.0.2") as issuer,
        serve(Azure(realm=lambda _: f"{issuer.url}/oauth2/token")) as stub,
    ):
        endpoint = Endpoint(stub.host, plain_http=True, realm_hosts=("127.0.0.2",), takes_azure_tokens=True)
        async with RegistryClient(endpoint, Planted()) as registry:
            with pytest.raises(InvalidAnswer, match="not shown"):
                await registry.resolve(API, TAG)
        assert not issuer.requests


@pytest.mark.parametrize("status", [302, 307, 308])
async def test_redirect_of_the_exchange_is_not_followed(status: int) -> None:
    async with serve(Azure()) as thief:
        redirect = web.Response(status=status, headers={"Location": f"{thief.url}/oauth2/exchange"})
        async with serve(Azure(exchange=redirect)) as stub:
            assert str(status) in await refused(stub, InvalidAnswer)
        assert not thief.requests


async def test_registry_that_asks_for_a_password_gets_no_login() -> None:
    async def handle(request: web.Request) -> web.Response:
        return problem(401, "UNAUTHORIZED", WWW_Authenticate='Basic realm="r"')

    async with serve(handle) as stub:
        assert "an Azure login is there" in await refused(stub, Unauthorised)
        assert not stub.authorizations


async def test_redirected_host_sees_no_token_of_an_exchange() -> None:
    async def storage(request: web.Request) -> web.Response:
        return web.Response(headers={"Docker-Content-Digest": "sha256:" + "0" * 64, "Content-Length": "1"})

    azure = Azure()
    async with serve(storage) as other:

        async def handle(request: web.Request) -> web.StreamResponse:
            answer = await azure(request)
            is_served = request.method == "HEAD" and answer.status == 200
            return web.Response(status=307, headers={"Location": f"{other.url}/x"}) if is_served else answer

        async with serve(handle) as stub, trusted(stub) as registry:
            await registry.resolve(API, TAG)
        assert len(other.requests) == 1
        assert not other.authorizations


AZURE = Endpoint("contoso.azurecr.io")


@pytest.mark.parametrize(
    ("endpoint", "is_trusted"),
    [
        (AZURE, True),
        (Endpoint("CONTOSO.azurecr.cn"), True),
        (Endpoint("contoso.azurecr.us:443"), True),
        (replace(AZURE, plain_http=True), False),
        (replace(AZURE, plain_http=True, takes_azure_tokens=True), True),
        (Endpoint("registry.example.com", takes_azure_tokens=True), True),
        (Endpoint("registry.example.com"), False),
        (Endpoint("azurecr.io"), False),
        (Endpoint("contoso.azurecr.io.example.com"), False),
        (Endpoint("contosoazurecr.io"), False),
        (Endpoint("docker.io"), False),
    ],
)
def test_who_is_trusted_with_a_login(endpoint: Endpoint, is_trusted: bool) -> None:
    assert endpoint.is_trusted_by_azure is is_trusted


async def test_azure_token_that_the_registry_echoes_is_not_shown() -> None:
    ears = Ears()
    answers = [problem(503, "X", AZURE_TOKEN), problem(400, "X", f"bad {AZURE_TOKEN}")]

    async def handle(request: web.Request) -> web.StreamResponse:
        return answers.pop(0) if request.path == "/oauth2/exchange" else await Azure()(request)

    async with serve(handle) as stub, client(stub.host, Planted(), ears=ears, takes_azure_tokens=True) as registry:
        with pytest.raises(InvalidAnswer, match="bad •••") as caught:
            await registry.resolve(API, TAG)
    assert AZURE_TOKEN not in f"{caught.value} {ears.notices}"
