import pytest

from tests.registry.azure import AZURE_TOKEN, TENANT, Login, web_token
from tui.ports.errors import LoginError
from tui.registry.claims import claims_of, is_of_azure, life_of
from tui.registry.credential_sources import REGISTRY_SCOPE, AzureCredentials, GivenToken
from tui.registry.credentials import Credential, NoCredentials

OF_AZURE = web_token(iss="https://sts.windows.net/72f988bf/", aud="https://management.azure.com")
OF_REGISTRY = web_token(iss="Azure Container Registry", grant_type="refresh_token")


async def test_login_becomes_a_credential_for_its_tenant() -> None:
    login = Login()
    assert await AzureCredentials(login, tenant=TENANT).find() == Credential(azure_token=AZURE_TOKEN, tenant=TENANT)
    assert login.scopes == [REGISTRY_SCOPE]


async def test_failed_login_keeps_its_sentence() -> None:
    with pytest.raises(NoCredentials, match=r"^run az login$"):
        await AzureCredentials(Login(LoginError("run az login"))).find()


@pytest.mark.parametrize(
    ("token", "user", "credential"),
    [
        ("secret\n", "robot", Credential("robot", "secret")),
        (OF_AZURE, "robot", Credential("robot", OF_AZURE)),
        (OF_AZURE, "", Credential(azure_token=OF_AZURE, tenant=TENANT)),
        (OF_REGISTRY, "", Credential(identity_token=OF_REGISTRY)),
        ("opaque", "", Credential(identity_token="opaque")),
    ],
)
async def test_given_token_is_told_by_its_user_and_its_issuer(token: str, user: str, credential: Credential) -> None:
    assert await GivenToken(lambda: token, user, TENANT).find() == credential


async def test_refresh_token_of_one_registry_is_not_shown_to_another() -> None:
    token = web_token(iss="Azure Container Registry", aud="contoso.azurecr.io")
    for host in ("Contoso.azurecr.io", "contoso.azurecr.io:443", ""):
        assert await GivenToken(lambda: token, host=host).find() == Credential(identity_token=token)
    with pytest.raises(NoCredentials, match=r"is for contoso\.azurecr\.io: name another with token_env"):
        await GivenToken(lambda: token, host="registry.example").find()


async def test_given_token_is_read_each_time() -> None:
    tokens = ["first", "second"]
    source = GivenToken(lambda: tokens.pop(0), "robot")
    assert [(await source.find()).password for _ in range(2)] == ["first", "second"]


async def test_empty_token_says_so() -> None:
    with pytest.raises(NoCredentials, match="is empty"):
        await GivenToken(lambda: " \n").find()


async def test_missing_token_keeps_its_sentence() -> None:
    def read() -> str:
        raise NoCredentials("the variable WINDLASS_TOKEN is not set")

    with pytest.raises(NoCredentials, match="WINDLASS_TOKEN is not set"):
        await GivenToken(read).find()


@pytest.mark.parametrize(
    ("issuer", "expected"),
    [
        ("https://sts.windows.net/72f988bf/", True),
        ("https://login.microsoftonline.com/72f988bf/v2.0", True),
        ("https://login.microsoftonline.us/72f988bf/v2.0", True),
        ("https://login.partner.microsoftonline.cn/72f988bf/v2.0", True),
        ("http://sts.windows.net/72f988bf/", False),
        ("https://sts.windows.net.example.com/", False),
        ("https://u@sts.windows.net/", False),
        ("Azure Container Registry", False),
        (5, False),
        (None, False),
    ],
)
def test_issuers_of_azure(issuer: object, expected: bool) -> None:
    assert is_of_azure(web_token(iss=issuer)) is expected


@pytest.mark.parametrize("token", ["", "x", "a.!!.c", "a.W10.c", "a.\N{LATIN SMALL LETTER E WITH ACUTE}.c"])
def test_what_is_no_web_token_claims_nothing(token: str) -> None:
    assert claims_of(token) == {}
    assert life_of(token, 0.0) is None


def test_life_is_by_the_issuers_own_clock() -> None:
    assert life_of(web_token(exp=5000, iat=4000), now=1e9) == 1000
    assert life_of(web_token(exp=5000), now=4990) == 10
    assert life_of(web_token(exp=1, iat=5), now=0) == 0


def test_secrets_are_not_in_repr() -> None:
    assert AZURE_TOKEN not in repr(Credential(azure_token=AZURE_TOKEN, tenant=TENANT))
