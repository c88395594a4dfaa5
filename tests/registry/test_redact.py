import pytest

from tui.registry.redact import redact


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bad token s3cret-value", "bad token •••"),
        ("got Authorization: Bearer abcdefghijklmnop!", "got Authorization: Bearer •••!"),
        ("Basic dXNlcjpwYXNzd29yZA== refused", "Basic ••• refused"),
        ("claims eyJhbGciOi.eyJzdWIi.c2ln here", "claims ••• here"),
        ("see https://user:pw@host/path?sig=abc for more", "see https://host/path for more"),
        ("Basic authentication is off", "Basic authentication is off"),
    ],
)
def test_secrets_are_cut_out(text: str, expected: str) -> None:
    assert redact(text, ["s3cret-value"]) == expected


def test_control_characters_do_not_come_through() -> None:
    assert redact("a\x1b[31mb\u202ec", ()) == "a\ufffd[31mb\ufffdc"


def test_long_text_is_cut() -> None:
    assert len(redact("x" * 100_000, ())) == 300
