"""Requests are told apart by what they ask for, and read from the registry's own log."""

from pathlib import Path

import pytest

from tests.benchmarks.access import AccessLog, Request, kinds
from tests.benchmarks.judge import CONFIG, LAYER, clerk, image, judge
from tests.real import docker_registry

ASKED = {
    "ping": ("GET", "/v2/"),
    "list tags": ("GET", "/v2/shop/api/tags/list"),
    "list referrers": ("GET", "/v2/shop/api/referrers/sha256:ab"),
    "HEAD manifest": ("HEAD", "/v2/shop/api/manifests/1.0"),
    "GET manifest": ("GET", "/v2/shop/api/manifests/sha256:ab"),
    "HEAD blob": ("HEAD", "/v2/shop/api/blobs/sha256:ab"),
    "GET blob": ("GET", "/v2/shop/api/blobs/sha256:ab"),
    "POST upload": ("POST", "/v2/shop/api/blobs/uploads/"),
    "PATCH": ("PATCH", "/v2/shop/api/blobs/uploads/1-2"),
    "PUT blob": ("PUT", "/v2/shop/api/blobs/uploads/1-2"),
    "PUT manifest": ("PUT", "/v2/shop/api/manifests/1.0"),
    "other": ("DELETE", "/v2/shop/api/manifests/1.0"),
}


@pytest.mark.parametrize(("kind", "asked"), ASKED.items())
def test_a_request_has_the_kind_of_what_it_asks_for(kind: str, asked: tuple[str, str]) -> None:
    assert Request(*asked).kind == kind


@pytest.mark.real
@pytest.mark.parametrize("is_tls", [False, True], ids=["plain", "tls"])
def test_the_log_tells_what_was_asked_since_it_was_opened(tmp_path: Path, is_tls: bool) -> None:
    with docker_registry(tmp_path, tls=is_tls) as registry, clerk(registry, "app") as asking:
        config = asking.push_blob(CONFIG, lambda: [b"{}"])
        log = AccessLog(registry)
        layer = asking.push_blob(LAYER, lambda: [b"a", b"layer"])
        asking.push_manifest("1.0", image(config, [layer]))
        assert asking.size(layer.digest) == 6
        assert kinds(log.read()) == {"POST upload": 1, "PUT blob": 1, "PUT manifest": 1, "HEAD blob": 1}


@pytest.mark.real
def test_the_judge_refuses_another_manifest(tmp_path: Path) -> None:
    with docker_registry(tmp_path) as registry, clerk(registry, "app") as asking:
        config = asking.push_blob(CONFIG, lambda: [b"{}"])
        asking.push_manifest("1.0", image(config, []))
        judge(registry, "app", {"1.0": image(config, [])})
        with pytest.raises(RuntimeError, match="another manifest"):
            judge(registry, "app", {"1.0": image(config, [config])})
