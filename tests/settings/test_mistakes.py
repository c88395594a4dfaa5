"""Every mistake is told with file, line, key and a mend, and no secret is repeated."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.settings.durations import parse_duration
from tui.settings.errors import SettingsError
from tui.settings.load import load_settings

GUID = "11111111-2222-3333-4444-555555555555"
ACR = '[[environment]]\nname = "base"\nregistry = "base.azurecr.io"\n'
HEAD = '[[environment]]\nname = "base"\nregistry = "base.example"\n'


def refusal(tmp_path: Path, text: str | bytes) -> SettingsError:
    """The error that `text` as a settings file gives."""
    file = tmp_path / "windlass.toml"
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert str(caught.value).startswith(str(file))
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "key", "told"),
    [
        ("\nrepositores = []", 2, "repositores", "did you mean repositories?"),
        ("environments = []", 1, "environments", "did you mean environment?"),
        ("[environment]\nname = 'a'", 1, "environment", "two brackets"),
        ("environment = [1]", 1, "environment", "this is a number, not a table"),
        ("repositories = 'a'", 1, "repositories", 'this is a string, not a list; write ["…"]'),
        (HEAD + "[tags]\ninclude = ['a',\n 1]", 6, "tags.include", "this is a number, not a string"),
        (HEAD + "[tags]\ninclude = ['a',\n '(']", 6, "tags.include", "'(' is no regular expression"),
        (HEAD + "[tags]\nonly = []", 5, "tags.only", "there is exclude, include"),
        ("repositories = ['Shop']\n" + HEAD, 1, "repositories", "is no repository name"),
        ("exclude = ['']\n" + HEAD, 1, "exclude", "matches nothing"),
        (HEAD + "prefix = 'test'", 4, "environment.prefix", "end the prefix with /"),
        (HEAD + "prefix = '/test/'", 4, "environment.prefix", "is no repository name"),
        (HEAD + "kind = 'azure'", 4, "environment.kind", "'azure' is no kind; there is acr, oci"),
        (HEAD + "auth = 'azure_cli'", 4, "environment.auth", "did you mean azure-cli?"),
        (HEAD + "engine = 'dirct'", 4, "environment.engine", "did you mean direct?"),
        (HEAD + "engine = 'acr-import'", 4, "environment.engine", "imports only into its own registries"),
        (HEAD + "protected = 'yes'", 4, "environment.protected", "write true or false, without quotes"),
        (HEAD + "read_only = 1", 4, "environment.read_only", "this is a number, not true or false"),
        (HEAD + "plain_http = 0.5", 4, "environment.plain_http", "this is a number"),
        (HEAD + "readonly = true", 4, "environment.readonly", "did you mean read_only?"),
        (HEAD + "ca = 'gone.pem'", 4, "environment.ca", "there is no file"),
        (HEAD + "lock = 1979-05-27", 4, "environment.lock", "this is a date or time"),
        (HEAD + "gates = { min_age = '2h' }", 4, "environment.gates.min_age", "from"),
        (HEAD + "[environment.gates]\nmin_age = '2 hours'", 5, "environment.gates.min_age", "write a number and s, m"),
        (HEAD + "[environment.gates]\nmin_age = 90", 5, "environment.gates.min_age", "not a string"),
        (HEAD + "[environment.gates]\ntags = '['", 5, "environment.gates.tags", "is no regular expression"),
        (HEAD + "[environment.gates]\ntag = 'a'", 5, "environment.gates.tag", "did you mean tags?"),
        (HEAD + "gates = { from = ['base'] }", 4, "environment.gates.from", "is this environment itself"),
        (HEAD + "notify = [{ format = 'acr' }]", 4, "environment.notify", "either a webhook or a command"),
        (HEAD + "notify = [{ webhook = 'ftp://x' }]", 4, "environment.notify.webhook", "begins with https://"),
        (HEAD + "follow = true", 4, "environment.follow", "nothing is promoted into the base"),
        (HEAD + "gates = { signed_by = ['k'] }", 4, "environment.gates.signed_by", "nothing is promoted into the base"),
        (HEAD + "gates = { approvals = 1 }", 4, "environment.gates.approvals", "nothing is promoted into the base"),
        (HEAD + "gates = { overwrite = false }", 4, "environment.gates.overwrite", "nothing is promoted into the base"),
        (HEAD + "gates = { overwrites = false }", 4, "environment.gates.overwrites", "did you mean overwrite?"),
        (HEAD + "gates = { approval = 1 }", 4, "environment.gates.approval", "did you mean approvals?"),
        (HEAD + "gates = { signedby = ['k'] }", 4, "environment.gates.signedby", "did you mean signed_by?"),
        (HEAD + "notifies = []", 4, "environment.notifies", "did you mean notify?"),
        (HEAD + "follows = true", 4, "environment.follows", "did you mean follow?"),
        (HEAD + "records = false", 4, "environment.records", "did you mean record?"),
        (HEAD + "follow = 'all'", 4, "environment.follow", "write true or false"),
        (HEAD + "[keys]\n'board.promote' = 'f 5'", 5, "keys.board.promote", "is no key"),
        ("[[environment]]\nname = 'a'", 1, "environment", "no registry"),
        ("[[environment]]\nregistry = 'r.example'", 1, "environment", "no name"),
        ("[[environment]]\nname = 'Prod'\nregistry = 'r'", 2, "environment.name", "is no environment name"),
        ("[[environment]]\nname = 'a'\nregistry = 'https://r.io/'", 3, "environment.registry", "write 'r.io'"),
        ("[[environment]]\nname = 'a'\nregistry = 'r:70000'", 3, "environment.registry", "is no port"),
        ("[[environment]]\nname = 'a'\nregistry = 'r/x'", 3, "environment.registry", "is no registry"),
        (HEAD + HEAD, 5, "environment.name", "called base already, in line 2"),
        (HEAD + HEAD.replace('"base"', '"test"'), 6, "environment.registry", "the same place as base"),
        ("a = 1\nb = = 2", 2, "", "this is not TOML"),
        ("a = [\n\n1", 3, "", "this is not TOML"),
        ("a = 1\na = 2", 2, "", "this is not TOML"),
        (b"a = 1\nb = '\xff'", 2, "", "this is not UTF-8"),
        ("", None, "", "there is no environment; write [[environment]]"),
        ("a = " + "[" * 100_000, None, "", "nested too deeply"),
    ],
)
def test_mistake(tmp_path: Path, text: str | bytes, line: int | None, key: str, told: str) -> None:
    error = refusal(tmp_path, text)
    assert (error.line, error.key) == (line, key)
    assert told in str(error)
    if line:
        assert f"windlass.toml:{line}: " in str(error)


@pytest.mark.parametrize(
    ("text", "line", "key", "told"),
    [
        (HEAD + "auth = 'azure-cli'", 4, "auth", "base.example is none of Azure's hosts"),
        (HEAD + "kind = 'acr'\nauth = 'azure-cli'", 5, "auth", 'write auth = "docker", or send_azure_token = true'),
        (ACR.replace(".io", ".io.example") + "auth = 'azure-default'", 4, "auth", "none of Azure's hosts"),
        (ACR + "send_azure_token = true", 4, "send_azure_token", "Azure's own"),
        (HEAD + "send_azure_token = true", 4, "send_azure_token", 'auth = "docker" there is no token of Azure'),
        (HEAD + "auth = 'token'\ntoken_user = 'me'\nsend_azure_token = true", 6, "send_azure_token", "password of me"),
        (HEAD + "send_azure_token = 'yes'", 4, "send_azure_token", "write true or false"),
        (HEAD + "azure_token = true", 4, "azure_token", "did you mean send_azure_token?"),
        (ACR + "plain_http = true", 4, "plain_http", "to everybody on the way"),
        (
            HEAD + "auth = 'token'\nsend_azure_token = true\nplain_http = true",
            6,
            "plain_http",
            "to everybody on the way",
        ),
        (HEAD + "token_env = 'X'", 4, "token_env", 'this needs auth = "token", and here it is docker'),
        (HEAD + "token_file = 'x'", 4, "token_file", 'this needs auth = "token"'),
        (ACR + "token_user = 'x'", 4, "token_user", "here it is azure-default"),
        (HEAD + "auth = 'token'\ntoken_env = 'X'\ntoken_file = 'x'", 6, "token_file", "leave out one of them"),
        (HEAD + "auth = 'token'\ntoken_file = ''", 5, "token_file", "this is no path"),
        (HEAD + "auth = 'token'\ntoken_file = '~nobody-here/x'", 5, "token_file", "write the whole path"),
        (HEAD + "auth = 'token'\ntoken_user = 'me:hunter2'", 5, "token_user", "without a password"),
        (HEAD + "token_flie = 'x'", 4, "token_flie", "did you mean token_file?"),
        (HEAD + f"tenant = '{GUID}'", 4, "tenant", "only Azure has tenants"),
        (ACR + "tenant = 'contoso'", 4, "tenant", "write its id (a GUID) or its domain name"),
        (ACR + "engine = 'acr-import'", 4, "engine", "no other environment is one"),
    ],
)
def test_mistake_in_a_connection(tmp_path: Path, text: str, line: int, key: str, told: str) -> None:
    error = refusal(tmp_path, text)
    assert (error.line, error.key) == (line, f"environment.{key}")
    assert told in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("hook", "key", "told"),
    [
        ("webhook = 'https://a.example', command = ['a']", "", "either a webhook or a command"),
        ("webhook = 'https://a.example', webhook_env = 'HOOK'", "", "either a webhook or a command"),
        ("secret_env = 'HOOK'", "", "either a webhook or a command"),
        ("command = []", "", "either a webhook or a command"),
        ("command = ['  ', 'a']", "command", 'write command = ["program"]'),
        ("command = 'kubectl apply'", "command", "this is a string, not a list"),
        ("command = ['a'], format = 'acr'", "format", "leave out format"),
        ("command = ['a'], secret_env = 'HOOK'", "secret_env", "takes the promotion from its environment"),
        ("webhook = 'https://a.example', header = 'X-Hook'", "header", "name the variable that holds it"),
        ("webhook = 'https://a.example', secret_env = 'H', header = 'X Y'", "header", "is no name of a header"),
        ("webhook = 'https://a.example', secret_env = 'H', header = 'Host'", "header", "name another header"),
        ("webhook = 'https://a.example', secret_env = 'hunter2!'", "secret_env", "does not stand in this file"),
        ("webhook_env = 'https://hunter2'", "webhook_env", "does not stand in this file"),
        ("webhook = 'https://a.example', secret = 'hunter2'", "secret", "secrets do not stand in this file"),
        ("webhook = 'https://a.example', format = 'slack'", "format", "there is acr, cloudevents, text, teams"),
        ("webhook = 'https://a.example', formt = 'acr'", "formt", "did you mean format?"),
        ("webhook = 'http://a.example/hunter2'", "webhook", "a.example would be told without encryption"),
        ("webhook = 'http://localhost@a.example/'", "webhook", "a.example would be told without encryption"),
        ("webhook = 'https://me:hunter2@a.example'", "webhook", "secrets do not stand in this file"),
        ("webhook = 'https://me:hunter2@[::1'", "webhook", "begins with https://"),
        ("webhook = 'https://a.example:99999/'", "webhook", "begins with https://"),
        ("webhook = 'https:///hunter2'", "webhook", "begins with https://"),
        ("webhook = 'https://a.example/ b'", "webhook", "begins with https://"),
    ],
)
def test_mistake_in_a_hook(tmp_path: Path, hook: str, key: str, told: str) -> None:
    error = refusal(tmp_path, f"{HEAD}notify = [{{ {hook} }}]")
    assert (error.line, error.key) == (4, f"environment.notify.{key}".rstrip("."))
    assert told in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("lines", "key", "told"),
    [
        ("tenants = []", "tenants", "did you mean tenant?"),
        ("tenant = 'a b'", "tenant", "is no tenant"),
        ("subscriptions = 'a'", "subscriptions", 'write ["…"]'),
        ("subscriptions = ['']", "subscriptions", "is no subscription"),
        ('subscriptions = ["a\\u001b"]', "subscriptions", "is no subscription"),
        ("arm = 'management.azure.com'", "arm", "write it as https://management.azure.com"),
        ("arm = 'ftp://x'", "arm", "is no address"),
        ("arm = 'https://[x'", "arm", "is no address"),
        ("arm = 'http://arm.example'", "arm", "to everybody on the way; write 'https://arm.example'"),
        ("arm = 'https://arm.example/subscriptions'", "arm", "has no path; write 'https://arm.example'"),
        ("arm = 'https://arm.example:99999'", "arm", "is no port"),
        ("arm = 'https://me:hunter2@arm.example'", "arm", "secrets do not stand in this file"),
        ("ca = 'gone.pem'", "ca", "there is no file"),
        ("client_secret = 'hunter2'", "client_secret", "secrets do not stand in this file"),
    ],
)
def test_mistake_in_azure(tmp_path: Path, lines: str, key: str, told: str) -> None:
    error = refusal(tmp_path, f"[azure]\n{lines}\n{HEAD}")
    assert (error.line, error.key) == (2, f"azure.{key}")
    assert told in str(error)
    assert "hunter2" not in str(error)


def test_a_token_in_place_of_its_variable_is_not_repeated(tmp_path: Path) -> None:
    error = refusal(tmp_path, HEAD + "auth = 'token'\ntoken_env = 'hunter-2.hunter2'")
    assert "the secret itself does not stand in this file" in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize("key", ["password", "token", "client_secret", "api_key", "username", "access-key"])
def test_a_secret_is_pointed_elsewhere(tmp_path: Path, key: str) -> None:
    error = refusal(tmp_path, HEAD + f"{key} = 'hunter2'")
    assert "secrets do not stand in this file" in str(error)
    assert "Docker credential store" in str(error)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "[[environment]]\nname = 'a'\nregistry = 'me:hunter2@r.example'",
        HEAD + "notify = [{ webhook = 'https://me:hunter2@x.example/hook' }]",
    ],
)
def test_an_address_with_a_password_is_not_repeated(tmp_path: Path, text: str) -> None:
    error = refusal(tmp_path, text)
    assert "secrets do not stand in this file" in str(error)
    assert "hunter2" not in str(error)


def test_plain_http_and_a_ca_exclude_each_other(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("")
    error = refusal(tmp_path, HEAD + "ca = 'ca.pem'\nplain_http = true")
    assert (error.line, error.key) == (5, "environment.plain_http")


def test_a_gate_asks_for_an_environment_that_is_there(tmp_path: Path) -> None:
    other = "[[environment]]\nname = 'test'\nregistry = 'test.example'\ngates = { from = [\n'bas'] }"
    error = refusal(tmp_path, HEAD + other)
    assert error.line == 8
    assert "no environment is called bas; did you mean base?" in str(error)


def test_an_unreadable_file(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        load_settings(tmp_path)


@given(st.text(max_size=60))
def test_no_text_breaks_the_loader(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_text(text, encoding="utf-8", errors="replace", newline="")
    with pytest.raises(SettingsError):
        load_settings(file)


@given(st.sampled_from(["name", "registry", "gates", "nonsense", "\u202e\x1b"]), st.booleans() | st.text(max_size=9))
def test_no_control_character_gets_out(tmp_path_factory: pytest.TempPathFactory, key: str, value: object) -> None:
    import json

    file = tmp_path_factory.getbasetemp() / "any.toml"
    written = json.dumps(value).replace("\x7f", "\\u007F")
    file.write_text(f"[[environment]]\n{json.dumps(key)} = {written}\n", encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(("text", "seconds"), [("90s", 90), ("15m", 900), ("2h", 7_200), ("3d", 259_200), ("0s", 0)])
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "2", "h", "-2h", "2H", "2h ", "1.5h", "٣h"])
def test_no_durations(text: str) -> None:
    with pytest.raises(ValueError, match="is no duration"):
        parse_duration(text)
