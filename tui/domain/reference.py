"""Names of images: repository, tag, digest and the reference made of them.

Names are parsed once, where they enter; after that only these types are used. The grammars are those of the OCI
distribution specification ("Pulling manifests") and the OCI image specification ("Digests"). A name that passes
is safe in a URL and in a path (CVE-2024-3727).
"""

import re
import sys
from dataclasses import dataclass
from typing import Final, NewType, Self

from tui.domain.text import clean

Repository = NewType("Repository", str)
"""A validated repository name, such as `shop/api`."""

Tag = NewType("Tag", str)
"""A validated tag, such as `1.14.2`."""

_COMPONENT: Final = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY: Final = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_TAG: Final = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
_HEX_LENGTH: Final = {"sha256": 64, "sha512": 128}
_HEX: Final = re.compile(r"[0-9a-f]+")
_REGISTRY: Final = re.compile(r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?")
_REPOSITORY_LIMIT: Final = 255


class InvalidName(ValueError):
    """A repository, tag, digest or reference that the OCI grammar does not allow; its text is fit to show."""


def parse_repository(text: str) -> Repository:
    """The repository name in `text`. Raises InvalidName."""
    if len(text) > _REPOSITORY_LIMIT or not _REPOSITORY.fullmatch(text):
        raise InvalidName(
            f"{clean(text, 80)!r} is no repository name: lower-case letters and digits, "
            "separated by one of . _ __ - and grouped by /"
        )
    return Repository(text)


def parse_tag(text: str) -> Tag:
    """The tag in `text`. Raises InvalidName."""
    if not _TAG.fullmatch(text):
        raise InvalidName(
            f"{clean(text, 80)!r} is no tag: 1 to 128 letters, digits, . _ - and neither . nor - in front"
        )
    return Tag(text)


def parse_registry(text: str) -> str:
    """The registry `host[:port]` in `text`, in lower case. Raises InvalidName."""
    if not _REGISTRY.fullmatch(text):
        raise InvalidName(f"{clean(text, 80)!r} is no registry: a host name and perhaps a port, without https://")
    return text.lower()


@dataclass(frozen=True, slots=True, order=True)
class Digest:
    """A content digest: the algorithm (sha256 or sha512) and its lower-case hexadecimal value."""

    algorithm: str
    hex: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """The digest in `text`, such as `sha256:<64 hex digits>`. Raises InvalidName."""
        algorithm, _, value = text.partition(":")
        if len(value) != _HEX_LENGTH.get(algorithm, -1) or not _HEX.fullmatch(value):
            raise InvalidName(f"{clean(text, 80)!r} is no digest: sha256:<64 hexadecimal digits>, or sha512 with 128")
        return cls(sys.intern(algorithm), value)  # one text for all: a board has millions

    def __str__(self) -> str:
        return f"{self.algorithm}:{self.hex}"

    @property
    def short(self) -> str:
        """The first 8 hexadecimal digits: what a cell has room for."""
        return self.hex[:8]


def fallback_tag(subject: Digest) -> Tag:
    """The tag under which a registry without the referrers API keeps the referrers of `subject`.

    Cut as the distribution specification wants it ("Referrers Tag Schema"), so that a longer digest fits as well.
    """
    return Tag(f"{subject.algorithm[:32]}-{subject.hex[:64]}")


@dataclass(frozen=True, slots=True)
class Reference:
    """A tag, a digest or both, of a repository in a registry. Never an implicit `latest`."""

    registry: str
    repository: Repository
    tag: Tag | None = None
    digest: Digest | None = None

    def __post_init__(self) -> None:
        if self.tag is None and self.digest is None:
            raise InvalidName(f"{self.registry}/{self.repository} names neither a tag nor a digest")

    def __str__(self) -> str:
        tag = f":{self.tag}" if self.tag else ""
        digest = f"@{self.digest}" if self.digest else ""
        return f"{self.registry}/{self.repository}{tag}{digest}"


def parse_repository_tag(text: str) -> tuple[Repository, Tag]:
    """The repository and the tag in `REPO:TAG`; the tag is never left out. Raises InvalidName."""
    repository, separator, tag = text.rpartition(":")
    if not separator or "/" in tag:
        raise InvalidName(f"{clean(text, 80)!r} names no tag: write REPOSITORY:TAG (a tag is never implied)")
    return parse_repository(repository), parse_tag(tag)


def parse_reference(text: str) -> Reference:
    """The reference in `REGISTRY/REPOSITORY[:TAG][@DIGEST]`, as `str` writes one. Raises InvalidName."""
    name, has_digest, digest = text.partition("@")
    registry, separator, path = name.partition("/")
    if not separator or not registry:
        raise InvalidName(f"{clean(text, 80)!r} is no reference: REGISTRY/REPOSITORY:TAG or REGISTRY/REPOSITORY@DIGEST")
    repository, has_tag, tag = path.partition(":")
    return Reference(
        registry,
        parse_repository(repository),
        parse_tag(tag) if has_tag else None,
        Digest.parse(digest) if has_digest else None,
    )
