"""Which form the JSON documents have."""

from typing import Final

SCHEMA: Final = 1
