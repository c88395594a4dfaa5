"""Promotions of the past in words. Pure."""

from typing import Final

from tui.domain.environment import PromotionPath
from tui.domain.past import Past
from tui.domain.reference import Reference
from tui.domain.text import clean

_DETAIL_LIMIT: Final = 200
_NAME_LIMIT: Final = 200


def image_text(past: Past, path: PromotionPath) -> str:
    """`shop/api:1.14.2 from base to prod`; a place that is in none of the environments is told in full."""
    target = path.owner_of(past.target)
    name = f"{target[1]}:{past.target.tag} " if target else ""
    verb = "taken away from" if past.untagged else f"from {place_text(past.source, path)} to"
    return f"{name}{verb} {target[0].name if target else past.target}"


def place_text(reference: Reference, path: PromotionPath) -> str:
    """The environment that holds `reference`, or the whole of it without its digest."""
    owner = path.owner_of(reference)
    return owner[0].name if owner else clean(str(reference).partition("@")[0], _NAME_LIMIT)


def past_text(past: Past, path: PromotionPath) -> str:
    """What it was about, but for image and target: `9f8e7d6c from base, over a1b2c3d4`, `put back … (undo ab01…)`."""
    digest = past.source.digest.short if past.source.digest else "?"
    over = f", over {past.replaced.short}" if past.replaced and past.replaced != past.source.digest else ""
    away = f"{'took' if past.moved else 'was to take'} {digest} away"
    brought = f"put back {digest}" if past.undoes else f"{digest} from {place_text(past.source, path)}"
    told = away if past.untagged else f"{brought}{over}"
    occasion = f" ({clean(past.occasion, _NAME_LIMIT)})" if past.occasion else ""
    return told + occasion + (f": {clean(past.detail, _DETAIL_LIMIT)}" if past.detail else "")
