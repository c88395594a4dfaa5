"""The sample repositories: what each is called, what it is made of, and how many releases of it there are."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from tui.sandbox.dialects import DOCKER, OCI, Dialect
from tui.sandbox.hostile import HOSTILE_ENV, HOSTILE_LABELS


class Signing(Enum):
    """Where the signatures and SBOMs of a repository's releases are."""

    NOWHERE = auto()
    WHOLE = auto()
    """Among the referrers of what the tag names."""
    PLATFORMS = auto()
    """Among the referrers of each platform's manifest."""
    TAGS = auto()
    """Under tags of their own, as older tools keep them; a few releases alone have them."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One sample repository. The counts are of tags; `latest` comes on top."""

    name: str
    major: int
    releases: int
    candidates: int = 0
    """Release candidates of the version to come."""
    builds: int = 0
    """Tags that are a date and a number."""
    multi: bool = False
    """Whether each image is an index of two platforms."""
    single: int = 0
    """How many of the first are of one platform all the same."""
    floating: bool = False
    """Whether a tag such as `1.14` follows the newest `1.14.x`."""
    dialect: Dialect = OCI
    signing: Signing = Signing.NOWHERE
    attested: bool = False
    """Whether the index lists a provenance attestation beside the platforms."""
    bulky: int = 0
    """MiB of a layer that only the three newest images have."""
    bare: int = 0
    """How many of the first have no labels."""
    base: str = ""
    """The reference of the image that they are built on, where labels say so."""
    labels: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """More labels."""
    env: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """More variables."""


_PYTHON: Final = "registry.example/base/python:3.12-slim"
_NODE: Final = "registry.example/base/node:22-alpine"
# What somebody left in an image, and should not have. Neither opens anything.
_LEFT_IN_ENV: Final = {"DB_PASSWORD": "not-a-real-password-4711", "DB_HOST": "payments-db.example"}
_LEFT_IN_LABEL: Final = {"com.example.ci.token": "not-a-real-token-0815"}

RECIPES: Final = (
    Recipe("data/ingest", 3, releases=8, builds=16, base=_PYTHON),
    Recipe(
        "platform/auth",
        2,
        releases=10,
        candidates=1,
        multi=True,
        attested=True,
        floating=True,
        signing=Signing.PLATFORMS,
        labels=_LEFT_IN_LABEL,
    ),
    Recipe("platform/gateway", 4, releases=11, signing=Signing.TAGS, bare=1),
    Recipe("platform/metrics", 1, releases=9),
    Recipe("platform/runner", 5, releases=9, candidates=1, bulky=5),
    Recipe("shop/api", 1, releases=22, candidates=2, builds=2, multi=True, signing=Signing.WHOLE, base=_PYTHON),
    Recipe("shop/cron", 1, releases=9),
    Recipe(
        "shop/payments", 6, releases=12, candidates=1, multi=True, signing=Signing.WHOLE, env=_LEFT_IN_ENV, base=_PYTHON
    ),
    Recipe("shop/search", 2, releases=10, builds=2),
    Recipe("shop/web", 7, releases=16, candidates=2, multi=True, floating=True, base=_NODE),
    Recipe("tools/backup", 1, releases=9, multi=True, dialect=DOCKER, labels=HOSTILE_LABELS, env=HOSTILE_ENV),
    Recipe("tools/migrate", 3, releases=10, dialect=DOCKER),
    Recipe("shop/checkout", 2, releases=12, multi=True, single=6, base=_PYTHON),
)
"""In the order in which they are made: as chance is drawn for one after the other, a new one comes last, and leaves
those before it as they were."""
