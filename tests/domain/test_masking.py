"""What is masked and what is not: by the name, inside values, in commands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.domain.masking import MASK, is_secret, masked, masked_command, masked_pairs, masked_text, masked_words

SECRETS = [
    "DB_PASSWORD",
    "GITHUB_TOKEN",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "API_KEY",
    "ConnectionStrings__Default",
    "PGPASSWORD",
    "MYSQL_PWD",
    "mysql_passwd",
    "SSH_PASSPHRASE",
    "DB_PASS",
    "SMTPPASS",
    "REDIS_PASS_2",
    "githubToken",
    "APIKey",
    "apikey",
    "x-api-key",
    "SECRET_KEY_BASE",
    "client.secret",
    "clientSecret",
    "ACCOUNT_KEY",
    "AzureWebJobsStorage__accountKey",
    "SENTRY_DSN",
    "AZP_PAT",
    "SAS_URL",
    "JWT_KEY",
    "BASIC_AUTH",
    "DOCKER_AUTH_CONFIG",
    "GOOGLE_CREDENTIALS",
    "REGISTRY_CREDS",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
    "--password",
    "--access-token",
    "com.example.deploy-key",
    "APP_KEY",
    "SECRET",
    "password",
    "Authorization",
    "TOKENS",
]
HARMLESS = [
    "AUTHOR",
    "AUTHORS",
    "org.opencontainers.image.authors",
    "PASSENGER_COUNT",
    "KEYBOARD",
    "MONKEY",
    "TOKENIZERS_PARALLELISM",
    "PATH",
    "BYPASS",
    "COMPASS_URL",
    "SECRETARY",
    "PASS_THROUGH",
    "GPG_KEY",
    "PUBLIC_KEY",
    "KEYS_DIR",
    "PATTERN",
    "PATCH_LEVEL",
    "AUTH_METHOD",
    "LANG",
    "sassy",
    "dsnap",
    "org.opencontainers.image.revision",
    "com.azure.dev.image.build.buildnumber",
    "HASH_ALGORITHM",
    "COMPASS",
    "CREDO",
    "TOKENIZE",
]


@pytest.mark.parametrize("name", SECRETS)
def test_names_that_give_a_secret_away(name: str) -> None:
    assert is_secret(name)
    assert masked(name, "hunter2") == MASK


@pytest.mark.parametrize("name", HARMLESS)
def test_names_that_do_not(name: str) -> None:
    assert not is_secret(name)
    assert masked(name, "value") == "value"


@given(st.text(min_size=1), st.text(min_size=1))
def test_the_mask_tells_nothing_of_what_it_hides(one: str, other: str) -> None:
    assert masked("PASSWORD", one) == masked("PASSWORD", other)


def test_that_a_secret_is_empty_is_no_secret() -> None:
    assert masked("PASSWORD", "") == ""


def test_pairs() -> None:
    assert masked_pairs([("A", "b"), ("TOKEN", "x")]) == (("A", "b"), ("TOKEN", MASK))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgres://user:hunter2@db/shop", f"postgres://{MASK}@db/shop"),
        ("https://hunter2@github.com/shop/api", f"https://{MASK}@github.com/shop/api"),
        ("https://user:a@hunter2@db/x", f"https://{MASK}@db/x"),
        ("ssh://git@github.com/shop/api.git", "ssh://git@github.com/shop/api.git"),
        ("https://npm.example/@scope/name", "https://npm.example/@scope/name"),
        ("Server=db;Pwd=hunter2;Port=1", f"Server=db;Pwd={MASK};Port=1"),
        ("AccountName=a;AccountKey=hunter2==;X=1", f"AccountName=a;AccountKey={MASK};X=1"),
        ("https://a.blob.example/x?sv=1&sig=hunter2&se=2", f"https://a.blob.example/x?sv=1&sig={MASK}&se=2"),
        ("url=https://x/?token=hunter2&page=2", f"url=https://x/?token={MASK}&page=2"),
        ('{"password": "hunter2 with space", "port": 1}', f'{{"password": {MASK}, "port": 1}}'),
        ("-Xmx1g -Ddb.password=hunter2 -Dx=y", f"-Xmx1g -Ddb.password={MASK} -Dx=y"),
        ("export TOKEN='hunter2 or so'; run --x=1", f"export TOKEN={MASK}; run --x=1"),
        ("curl -H Authorization: Bearer hunter2", f"curl -H Authorization: {MASK}"),
        ("run --api-token hunter2 --verbose", f"run --api-token {MASK} --verbose"),
        ("see ghp_" + "a1B2" * 9, f"see {MASK}"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln", MASK),
        ("x -----BEGIN RSA PRIVATE KEY----- MIIE", f"x {MASK}"),
        ("nothing to hide: 12, a=b", "nothing to hide: 12, a=b"),
    ],
)
def test_secrets_inside_values(text: str, expected: str) -> None:
    assert masked_text(text) == expected
    assert "hunter2" not in masked("HARMLESS", text)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("run", "--password=hunter2,x;y"), ("run", f"--password={MASK}")),
        (("run", "--token", "hunter2", "now"), ("run", "--token", MASK, "now")),
        (("run", "--token", "--verbose"), ("run", "--token", "--verbose")),
        (("run", "--token"), ("run", "--token")),
        (("sh", "-c", "PASSWORD=hunter2 run"), ("sh", "-c", f"PASSWORD={MASK}")),
        (("sh", "-c", "export PASSWORD=hunter2; run"), ("sh", "-c", f"export PASSWORD={MASK}; run")),
        (("migrate", "postgres://u:hunter2@db/x"), ("migrate", f"postgres://{MASK}@db/x")),
        (("run", "--port=80", "token"), ("run", "--port=80", "token")),
    ],
)
def test_words_of_a_command(words: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert masked_words(words) == expected


def test_a_command_is_quoted_as_a_shell_wants_it() -> None:
    command = masked_command(("sh", "-c", "run it's", "", "--token=x"))
    assert command == f"sh -c 'run it'\"'\"'s' '' --token={MASK}"


@given(st.lists(st.text()))
def test_a_command_without_secrets_keeps_its_number_of_words(words: list[str]) -> None:
    assert len(masked_words(words)) == len(words)


@pytest.mark.parametrize("piece", ["token=a=", "pat:", "-eyJ", "://", "a" * 9, "--a ", '{"a":"', "password \t", "'"])
def test_no_value_takes_long(piece: str) -> None:
    """A pattern that goes back over what it read would need hours for this, and the test would not end."""
    masked_text(piece * (4_000_000 // len(piece)))
