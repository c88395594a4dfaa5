import pytest

from tui.registry.urls import RefusedUrl, Url

ROOT = Url.parse("https://r.example.com")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "ftp://r.example.com/",
        "https://",
        "https://user:secret@r.example.com/",
        "https://r.example.com\\@evil.example/",
        "https://r.example.com/a b",
        "https://r.example.com/\r\nHost: evil",
        "https://r.example.com:port/",
        "https://r.example.com:99999/",
        "https://r.ex\N{LATIN SMALL LETTER A WITH ACUTE}mple.com/",
        "https://[::1",
        "file:///etc/passwd",
        "https://" + "a" * 9000,
    ],
)
def test_odd_urls_are_refused(text: str) -> None:
    with pytest.raises(RefusedUrl):
        Url.parse(text)


def test_refusal_never_shows_the_url() -> None:
    with pytest.raises(RefusedUrl) as caught:
        Url.parse("https://user:hunter2@r.example.com/?sig=hunter2")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/v2/a?x=1", "https://r.example.com/v2/a?x=1"),
        ("?last=b", "https://r.example.com/v2/list?last=b"),
        ("https://other.example:8443/x", "https://other.example:8443/x"),
        ("//other.example/x", "https://other.example/x"),
        ("../up", "https://r.example.com/up"),
    ],
)
def test_relative_urls_are_resolved(text: str, expected: str) -> None:
    assert str(Url.parse(text, Url.parse("https://r.example.com/v2/list?n=1"))) == expected


def test_query_is_kept_byte_for_byte() -> None:
    signed = "https://store.example/x%2Fy?sig=a%2Bb%2f%3d&_state=e~-_=="
    assert str(Url.parse(signed)) == signed


def test_adding_appends_to_the_query() -> None:
    location = Url.parse("https://r.example.com/up?_state=a%3D")
    assert location.adding(digest="sha256:00").query == "_state=a%3D&digest=sha256:00"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://r.example.com/up", "https://r.example.com/up"),
        ("http://r.example.com:443/up", "https://r.example.com/up"),
        ("http://r.example.com:5000/up", "http://r.example.com:5000/up"),
        ("http://other.example.com/up", "http://other.example.com/up"),
    ],
)
def test_downgraded_scheme_of_the_same_host_is_raised_again(text: str, expected: str) -> None:
    assert str(Url.parse(text).upgraded_to(ROOT)) == expected


def test_ipv6_hosts_keep_their_brackets() -> None:
    assert str(Url.parse("http://[::1]:5000/v2/")) == "http://[::1]:5000/v2/"
