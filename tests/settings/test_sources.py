"""Where each value came from: the line it is written in, or the default."""

from pathlib import Path

import pytest

from tui.settings.load import load_settings
from tui.settings.sources import Sourced, values_of, why_this_file

FILE = """\
[[environment]]
name = "base"
registry = "base.azurecr.io"

[[environment]]
registry = "127.0.0.1:5000"
name = "dev"
protected = true
"""


def test_each_value_has_its_line(tmp_path: Path) -> None:
    file = tmp_path / "windlass.toml"
    file.write_text(FILE)
    assert values_of(load_settings(file)) == {
        "base": (
            Sourced("registry", "base.azurecr.io", 3),
            Sourced("kind", "acr", None),
            Sourced("auth", "azure-default", None),
            Sourced("plain_http", "false", None),
        ),
        "dev": (
            Sourced("registry", "127.0.0.1:5000", 6),
            Sourced("kind", "oci", None),
            Sourced("auth", "docker", None),
            Sourced("plain_http", "true", None),
            Sourced("protected", "true", 8),
        ),
    }


@pytest.mark.parametrize(
    ("explicit", "env", "origin", "told"),
    [
        ("x.toml", {"WINDLASS_CONFIG": "y.toml"}, "/w/x.toml", "named by --config"),
        (None, {"WINDLASS_CONFIG": "y.toml"}, "/w/y.toml", "named by $WINDLASS_CONFIG"),
        (None, {}, "/w/windlass.toml", "./windlass.toml"),
        (None, {}, "/home/me/.config/windlass/windlass.toml", "your own: there is none in this folder"),
    ],
)
def test_why_this_file(explicit: str | None, env: dict[str, str], origin: str, told: str) -> None:
    assert why_this_file(explicit, env, origin, Path("/w")) == told
