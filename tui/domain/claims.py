"""What a JSON web token says of itself (RFC 7519), unverified: nothing is trusted because of it.

It tells when a token is to be renewed, and whose it is where an operator gave one without saying so.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from typing import Any, Final, cast

from tui.domain.azure import LOGIN_HOSTS

_ISSUER: Final = re.compile(r"https://([a-z0-9.-]+)(?:/[A-Za-z0-9./_-]*)?")
"""An issuer that can be read in one way only: no userinfo, no port, nothing but a path behind the host."""

_ACR_ISSUER: Final = "Azure Container Registry"
"""Who issues a registry's refresh tokens; their audience is its login server (Azure/acr, "AAD-OAuth")."""


def claims_of(token: str) -> Mapping[str, object]:
    """The claims of a JSON web token, empty where it is none."""
    try:
        payload = token.split(".")[1]
        document: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError, binascii.Error):
        return {}
    return cast("Mapping[str, object]", document) if isinstance(document, dict) else {}


def life_of(token: str, now: float) -> float | None:
    """Seconds that a token lives from when it was issued, at least 0; None where it does not say."""
    claims = claims_of(token)
    expires, issued = claims.get("exp"), claims.get("iat", now)
    if not isinstance(expires, int | float) or not isinstance(issued, int | float):
        return None
    try:
        return max(float(expires - issued), 0.0)  # of one clock, so that ours may be wrong
    except OverflowError:
        return None


def registry_of(token: str) -> str:
    """The registry that issued a token, where that is one of Azure's and says so; else empty."""
    claims = claims_of(token)
    audience = claims.get("aud")
    return audience if claims.get("iss") == _ACR_ISSUER and isinstance(audience, str) else ""


def is_of_azure(token: str) -> bool:
    """True where the token says that Azure's own login issued it."""
    issuer = claims_of(token).get("iss")
    found = _ISSUER.fullmatch(issuer) if isinstance(issuer, str) else None
    return found is not None and found[1] in LOGIN_HOSTS
