"""How a container of an image starts: the part of an image config that says it (OCI image specification, "Config")."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

_PATH: Final = "/usr/bin:/bin"


@dataclass(frozen=True, slots=True)
class Runtime:
    """Environment variables in their order, arguments, user, ports (`8080/tcp`) and directory; empty is left out."""

    env: Mapping[str, str] = field(default_factory=lambda: {"PATH": _PATH})
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ("/app/run",)
    user: str = ""
    ports: tuple[str, ...] = ()
    working_dir: str = ""

    def fields(self) -> Mapping[str, object]:
        """The fields of an image config's inner `config`, without the labels."""
        rows: dict[str, object] = {
            "User": self.user,
            "ExposedPorts": {port: {} for port in self.ports},
            "Env": [f"{name}={value}" for name, value in self.env.items()],
            "Entrypoint": list(self.entrypoint),
            "Cmd": list(self.command),
            "WorkingDir": self.working_dir,
        }
        return {name: value for name, value in rows.items() if value}


PLAIN: Final = Runtime()
"""A path and a command."""


def service(version: str, extra: Mapping[str, str]) -> Runtime:
    """What a sample service starts with; `extra` are more variables."""
    env = {"PATH": _PATH, "APP_VERSION": version, "LANG": "C.UTF-8", "LOG_LEVEL": "info", **extra}
    return Runtime(env, ("/sbin/tini", "--"), ("/app/run",), "root", ("8080/tcp",), "/app")


def hardened(version: str, extra: Mapping[str, str]) -> Runtime:
    """The same after somebody tidied up: no longer root, a port for metrics, logs for machines."""
    env = {"PATH": _PATH, "APP_VERSION": version, "LOG_FORMAT": "json", "LOG_LEVEL": "warning", **extra}
    command = ("/app/run", "--graceful")
    return Runtime(env, ("/sbin/tini", "--"), command, "10001:10001", ("8080/tcp", "9090/tcp"), "/srv/app")
