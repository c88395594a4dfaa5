"""What an engine's answers say it is."""

from typing import Any

import pytest

from tui.domain.platform import Platform
from tui.engine.docker.facts import EngineFacts, Store, read_facts

VERSION = {"Version": "20.10.24+dfsg1", "Os": "linux", "Arch": "amd64", "ApiVersion": "1.41"}


@pytest.mark.parametrize(
    ("status", "store"),
    [
        ([["Backing Filesystem", "extfs"]], Store.CLASSIC),
        ([["driver-type", "io.containerd.snapshotter.v1"]], Store.CONTAINERD),
        (None, Store.CLASSIC),
        ("odd", Store.CLASSIC),
        ([1, ["driver-type"]], Store.CLASSIC),
    ],
)
def test_the_store_shows_in_the_drivers_status(status: Any, store: Store) -> None:
    assert read_facts(VERSION, {"DriverStatus": status}) == EngineFacts("20.10.24+dfsg1", store, "linux", "amd64")


def test_what_is_left_out_reads_unknown() -> None:
    assert read_facts({}, {}) == EngineFacts("unknown", Store.CLASSIC, "unknown", "unknown")


@pytest.mark.parametrize(("version", "major"), [("20.10.24+dfsg1", 20), ("v29.0", 29), ("dev", 0)])
def test_the_major_version_is_the_first_number(version: str, major: int) -> None:
    assert EngineFacts(version, Store.CLASSIC, "linux", "amd64").major == major


def test_a_title_names_version_and_store() -> None:
    facts = read_facts(VERSION, {})
    assert facts.title == "Docker Engine 20.10.24+dfsg1 (classic image store)"
    assert facts.platform == Platform("linux", "amd64")
