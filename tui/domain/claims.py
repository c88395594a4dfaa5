"""What a JSON web token says of itself (RFC 7519), unverified: nothing is trusted because of it.

It tells when a token is to be renewed, whose it is where an operator gave one without saying so, and whom it was
issued to.
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

_NAMES: Final = ("upn", "unique_name", "preferred_username", "appid", "azp", "oid")
"""Whom Azure's own login issued a token to, persons before applications (Microsoft identity platform, "Access token
claims reference"). Its `sub` is another for each application, so it names nobody."""

_SUBJECT: Final = ("sub", *_NAMES)
"""Of a registry's own tokens, where `sub` is who logged in (Azure/acr, "AAD-OAuth"; distribution, "JWT")."""


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


def subject_of(token: str) -> str:
    """Whom a token was issued to, as it says itself; empty where it does not. The text is not cleaned."""
    claims = claims_of(token)
    names = (claims.get(name) for name in (_NAMES if is_of_azure(token) else _SUBJECT))
    return next((name for name in names if isinstance(name, str) and name.strip()), "")
