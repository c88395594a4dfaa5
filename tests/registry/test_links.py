import pytest

from tui.registry import links
from tui.registry.urls import RefusedUrl, Url

ROOT = Url.parse("https://r.example.com")
PAGE = Url.parse("https://r.example.com/v2/_catalog?n=2")


@pytest.mark.parametrize(
    "header",
    [
        '</v2/_catalog?n=2&last=b>; rel="next"',
        "</v2/_catalog?n=2&last=b>;rel=next",
        '<https://r.example.com/v2/_catalog?n=2&last=b>; rel="next"',
        '<http://r.example.com/v2/_catalog?n=2&last=b>; rel="next"',
        '</elsewhere>; rel="prev", </v2/_catalog?n=2&last=b>; title="x"; rel="next"',
    ],
)
def test_next_page_is_found(header: str) -> None:
    url = links.next_page([header], PAGE, ROOT)
    assert str(url) == "https://r.example.com/v2/_catalog?n=2&last=b"


@pytest.mark.parametrize("header", ["", "nonsense", '</x>; rel="prev"', "</x>"])
def test_no_next_page(header: str) -> None:
    assert links.next_page([header], PAGE, ROOT) is None


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/v2/", "//evil.example/v2/", "https://r.example.com:8443/v2/", "http://r.example.com:81/v2/"],
)
def test_next_page_on_another_origin_is_refused(target: str) -> None:
    with pytest.raises(RefusedUrl, match="another host"):
        links.next_page([f'<{target}>; rel="next"'], PAGE, ROOT)


def test_upload_may_live_elsewhere_but_not_in_plain_http() -> None:
    assert links.upload_location("https://store.example/up", PAGE, ROOT).host == "store.example"
    with pytest.raises(RefusedUrl, match="plain http"):
        links.upload_location("http://store.example/up", PAGE, ROOT)


@pytest.mark.parametrize("location", [None, ""])
def test_missing_location_is_refused(location: str | None) -> None:
    with pytest.raises(RefusedUrl):
        links.upload_location(location, PAGE, ROOT)
    with pytest.raises(RefusedUrl):
        links.redirected(location, PAGE, ROOT)


def test_redirect_never_leaves_https() -> None:
    with pytest.raises(RefusedUrl, match="plain http"):
        links.redirected("http://store.example/x", PAGE, ROOT)
