"""Warnings of a registry, told once each and never acted upon (distribution specification, "Warnings")."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from tui.domain.notices import Notice, WarningReceived
from tui.registry.redact import redact

_WARNING: Final = re.compile(r'299\s+\S+\s+"((?:[^"\\]|\\.)*)"')
_ESCAPE: Final = re.compile(r"\\(.)")
_MOST: Final = 100
_SCANNED: Final = 4096


class Warnings:
    """The warnings already told; a registry that sends ever new ones is not listened to for ever."""

    def __init__(self, registry: str, observe: Callable[[Notice], None]) -> None:
        self._registry = registry
        self._observe = observe
        self._told: set[str] = set()

    def tell(self, headers: Iterable[str], secrets: Iterable[str]) -> None:
        """Tells of the warnings in `Warning` headers."""
        for header in headers:
            for match in _WARNING.finditer(header[:_SCANNED]):
                self.add(redact(_ESCAPE.sub(r"\1", match[1]), secrets))

    def add(self, text: str) -> None:
        """Tells of `text`, which is fit to show, unless it was told before."""
        if text not in self._told and len(self._told) < _MOST:
            self._told.add(text)
            self._observe(WarningReceived(self._registry, text))
