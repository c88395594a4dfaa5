import pytest

from tui.registry.client import Endpoint
from tui.registry.realm import checked_realm
from tui.registry.urls import RefusedUrl

HTTPS = Endpoint("r.example.com")


@pytest.mark.parametrize(
    ("endpoint", "realm"),
    [
        (HTTPS, "https://r.example.com/oauth2/token"),
        (Endpoint("r.example.com:5050"), "https://r.example.com/jwt/auth"),
        (Endpoint("docker.io"), "https://auth.docker.io/token"),
        (Endpoint("registry.gitlab.com"), "https://gitlab.com/jwt/auth"),
        (Endpoint("r.example.com", realm_hosts=("login.example.com",)), "https://login.example.com/t"),
        (Endpoint("127.0.0.1:5000", plain_http=True), "http://127.0.0.1:5000/token"),
        (Endpoint("10.0.0.8"), "https://10.0.0.8/token"),
    ],
)
def test_realms_that_belong_to_the_registry(endpoint: Endpoint, realm: str) -> None:
    assert str(checked_realm(realm, endpoint)) == realm


@pytest.mark.parametrize(
    ("realm", "why"),
    [
        ("https://evil.example/token", "another host"),
        ("https://auth.docker.io/token", "another host"),
        ("https://r.example.com.evil.example/token", "another host"),
        ("http://r.example.com/token", "plain http"),
        ("https://user:password@r.example.com/token", "user name"),
        ("https://evil.example\\@r.example.com/token", "token service"),
        ("https://169.254.169.254/latest/meta-data", "private address"),
        ("https://10.0.0.1/token", "private address"),
        ("https://[::1]/token", "private address"),
        ("token", "token service"),
    ],
)
def test_hostile_realms_are_refused(realm: str, why: str) -> None:
    with pytest.raises(RefusedUrl, match=why):
        checked_realm(realm, HTTPS)


def test_hub_answers_under_its_own_name() -> None:
    assert Endpoint("docker.io").base_url == "https://registry-1.docker.io"
