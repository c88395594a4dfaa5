"""The headers of an answer, however they were written."""

from tui.registry.headers import Headers

RAW = Headers.raw([(b"link", b"<a>"), (b"etag", b"\xff"), (b"link", b"<b>")])


def test_names_have_no_case() -> None:
    assert RAW.get("LINK") == Headers([("lInK", "<a>")]).get("Link") == "<a>"


def test_several_values_stay_in_order() -> None:
    assert RAW.all("Link") == ("<a>", "<b>")


def test_what_is_absent() -> None:
    assert (RAW.get("Date"), RAW.text("Date"), RAW.all("Date")) == (None, "", ())


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    assert RAW.text("ETag") == "\ufffd"
