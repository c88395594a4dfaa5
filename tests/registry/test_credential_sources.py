import pytest

from tests.registry.azure import AZURE_TOKEN, TENANT, Login, web_token
from tui.ports.errors import LoginError
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
        raise LoginError("the variable WINDLASS_TOKEN is not set")

    with pytest.raises(NoCredentials, match="WINDLASS_TOKEN is not set"):
        await GivenToken(read).find()


def test_secrets_are_not_in_repr() -> None:
    assert AZURE_TOKEN not in repr(Credential(azure_token=AZURE_TOKEN, tenant=TENANT))
