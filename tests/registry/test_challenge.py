import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.registry.challenge import Challenge, parse_challenges


def test_bearer() -> None:
    header = 'Bearer realm="https://r/token",service="r",scope="repository:a/b:pull,push repository:c:pull"'
    assert parse_challenges([header]) == (
        Challenge("bearer", "https://r/token", "r", ("repository:a/b:pull,push", "repository:c:pull")),
    )


def test_several_in_one_header_and_in_several() -> None:
    headers = ['Basic realm="a, b", Bearer realm="https://r/t" , error="insufficient_scope"', "Negotiate"]
    schemes = [(item.scheme, item.realm, item.error) for item in parse_challenges(headers)]
    assert schemes == [("basic", "a, b", ""), ("bearer", "https://r/t", "insufficient_scope"), ("negotiate", "", "")]


@pytest.mark.parametrize(
    ("header", "realm"),
    [(r'Bearer realm="a\"b"', 'a"b'), ("bearer realm=x", "x"), ('BEARER  Realm = "x"', "x"), ('Bearer realm=""', "")],
)
def test_quoting_and_case(header: str, realm: str) -> None:
    assert parse_challenges([header]) == (Challenge("bearer", realm),)


def test_first_of_a_repeated_parameter_counts() -> None:
    assert parse_challenges(['Bearer realm="a", realm="b"'])[0].realm == "a"


@given(st.text())
def test_no_header_breaks_the_parser(header: str) -> None:
    parse_challenges([header])
