"""Which cloud, and which hosts belong to it."""

import pytest

from tui.azure.clouds import PUBLIC, cloud_at, cloud_of, host_of


@pytest.mark.parametrize(
    ("registry", "base_url"),
    [
        ("contoso.azurecr.io", "https://management.azure.com"),
        ("contoso.azurecr.cn:443", "https://management.chinacloudapi.cn"),
        ("contoso.azurecr.us", "https://management.usgovcloudapi.net"),
        ("registry.example", "https://management.azure.com"),
    ],
)
def test_the_registry_names_the_cloud(registry, base_url):
    cloud = cloud_of(registry)
    assert cloud.base_url == base_url
    assert cloud.scope == f"{base_url}/.default"


def test_another_base_url_takes_the_public_clouds_tokens():
    assert cloud_at("http://127.0.0.1:5000/").scope == PUBLIC.scope
    assert cloud_at("https://management.chinacloudapi.cn").scope == "https://management.chinacloudapi.cn/.default"


@pytest.mark.parametrize(
    ("url", "holds"),
    [
        ("https://management.azure.com/a", True),
        ("https://MANAGEMENT.azure.com:443/a", True),
        ("https://eastus.management.azure.com/a", True),
        ("http://management.azure.com/a", False),
        ("https://management.azure.com:8443/a", False),
        ("https://management.azure.com.evil.example/a", False),
        ("https://evilmanagement.azure.com/a", False),
        ("https://management.azure.com@evil.example/a", False),
        ("https://management.azure.com:x/a", False),
        ("//management.azure.com/a", False),
        ("https://me:password@management.azure.com/a", False),
        ("https://evil.example\\.management.azure.com/a", False),
        ("https://evil.example%2f.management.azure.com/a", False),
        ("https://evil.example\N{FULLWIDTH SOLIDUS}.management.azure.com/a", False),
    ],
)
def test_only_the_clouds_own_hosts_see_the_token(url, holds):
    assert PUBLIC.holds(url) is holds


@pytest.mark.parametrize(
    ("url", "host"), [("https://evil.example:1/a", "evil.example"), ("https://[", "no host"), ("/a", "no host")]
)
def test_the_host_of_any_url_can_be_named(url, host):
    assert host_of(url) == host


def test_another_base_url_has_no_other_hosts():
    cloud = cloud_at("https://arm.example")
    assert cloud.holds("https://arm.example/a")
    assert not cloud.holds("https://x.arm.example/a")
