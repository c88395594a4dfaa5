"""An access token in the shape of Azure's, for stand-ins that ask nobody whether it is one. It opens nothing."""

import base64
import json
from collections.abc import Mapping
from typing import Final

_END_OF_2099: Final = 4_102_444_799
_HEADER: Final = {"typ": "JWT", "alg": "none"}
SAMPLE_PERSON: Final = "operator@contoso.example"
"""Whose token it is where nobody else is named."""
SECOND_PERSON: Final = "second.operator@contoso.example"
"""Somebody else, as an approval takes two."""

_SIGNATURE: Final = "c2FtcGxlLW9mLXdpbmRsYXNzLWRlbW8"
"""Says who made it, as no signature would be checked."""


def sample_token(tenant: str, audience: str, person: str = SAMPLE_PERSON) -> str:
    """A token of `person` for `audience` issued by `tenant`, good until the end of 2099."""
    claims = {
        "aud": audience,
        "iss": f"https://sts.windows.net/{tenant}/",
        "tid": tenant,
        "upn": person,
        "exp": _END_OF_2099,
    }
    return f"{_part(_HEADER)}.{_part(claims)}.{_SIGNATURE}"


def is_sample_token(text: str) -> bool:
    """Whether `text` is a token that was made here."""
    return text.strip().endswith(f".{_SIGNATURE}")


def _part(claims: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
