"""Proxies, and who is asked without one."""

import pytest

from tui.domain.proxies import is_excepted, proxy_for

PROXY = "http://proxy:3128"


def through(host: str, *, bypassed: tuple[str, ...] = (), scheme: str = "https", **proxies: str) -> str | None:
    return proxy_for(scheme, host, 443, proxies, bypassed.__contains__)


@pytest.mark.parametrize(
    ("no_proxy", "host"),
    [
        ("registry.example", "registry.example"),
        ("registry.example", "a.b.registry.example"),
        ("REGISTRY.example", "registry.EXAMPLE"),
        ("other, registry.example ,", "registry.example"),
        (".example", "registry.example"),
        ("*.example", "registry.example"),
        ("*", "registry.example"),
        ("registry.example:443", "registry.example"),
        ("*.example:443", "registry.example"),
        ("10.1.2.3", "10.1.2.3"),
        ("10.1.2.3:443", "10.1.2.3"),
        ("10.0.0.0/8", "10.1.2.3"),
        ("10.1.2.3/8", "10.200.0.1"),
        ("fd00::/8", "fd12::1"),
        ("fd12::1", "fd12:0::1"),
        ("[fd12::1]", "fd12::1"),
        ("[fd12::1]:443", "fd12::1"),
    ],
)
def test_exceptions(no_proxy: str, host: str) -> None:
    assert is_excepted(host, 443, no_proxy)


@pytest.mark.parametrize(
    ("no_proxy", "host"),
    [
        ("", "registry.example"),
        (",", "registry.example"),
        ("registry.example", "myregistry.example"),
        ("registry.example", "example"),
        (".registry.example", "registry.example"),
        ("*.registry.example", "registry.example"),
        ("registry.example:5000", "registry.example"),
        (":443", "registry.example"),
        ("10.1.2.3:80", "10.1.2.3"),
        ("10.0.0.0/8", "11.1.2.3"),
        ("10.0.0.0/8", "registry.example"),
        ("10.0.0.0/99", "10.1.2.3"),
        ("fd12::1", "fd12::2"),
        ("[fd12::1]:80", "fd12::1"),
    ],
)
def test_no_exceptions(no_proxy: str, host: str) -> None:
    assert not is_excepted(host, 443, no_proxy)


def test_the_proxy_is_that_of_the_scheme() -> None:
    assert through("registry.example", https=PROXY) == PROXY
    assert through("registry.example", https=PROXY, scheme="http") is None


@pytest.mark.parametrize(("scheme", "port"), [("https", 443), ("http", 80)])
def test_a_port_that_is_not_said_is_the_schemes(scheme: str, port: int) -> None:
    proxies = {scheme: PROXY, "no": f"a:{port}"}
    assert proxy_for(scheme, "a", None, proxies, bool) is None
    assert proxy_for(scheme, "a", 81, proxies, bool) == PROXY


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9", "::1"])
def test_this_machine_is_behind_none(host: str) -> None:
    assert through(host, https=PROXY, no="") is None


def test_exceptions_of_the_environment_are_those_of_the_system_where_it_names_none() -> None:
    assert through("registry.example", https=PROXY, bypassed=("registry.example",)) is None
    assert through("registry.example", https=PROXY, bypassed=("registry.example",), no="other") == PROXY
    assert through("registry.example", https=PROXY, no="registry.example") is None
