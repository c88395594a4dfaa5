"""What a good file says."""

from pathlib import Path

import pytest

from tui.domain.environment import EngineName, Environment, GateRules, Kind
from tui.domain.hooks import HookCommand, Webhook
from tui.settings.load import load_settings
from tui.settings.model import AuthMethod, AzureSettings, Connection, Settings, TokenSource

DESIGNED = r"""
repositories = ["shop/*"]            # globs
exclude = ["shop/scratch-*"]
tags = { include = [], exclude = ["^pr-"] }

[[environment]]
name = "base"
registry = "contosobase.azurecr.io"
auth = "azure-cli"

[[environment]]
name = "test"
registry = "ContosoApps.azurecr.io"
prefix = "test/"
engine = "acr-import"

[[environment]]
name = "prod"
registry = "contosoprod.azurecr.io"
read_only = false
gates = { from = ["test"], tags = '^v?\d+\.\d+\.\d+$', min_age = "2h", signed = true }
lock = true
notify = [{ webhook = "https://x.example", format = "acr", secret_env = "HOOK" }, { command = ["kubectl", "…"] }]

[keys]
"board.promote" = "f5"
"""


def load(tmp_path: Path, text: str) -> Settings:
    """The settings in `text`."""
    file = tmp_path / "windlass.toml"
    file.write_text(text, encoding="utf-8")
    return load_settings(file)


def load_one(tmp_path: Path, lines: str) -> tuple[Environment, Connection]:
    """The one environment that `lines` describe, and its connection."""
    settings = load(tmp_path, f"[[environment]]\n{lines}")
    environment = settings.path.base
    return environment, settings.connections[environment.name]


def test_the_whole_design(tmp_path: Path) -> None:
    settings = load(tmp_path, DESIGNED)
    base, test, prod = settings.path.environments
    assert settings.path.names == ("base", "test", "prod")
    assert settings.origin == str(tmp_path / "windlass.toml")
    assert (base.kind, base.engine, base.protected) == (Kind.ACR, EngineName.AUTO, False)
    assert (test.registry, test.prefix, test.engine) == ("contosoapps.azurecr.io", "test/", EngineName.ACR_IMPORT)
    assert prod.gates == GateRules(("test",), r"^v?\d+\.\d+\.\d+$", 7_200, signed=True)
    assert prod.lock
    assert not test.lock
    assert prod.notify == (Webhook("https://x.example", secret_env="HOOK"), HookCommand(("kubectl", "…")))
    assert not prod.unmet_wishes
    assert settings.connections["base"] == Connection(AuthMethod.AZURE_CLI)
    assert settings.connections["prod"] == Connection(AuthMethod.AZURE_DEFAULT)
    assert settings.scope.has_repository("shop/api")
    assert not settings.scope.has_repository("shop/scratch-1")
    assert not settings.scope.has_tag("pr-7")
    assert settings.keys == {"board.promote": "f5"}


@pytest.mark.parametrize(
    ("registry", "is_plain"),
    [
        ("127.0.0.1:5000", True),
        ("127.8.9.1", True),
        ("[::1]:5000", True),
        ("localhost:5000", True),
        ("localhost.example.com", False),
        ("registry.example.com:5000", False),
        ("10.0.0.1:5000", False),
    ],
)
def test_only_loopback_is_plain_by_itself(tmp_path: Path, registry: str, is_plain: bool) -> None:
    environment, connection = load_one(tmp_path, f'name = "base"\nregistry = "{registry}"')
    assert connection == Connection(AuthMethod.DOCKER, is_plain)
    assert environment.kind is Kind.OCI


def test_plain_http_can_be_said_and_denied(tmp_path: Path) -> None:
    assert load_one(tmp_path, 'name = "a"\nregistry = "10.0.0.1"\nplain_http = true')[1].plain_http
    assert not load_one(tmp_path, 'name = "a"\nregistry = "localhost"\nplain_http = false')[1].plain_http


def test_a_ca_makes_loopback_https_and_starts_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    connection = load_one(tmp_path, 'name = "a"\nregistry = "localhost:1"\nca = "ca.pem"')[1]
    assert connection == Connection(AuthMethod.DOCKER, plain_http=False, ca=str(tmp_path / "ca.pem"))


@pytest.mark.parametrize(("name", "is_protected"), [("prod", True), ("production", True), ("test", False)])
def test_production_is_protected_unless_denied(tmp_path: Path, name: str, is_protected: bool) -> None:
    assert load_one(tmp_path, f'name = "{name}"\nregistry = "r.example"')[0].protected is is_protected
    assert not load_one(tmp_path, f'name = "{name}"\nregistry = "r.example"\nprotected = false')[0].protected


