"""A login made of a token that was given beforehand, by an environment variable or a file."""

import time
from collections.abc import Callable
from typing import Final

from tui.domain.claims import claims_of, is_of_azure
from tui.ports.azure import AzureToken
from tui.ports.errors import LoginError

_MEND: Final = "`az account get-access-token --query accessToken --output tsv` gives one"


class GivenLogin:
    """Reads the token with `read` each time, so that one that was put in its place is found. Shows it to nobody.

    `read` gives an empty text where there is none; it may raise LoginError itself. Only what Azure's own login issued
    goes to Azure.
    """

    def __init__(self, read: Callable[[], str], *, clock: Callable[[], float] = time.time) -> None:
        self._read = read
        self._clock = clock

    async def token(self, scope: str) -> AzureToken:
        """The token, whatever `scope` is. Raises LoginError where it is none of Azure's, or has ended."""
        value = self._read().strip()
        if not value:
            raise LoginError(f'auth = "token", but no token is given: {_MEND}')
        expires_at = claims_of(value).get("exp")
        if not is_of_azure(value) or not isinstance(expires_at, int | float):
            raise LoginError(f"the token that is given is none of Azure's, but a registry's own or a password: {_MEND}")
        if expires_at <= self._clock():
            raise LoginError(f"the token that is given has ended: {_MEND}")
        return AzureToken(value, float(expires_at))
