"""Tokens in the shape of a JWT (RFC 7519): clients read `exp` in them. Nobody checks the signature, which is random."""

import base64
import json
import secrets
from collections.abc import Iterable, Mapping
from typing import Final

from tui.sandbox.scopes import Scope, by_thing

_HEADER: Final = {"alg": "RS256", "typ": "JWT", "kid": "SAND:BOX0"}


def shaped(scopes: Iterable[Scope], identity: str, *, issued: float, expires: float) -> str:
    """A new token, unlike any other. `issued` and `expires` are seconds since 1970.

    The claims are ASCII: an SDK reads them in the standard base64 alphabet, which ASCII letters never leave.
    """
    access = [{"type": kind, "name": name, "actions": actions} for (kind, name), actions in by_thing(scopes).items()]
    claims = {
        "jti": secrets.token_hex(16),
        "sub": identity,
        "iss": "Azure Container Registry",
        "iat": int(issued),
        "nbf": int(issued),
        "exp": int(expires),
        "version": "1.0",
        "access": access,
    }
    return f"{_part(_HEADER)}.{_part(claims)}.{secrets.token_urlsafe(48)}"


def _part(claims: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
