"""Asking a token service, and reading what it gives (distribution, "Token authentication" and "OAuth2")."""

import base64
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, cast
from urllib.parse import urlencode

from tui.domain.claims import life_of
from tui.registry.challenge import Challenge
from tui.registry.credentials import Credential
from tui.registry.limits import TOKEN_LIMIT, Timing
from tui.registry.request import Request
from tui.registry.urls import Url

_CLIENT: Final = "windlass"
_USUAL_LIFE: Final = 60.0
_LONGEST_LIFE: Final = 3600.0
_SHARE_USED: Final = 0.8
_SHARE_FOR_STREAMS: Final = 0.5
_EXCHANGED_LIFE: Final = 3 * 3600.0
"""Seconds that ACR's refresh tokens live."""
_MARGIN: Final = 300.0
_VALUE: Final = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A token; renewed from `stale_at` (monotonic seconds), which is well before it expires.

    From `aged_at` it is no longer enough for a stream, which cannot be sent again with another.
    """

    value: str = field(repr=False)
    stale_at: float
    aged_at: float = math.inf

    @property
    def bearer(self) -> str:
        """The Authorization header."""
        return f"Bearer {self.value}"

    def is_stale(self, now: float) -> bool:
        """True where a new one is to be had first."""
        return now >= self.stale_at

    def is_aged(self, now: float) -> bool:
        """True where a new one is to be had before a stream begins."""
        return now >= min(self.stale_at, self.aged_at)


def make_token_request(operation: str, realm: Url, challenge: Challenge, credential: Credential | None) -> Request:
    """A GET, with Basic where there is a credential; a POST with the refresh_token grant for an identity token."""
    if credential is not None and credential.identity_token:
        return _refresh_grant(operation, realm, challenge, credential.identity_token)
    pairs = [("service", challenge.service), *(("scope", scope) for scope in challenge.scopes)]
    query = urlencode([(key, value) for key, value in pairs if value], safe=":/")
    url = Url(realm.scheme, realm.host, realm.port, realm.path, "&".join(filter(None, (realm.query, query))))
    headers = {"Authorization": basic_authorization(credential)} if credential else {}
    return Request(operation, "GET", url, headers=headers, limit=TOKEN_LIMIT, is_for_token=True)


def basic_authorization(credential: Credential) -> str:
    """The Authorization header for a user name and password (RFC 7617)."""
    return "Basic " + base64.b64encode(f"{credential.username}:{credential.password}".encode()).decode()


def make_exchange_request(operation: str, place: Url, service: str, credential: Credential) -> Request:
    """A POST that exchanges an Azure token for a refresh token of the registry's (ACR, `/oauth2/exchange`)."""
    form = {
        "grant_type": "access_token",
        "service": service,
        "access_token": credential.azure_token,
        **({"tenant": credential.tenant} if credential.tenant else {}),
    }
    return _post(operation, place, form)


def read_token(body: bytes, timing: Timing) -> Token:
    """The token in a token service's answer. Raises ValueError with a sentence."""
    fields = _read_object(body)
    value = _value(fields.get("token") or fields.get("access_token"))
    life, now = _life(fields.get("expires_in"), value, timing.now()), timing.monotonic()
    return Token(value, now + _SHARE_USED * life, now + _SHARE_FOR_STREAMS * life)


def read_refresh_token(body: bytes, timing: Timing) -> Token:
    """The refresh token in the answer to an exchange. Raises ValueError with a sentence."""
    value = _value(_read_object(body).get("refresh_token"))
    life = life_of(value, timing.now())
    life = _EXCHANGED_LIFE if life is None else min(life, _EXCHANGED_LIFE)
    return Token(value, timing.monotonic() + life - min(_MARGIN, life / 2))


def _read_object(body: bytes) -> Mapping[str, object]:
    try:
        document: Any = json.loads(body)
    except (ValueError, RecursionError):
        raise ValueError("the answer is not JSON") from None
    if not isinstance(document, dict):
        raise ValueError("the answer is not a JSON object")
    return cast("Mapping[str, object]", document)


def _value(value: object) -> str:
    if not isinstance(value, str) or not _VALUE.fullmatch(value):
        raise ValueError("the answer holds none")
    return value


def _refresh_grant(operation: str, realm: Url, challenge: Challenge, identity_token: str) -> Request:
    form = {
        "grant_type": "refresh_token",
        "service": challenge.service,
        "client_id": _CLIENT,
        "scope": " ".join(challenge.scopes),
        "refresh_token": identity_token,
    }
    return _post(operation, realm, form)


def _post(operation: str, url: Url, form: Mapping[str, str]) -> Request:
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    body = urlencode(form).encode()
    return Request(operation, "POST", url, headers=headers, body=body, limit=TOKEN_LIMIT, is_for_token=True)


def _life(expires_in: object, value: str, now: float) -> float:
    """Seconds that a token lives: as said, else as its own claims say (ACR says nothing else), else the usual 60."""
    if isinstance(expires_in, int | float) and expires_in > 0:
        return float(min(expires_in, _LONGEST_LIFE))
    life = life_of(value, now)
    return _USUAL_LIFE if life is None else min(life, _LONGEST_LIFE)
