"""The image config: what a container starts with, and what the image is made of (OCI image specification)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tui.domain.fields import (
    InvalidContent,
    read_digest,
    read_mapping,
    read_object,
    read_platform,
    read_sequence,
    read_strings,
)
from tui.domain.platform import Platform
from tui.domain.reference import Digest
from tui.domain.text import clean
from tui.domain.timestamps import parse_timestamp


@dataclass(frozen=True, slots=True)
class Config:
    """What an image config tells: platform, creation, labels, the digests of its uncompressed layers, and how to run.

    `env` holds name and value in their order; `entrypoint` and `command` the arguments; `ports` and `volumes` are
    sorted. All text is cleaned, and nothing is masked.
    """

    platform: Platform
    created: datetime | None
    labels: tuple[tuple[str, str], ...]
    diff_ids: tuple[Digest, ...]
    env: tuple[tuple[str, str], ...] = ()
    entrypoint: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    user: str = ""
    working_dir: str = ""
    ports: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()


def parse_config(body: bytes) -> Config:
    """The image config in `body`. Raises InvalidContent. What it leaves out is empty."""
    document = read_object(body, "config")
    rootfs = read_mapping(document.get("rootfs") or {}, "rootfs")
    inner = read_mapping(document.get("config") or {}, "config")
    return Config(
        read_platform(document) or Platform("unknown", "unknown"),
        parse_timestamp(str(document.get("created", ""))),
        read_strings(inner.get("Labels")),
        tuple(read_digest(item, "diff_ids") for item in read_sequence(rootfs.get("diff_ids") or [], "diff_ids")),
        tuple(_assignments(inner)),
        _words(inner, "Entrypoint"),
        _words(inner, "Cmd"),
        clean(str(inner.get("User") or "")),
        clean(str(inner.get("WorkingDir") or "")),
        _names(inner, "ExposedPorts"),
        _names(inner, "Volumes"),
    )


def _assignments(inner: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for item in _words(inner, "Env"):
        name, _, value = item.partition("=")
        yield name, value


def _words(inner: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The strings of a list; an older builder may write one string for a list of one."""
    value: object = inner.get(key) or []
    items = [value] if isinstance(value, str) else read_sequence(value, key)
    if not all(isinstance(item, str) for item in items):
        raise InvalidContent(f"{key} is not a list of strings")
    return tuple(clean(str(item)) for item in items)


def _names(inner: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The names of a set, which the specification writes as an object with empty values."""
    return tuple(sorted(clean(name, 256) for name in read_mapping(inner.get(key) or {}, key)))
