"""What a good file says."""

from pathlib import Path

import pytest

from tui.domain.environment import EngineName, Environment, GateRules, Kind
from tui.settings.load import load_settings
from tui.settings.model import AuthMethod, Connection, Settings

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
    assert [wish.split(":")[0] for wish in prod.unmet_wishes] == ["lock", "notify"]
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


def test_a_kind_said_outright_decides_the_credentials(tmp_path: Path) -> None:
    environment, connection = load_one(tmp_path, 'name = "a"\nregistry = "r.example"\nkind = "acr"')
    assert (environment.kind, connection.auth) == (Kind.ACR, AuthMethod.AZURE_DEFAULT)


def test_follow_stays_a_wish(tmp_path: Path) -> None:
    environment, _ = load_one(tmp_path, 'name = "a"\nregistry = "r.example"\nfollow = true\nlock = false')
    assert [wish.split(":")[0] for wish in environment.unmet_wishes] == ["follow"]


def test_a_byte_order_mark_is_no_mistake(tmp_path: Path) -> None:
    assert load(tmp_path, "\ufeff" + '[[environment]]\nname = "a"\nregistry = "r.example"').path.names == ("a",)
