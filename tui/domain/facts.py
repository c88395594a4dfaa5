"""What has to be known of an image config to tell one image from another; small, and true for ever under its digest."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from tui.domain.config import Config
from tui.domain.identity import Identity, identity_of
from tui.domain.masking import masked_text
from tui.domain.platform import Platform
from tui.domain.reference import Digest


@dataclass(frozen=True, slots=True)
class ImageFacts:
    """The gist of an image config: no environment variables and no labels but those of its identity."""

    platform: Platform
    created: datetime | None = None
    diff_ids: tuple[Digest, ...] = ()
    identity: Identity = field(default_factory=Identity)


def facts_of(config: Config) -> ImageFacts:
    """The facts in `config`. They are kept on disk, so that what a clone's address tells of credentials is masked."""
    identity = identity_of(config.labels)
    told = replace(identity, source=masked_text(identity.source))
    return ImageFacts(config.platform, config.created, config.diff_ids, told)


UNREADABLE = ImageFacts(Platform("unknown", "unknown"))
"""What is known of a config that is no image config: nothing, and that for ever."""
