"""Who a client is: the user, or whom the registry issued its token to; never at the price of a secret."""

import pytest
from aiohttp import web

from tests.registry.azure import AZURE_TOKEN, TENANT, Azure, Planted, web_token
from tests.registry.stub import client, json_answer, problem, serve
from tui.domain.reference import Repository, Tag
from tui.ports.errors import RegistryError, Unauthorised
from tui.registry.acr.client import AcrClient
from tui.registry.client import Endpoint
from tui.registry.credentials import Anonymous, Credential, NoCredentials, Static
from tui.sandbox.auth import Acr, Bearer
from tui.sandbox.azure_token import sample_token
from tui.sandbox.registry import Registry
from tui.sandbox.server import serve_registry

AZURES_PLACEHOLDER = "00000000-0000-0000-0000-000000000000"


class Given:
    """A source of one credential, or of none that can be looked up."""

    def __init__(self, credential: Credential | NoCredentials) -> None:
        self._credential = credential

    async def find(self) -> Credential:
        if isinstance(self._credential, NoCredentials):
            raise self._credential
        return self._credential


class Greeting(Azure):
    """A registry of Azure's kind that greets whoever has a token."""

    async def __call__(self, request: web.Request) -> web.StreamResponse:
        if request.path == "/v2/" and "Authorization" in request.headers:
            return json_answer({})
        return await super().__call__(request)


async def never(request: web.Request) -> web.StreamResponse:
    pytest.fail(f"asked {request.method} {request.path}")


@pytest.mark.parametrize(
    ("credential", "expected"),
    [
        (Credential("ann", "secret"), "ann"),
        (
            Credential("a\N{RIGHT-TO-LEFT OVERRIDE}nn\x1b[2J", "secret"),
            "a\N{REPLACEMENT CHARACTER}nn\N{REPLACEMENT CHARACTER}[2J",
        ),
        (Credential("n" * 300, "secret"), "n" * 254 + "…"),
        (Credential(AZURES_PLACEHOLDER, web_token(sub="bob@contoso.example")), "bob@contoso.example"),
        (Credential(identity_token=web_token(sub="bob@contoso.example")), "bob@contoso.example"),
    ],
)
async def test_what_the_credentials_say_costs_no_request(credential: Credential, expected: str) -> None:
    async with serve(never) as stub, client(stub.host, Given(credential)) as registry:
        assert await registry.identity() == expected


async def test_without_credentials_it_is_nobody() -> None:
    async with serve(never) as stub, client(stub.host, Anonymous()) as registry:
        assert await registry.identity() == ""


async def test_credentials_that_cannot_be_looked_up_are_an_error() -> None:
    async with serve(never) as stub, client(stub.host, Given(NoCredentials("log in"))) as registry:
        with pytest.raises(Unauthorised, match="cannot find out who is logged in: log in"):
            await registry.identity()


async def test_an_azure_login_is_whom_the_registry_issues_its_token_to() -> None:
    azure = Greeting(refresh_claims={"sub": "carol@contoso.example"})
    async with serve(azure) as stub, client(stub.host, Planted(), takes_azure_tokens=True) as registry:
        names = [await registry.identity() for _ in range(3)]
        assert names == ["carol@contoso.example"] * 3
        assert azure.counts["/oauth2/exchange"] == 1


async def test_a_token_that_is_there_already_is_asked_nothing() -> None:
    azure = Greeting(refresh_claims={"sub": "carol@contoso.example"})
    async with serve(azure) as stub, client(stub.host, Planted(), takes_azure_tokens=True) as registry:
        await registry.resolve(Repository("shop/api"), Tag("1.0.0"))
        before = len(stub.requests)
        assert await registry.identity() == "carol@contoso.example"
        assert len(stub.requests) == before


async def test_tokens_that_say_nothing_leave_the_logins_own_name() -> None:
    token = web_token(iss="https://sts.windows.net/72f988bf/", sub="pairwise", appid="a1b2", upn="dan@contoso.example")

    async def answer(request: web.Request) -> web.StreamResponse:
        match request.path:
            case "/oauth2/exchange":
                return json_answer({"refresh_token": "opaque-refresh-token"})
            case "/oauth2/token":
                return json_answer({"access_token": "opaque-access-token"})
            case _ if "Authorization" in request.headers:
                return json_answer({})
            case _:
                challenge = f'Bearer realm="http://{request.host}/oauth2/token",service="{request.host}"'
                return problem(401, "UNAUTHORIZED", WWW_Authenticate=challenge)

    source = Given(Credential(azure_token=token, tenant=TENANT))
    async with serve(answer) as stub, client(stub.host, source, takes_azure_tokens=True) as registry:
        assert await registry.identity() == "dan@contoso.example"


async def test_a_registry_that_names_a_secret_is_not_believed_with_it() -> None:
    azure = Greeting(refresh_claims={"sub": f"me {AZURE_TOKEN}"})
    async with serve(azure) as stub, client(stub.host, Planted(), takes_azure_tokens=True) as registry:
        assert await registry.identity() == "me •••"


async def test_a_failure_is_told_and_not_remembered() -> None:
    azure = Greeting(refresh_claims={"sub": "carol@contoso.example"}, exchange=problem(400, "X", "not now"))
    async with serve(azure) as stub, client(stub.host, Planted(), takes_azure_tokens=True) as registry:
        with pytest.raises(RegistryError):
            await registry.identity()
        azure.exchange = None
        assert await registry.identity() == "carol@contoso.example"


async def test_two_persons_are_two_at_a_registry_of_azures_kind() -> None:
    async with serve_registry(Registry("contoso", auth=Acr())) as host:
        names = [await _at_azure(host, person) for person in ("ann@contoso.example", "bob@contoso.example")]
    assert names == ["ann@contoso.example", "bob@contoso.example"]


async def _at_azure(host: str, person: str) -> str:
    endpoint = Endpoint(host, plain_http=True, takes_azure_tokens=True)
    token = sample_token(TENANT, "https://management.azure.com/", person)
    async with AcrClient(endpoint, Given(Credential(azure_token=token))) as registry:
        return await registry.identity()


async def test_a_user_of_a_token_service_is_that_user() -> None:
    registry = Registry("plain", auth=Bearer("eve", "secret"))
    async with serve_registry(registry) as host, client(host, Static("eve", "secret")) as eve:
        assert await eve.identity() == "eve"
