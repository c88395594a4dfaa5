"""The request to import an image: what the body of `importImage` says, parsed once, where it enters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, cast, get_args

from tui.domain.reference import (
    Digest,
    InvalidName,
    Repository,
    Tag,
    parse_repository,
    parse_repository_tag,
)
from tui.sandbox.arm.errors import ArmRefused

Mode = Literal["NoForce", "Force"]
_MODES: Final[tuple[Mode, ...]] = get_args(Mode)


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One import as it was asked for. `target` is the registry's name; the source is one of the two others or none.

    Credentials for the source are not kept: none are checked.
    """

    target: str
    source_image: str
    resource_id: str | None
    registry_uri: str | None
    target_tags: tuple[str, ...]
    untagged: tuple[str, ...]
    mode: Mode

    @property
    def source(self) -> tuple[Repository, Digest | Tag]:
        """The repository and what is wanted of it. Raises InvalidName."""
        name, at, digest = self.source_image.partition("@")
        return (parse_repository(name), Digest.parse(digest)) if at else parse_repository_tag(self.source_image)

    @property
    def tags(self) -> Sequence[tuple[Repository, Tag]]:
        """The tags to set. Raises InvalidName."""
        return [parse_repository_tag(text) for text in self.target_tags]

    @property
    def places(self) -> Sequence[Repository]:
        """The repositories that get the content, each once. Raises InvalidName."""
        named = [repository for repository, _ in self.tags] + [parse_repository(text) for text in self.untagged]
        return list(dict.fromkeys(named))


def parse_import(target: str, body: object) -> ImportRequest:
    """The import that `body` asks for. Raises ArmRefused: 400."""
    row = _object(body, "parameters")
    source = _object(row.get("source"), "source")
    parsed = ImportRequest(
        target,
        _text(source, "sourceImage") or "",
        resource_id=_text(source, "resourceId"),
        registry_uri=_text(source, "registryUri"),
        target_tags=_texts(row, "targetTags"),
        untagged=_texts(row, "untaggedTargetRepositories"),
        mode=_mode(row),
    )
    _refuse_nonsense(parsed)
    return parsed


def _refuse_nonsense(request: ImportRequest) -> None:
    try:
        names = (request.source, request.places)
    except InvalidName as cause:
        raise _invalid(str(cause)) from cause
    if not names[1]:
        raise _invalid(f"Missing property parameters.TargetTags for the resource with name {request.target}.")


def _mode(row: Mapping[str, object]) -> Mode:
    wanted = _text(row, "mode") or "NoForce"
    for mode in _MODES:
        if mode.lower() == wanted.lower():
            return mode
    raise _invalid(f"The import mode {wanted} is none of {', '.join(_MODES)}.")


def _object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _invalid(f"Missing property {name}.")
    return cast("Mapping[str, object]", value)


def _text(row: Mapping[str, object], key: str) -> str | None:
    value = row.get(key)
    if value is None:
        return None
    if not isinstance(value, str):
        raise _invalid(f"The property {key} must be a string.")
    return value


def _texts(row: Mapping[str, object], key: str) -> tuple[str, ...]:
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in cast("list[object]", value)):
        raise _invalid(f"The property {key} must be a list of strings.")
    return tuple(cast("list[str]", value))


def _invalid(message: str) -> ArmRefused:
    return ArmRefused(400, "InvalidParameters", message)
