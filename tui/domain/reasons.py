"""Why a cell differs: a pure decision that either knows, or says what it wants to know next.

`judge` is asked again and again with more in `known`, until it explains or gives up. It never asks for what it does
not need, and asks for what is cheapest to decide with first, so that most cells cost two requests or none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tui.domain.content import Descriptor, Index, Manifest
from tui.domain.explanation import Case, Explanation
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


def judge(case: Case, known: Known) -> Explanation | Want:
    """The explanation of `case`, or what has to be known next to find one."""
    raise NotImplementedError
