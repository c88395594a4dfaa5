"""A login made of a token that was given beforehand, by an environment variable or a file."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any, Final, cast

from tui.ports.azure import AzureToken
from tui.ports.errors import LoginError

_MEND: Final = "`az account get-access-token --query accessToken --output tsv` gives one"


class GivenLogin:
    """Reads the token with `read` each time, so that one that was put in its place is found. Shows it to nobody.

    `read` gives an empty text where there is none; it may raise LoginError itself. `is_of_azure` knows the tokens that
    Azure's own login issued: no other goes to Azure.
    """

    def __init__(
        self, read: Callable[[], str], is_of_azure: Callable[[str], bool], *, clock: Callable[[], float] = time.time
    ) -> None:
        self._read = read
        self._is_of_azure = is_of_azure
        self._clock = clock

    async def token(self, scope: str) -> AzureToken:
        """The token, whatever `scope` is. Raises LoginError where it is none of Azure's, or has ended."""
        value = self._read().strip()
        if not value:
            raise LoginError(f'auth = "token", but no token is given: {_MEND}')
        claims = _claims(value)
        expires_at = claims.get("exp")
        if not self._is_of_azure(value) or not isinstance(expires_at, int | float):
            raise LoginError(f"the token that is given is none of Azure's, but a registry's own or a password: {_MEND}")
        if expires_at <= self._clock():
            raise LoginError(f"the token that is given has ended: {_MEND}")
        return AzureToken(value, float(expires_at))


def _claims(token: str) -> dict[str, Any]:
    """What a JSON web token says of itself (RFC 7519); empty where it cannot be read. Nothing is verified."""
    body = token.split(".")[1] if token.count(".") == 2 else ""
    try:
        claims: Any = json.loads(base64.urlsafe_b64decode(body.encode("ascii") + b"=" * (-len(body) % 4)))
    except (ValueError, RecursionError):  # includes UnicodeError, binascii.Error and json.JSONDecodeError
        return {}
    return cast("dict[str, Any]", claims) if isinstance(claims, dict) else {}
