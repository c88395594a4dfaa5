"""What a decision wants to know, and what is known so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.domain.content import Descriptor, Index, Manifest
from tui.domain.facts import ImageFacts
from tui.domain.reference import Digest


@dataclass(frozen=True, slots=True)
class WantManifest:
    """The manifest `digest`, which the case's repository holds in `environment`."""

    environment: str
    digest: Digest


@dataclass(frozen=True, slots=True)
class WantFacts:
    """The facts of the image config `blob`, which the case's repository holds in `environment`."""

    environment: str
    blob: Descriptor


@dataclass(frozen=True, slots=True)
class WantPresence:
    """Whether the case's repository holds the manifest `digest` in `environment`, tagged or not."""

    environment: str
    digest: Digest


Want = WantManifest | WantFacts | WantPresence
"""One request to one registry, where nobody knows the answer yet."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was read so far, by digest; `failures` says in a sentence what could not be."""

    manifests: Mapping[Digest, Manifest | Index] = field(default_factory=dict[Digest, Manifest | Index])
    facts: Mapping[Digest, ImageFacts] = field(default_factory=dict[Digest, ImageFacts])
    presence: Mapping[Digest, bool] = field(default_factory=dict[Digest, bool])
    """Whether the base's repository holds a manifest."""
    failures: Mapping[Want, str] = field(default_factory=dict[Want, str])


class Wanted(Exception):
    """Raised where a decision cannot go on before `want` is known."""

    def __init__(self, want: Want) -> None:
        super().__init__()
        self.want = want


class Unread(Exception):
    """Raised where what a decision needs could not be read; its text is a sentence."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Looks things up in what is known: each method gives the answer, or raises Wanted or Unread."""

    known: Known

    def manifest(self, environment: str, digest: Digest) -> Manifest | Index:
        """The manifest `digest`."""
        found = self.known.manifests.get(digest)
        if found is None:
            raise self._unknown(WantManifest(environment, digest))
        return found

    def facts(self, environment: str, image: Manifest) -> ImageFacts:
        """The facts of the config of `image`."""
        found = self.known.facts.get(image.config.digest)
        if found is None:
            raise self._unknown(WantFacts(environment, image.config))
        return found

    def is_held(self, environment: str, digest: Digest) -> bool:
        """Whether the repository holds the manifest in `environment`, which is the base."""
        found = self.known.presence.get(digest)
        if found is None:
            raise self._unknown(WantPresence(environment, digest))
        return found

    def _unknown(self, want: Want) -> Wanted | Unread:
        failure = self.known.failures.get(want)
        return Wanted(want) if failure is None else Unread(failure)