@pytest.mark.parametrize(
    ("lines", "auth", "is_trusted"),
    [
        ('registry = "a.azurecr.io"', AuthMethod.AZURE_DEFAULT, False),
        ('registry = "r.example"', AuthMethod.DOCKER, False),
        ('registry = "r.example"\nkind = "acr"', AuthMethod.DOCKER, False),
        ('registry = "127.0.0.1:5000"\nkind = "acr"', AuthMethod.DOCKER, False),
        ('registry = "r.example"\nkind = "acr"\nsend_azure_token = true', AuthMethod.AZURE_DEFAULT, True),
        ('registry = "r.example"\nauth = "azure-cli"\nsend_azure_token = true', AuthMethod.AZURE_CLI, True),
        ('registry = "r.example"\nauth = "token"\nsend_azure_token = true', AuthMethod.TOKEN, True),
        ('registry = "a.azurecr.io"\nsend_azure_token = false', AuthMethod.AZURE_DEFAULT, False),
    ],
)
def test_only_azures_hosts_are_shown_its_login_by_themselves(
    tmp_path: Path, lines: str, auth: AuthMethod, is_trusted: bool
) -> None:
    connection = load_one(tmp_path, f'name = "a"\n{lines}')[1]
    assert (connection.auth, connection.trusts_with_azure_token) == (auth, is_trusted)


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ("", TokenSource("WINDLASS_TOKEN")),
        ('token_env = "MINE"\ntoken_user = "robot$ci"', TokenSource("MINE", None, "robot$ci")),
        ('token_file = "/run/token"', TokenSource(file="/run/token")),
    ],
)
def test_where_a_token_is_read_from(tmp_path: Path, lines: str, source: TokenSource) -> None:
    connection = load_one(tmp_path, f'name = "a"\nregistry = "r.example"\nauth = "token"\n{lines}')[1]
    assert connection.token == source


def test_a_token_file_starts_at_the_settings_file_and_may_come_later(tmp_path: Path) -> None:
    lines = 'name = "a"\nregistry = "r.example"\nauth = "token"\ntoken_file = "later/token"'
    assert load_one(tmp_path, lines)[1].token.file == str(tmp_path / "later/token")


AZURE = """
[azure]
tenant = "Contoso.onmicrosoft.com"
subscriptions = ["Contoso Apps", "00000000-0000-0000-0000-000000000001"]
arm = "http://127.0.0.1:9000/"
ca = "ca.pem"

[[environment]]
name = "base"
registry = "a.azurecr.io"

[[environment]]
name = "prod"
registry = "b.azurecr.io"
tenant = "11111111-2222-3333-4444-555555555555"
"""


def test_azure_as_a_whole_and_a_tenant_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    settings = load(tmp_path, AZURE)
    subscriptions = ("Contoso Apps", "00000000-0000-0000-0000-000000000001")
    ca = str(tmp_path / "ca.pem")
    assert settings.azure == AzureSettings("contoso.onmicrosoft.com", subscriptions, "http://127.0.0.1:9000", ca)
    assert settings.connections["base"].tenant == "contoso.onmicrosoft.com"
    assert settings.connections["prod"].tenant == "11111111-2222-3333-4444-555555555555"


def test_nothing_said_of_azure_is_its_defaults(tmp_path: Path) -> None:
    assert load(tmp_path, '[[environment]]\nname = "a"\nregistry = "r.example"').azure == AzureSettings()


def test_a_lock_where_there_are_none_stays_a_wish(tmp_path: Path) -> None:
    environment, _ = load_one(tmp_path, 'name = "a"\nregistry = "r.example"\nlock = true')
    assert not environment.lock
    assert [wish.split(":")[0] for wish in environment.unmet_wishes] == ["lock"]


def test_an_environment_follows_and_keeps_no_record_where_that_is_said(tmp_path: Path) -> None:
    base, dev = load(
        tmp_path,
        '[[environment]]\nname = "a"\nregistry = "r.example"\n'
        '[[environment]]\nname = "b"\nregistry = "s.example"\nfollow = true\nrecord = false',
    ).path.environments
    assert (base.follow, base.record) == (False, True)
    assert (dev.follow, dev.record) == (True, False)


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff" + '[[environment]]\nname = "a"\nregistry = "r.example"').path.names == ("a",)


def test_what_the_readme_shows_can_be_used(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    shown = [part for part in readme.split("```toml\n")[1:] if "[[environment]]" in part]
    assert shown
    for part in shown:
        assert load(tmp_path, part.partition("```")[0]).path.environments
