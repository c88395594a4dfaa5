"""Asking a token service, and reading what it gives (distribution, "Token authentication" and "OAuth2")."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urlencode

from tui.registry.challenge import Challenge
from tui.registry.credentials import Credential
from tui.registry.limits import TOKEN_LIMIT, Timing
from tui.registry.request import Request
from tui.registry.urls import Url

_CLIENT: Final = "windlass"
_USUAL_LIFE: Final = 60.0
_LONGEST_LIFE: Final = 3600.0
_SHARE_USED: Final = 0.8
_VALUE: Final = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Token:
    """An access token; renewed from `stale_at` (monotonic seconds), which is well before it expires."""

    value: str = field(repr=False)
    stale_at: float

    @property
    def bearer(self) -> str:
        """The Authorization header."""
        return f"Bearer {self.value}"

    def is_stale(self, now: float) -> bool:
        """True where a new one is to be had first."""
        return now >= self.stale_at


def make_token_request(operation: str, realm: Url, challenge: Challenge, credential: Credential | None) -> Request:
    """A GET, with Basic where there is a credential; a POST with the refresh_token grant for an identity token."""
    if credential is not None and credential.identity_token:
        return _refresh_grant(operation, realm, challenge, credential.identity_token)
    pairs = [("service", challenge.service), *(("scope", scope) for scope in challenge.scopes)]
    query = urlencode([(key, value) for key, value in pairs if value], safe=":/")
    url = Url(realm.scheme, realm.host, realm.port, realm.path, "&".join(filter(None, (realm.query, query))))
    headers = {"Authorization": basic_authorization(credential)} if credential else {}
    return Request(operation, "GET", url, headers=headers, limit=TOKEN_LIMIT)


def basic_authorization(credential: Credential) -> str:
    """The Authorization header for a user name and password (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{credential.username}:{credential.password}".encode()).decode()


def read_token(body: bytes, timing: Timing) -> Token:
    """The token in a token service's answer. Raises ValueError with a sentence."""
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("the answer is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("the answer is not a JSON object")
    fields = cast("Mapping[str, object]", document)
    value = fields.get("token") or fields.get("access_token")
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise ValueError("the answer holds none")
    return Token(value, timing.monotonic() + _SHARE_USED * _life(fields.get("expires_in"), value, timing.now()))


def _refresh_grant(operation: str, realm: Url, challenge: Challenge, identity_token: str) -> Request:
    form = {
        "grant_type": "refresh_token",
        "service": challenge.service,
        "client_id": _CLIENT,
        "scope": " ".join(challenge.scopes),
        "refresh_token": identity_token,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return Request(operation, "POST", realm, headers=headers, body=urlencode(form).encode(), limit=TOKEN_LIMIT)


def _life(expires_in: object, value: str, now: float) -> float:
    """Seconds that a token lives: as said, else as its own claims say (ACR says nothing else), else the usual 60."""
    if isinstance(expires_in, int | float) and expires_in > 0:
        return min(float(expires_in), _LONGEST_LIFE)
    claims = _claims(value)
    expires, issued = claims.get("exp"), claims.get("iat", now)
    if not isinstance(expires, int | float) or not isinstance(issued, int | float):
        return _USUAL_LIFE
    return min(max(float(expires - issued), 0.0), _LONGEST_LIFE)  # of one clock, so that ours may be wrong


def _claims(value: str) -> Mapping[str, object]:
    """The claims of a JSON web token, unverified: they only tell when to renew it. Empty where it is none."""
    try:
        payload = value.split(".")[1]
        document: Any = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError, binascii.Error):
        return {}
    return cast("Mapping[str, object]", document) if isinstance(document, dict) else {}
