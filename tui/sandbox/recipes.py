"""The sample repositories: what each is called, what it is made of, and how many releases of it there are."""

from dataclasses import dataclass
from typing import Final

from tui.sandbox.dialects import DOCKER, OCI, Dialect


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
    dialect: Dialect = OCI
    signed: bool = False
    """Whether releases have a signature and an SBOM among their referrers."""
    attested: bool = False
    """Whether the index lists a provenance attestation beside the platforms."""
    bulky: int = 0
    """MiB of a layer that only the three newest images have."""
    description: str = ""
    """What the images' description label says."""


# What a hostile label may try: a click action in markup, the terminal's title, its colour.
_HOSTILE: Final = "[@click=app.quit]nightly[/] backups\x1b]0;taken over\x07 \x1b[31mand more"


RECIPES: Final = (
    Recipe("data/ingest", 3, releases=8, builds=16),
    Recipe("platform/auth", 2, releases=10, candidates=1, multi=True, attested=True),
    Recipe("platform/gateway", 4, releases=11),
    Recipe("platform/metrics", 1, releases=9),
    Recipe("platform/runner", 5, releases=9, candidates=1, bulky=5),
    Recipe("shop/api", 1, releases=22, candidates=2, builds=2, multi=True, signed=True),
    Recipe("shop/cron", 1, releases=9),
    Recipe("shop/payments", 6, releases=12, candidates=1, multi=True, signed=True),
    Recipe("shop/search", 2, releases=10, builds=2),
    Recipe("shop/web", 7, releases=16, candidates=2, multi=True),
    Recipe("tools/backup", 1, releases=9, multi=True, dialect=DOCKER, description=_HOSTILE),
    Recipe("tools/migrate", 3, releases=10, dialect=DOCKER),
)
"""A dozen repositories, by name."""
