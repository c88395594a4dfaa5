"""The signs of the board, in Unicode and in plain letters; each stands beside a word or a digest, never alone."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Glyphs:
    """One set of signs, each one cell wide."""

    same: str
    differs: str
    missing: str
    extra: str
    loading: str
    error: str
    unknown: str
    absent: str
    locked: str
    meant: str
    cursor: str
    mark: str
    rule: str
    refresh: str
    rising: str
    falling: str
    is_ascii: bool = False

    def text(self, text: str) -> str:
        """`text` with the signs that this application writes itself replaced, where only ASCII may be shown."""
        return text.translate(_PLAIN) if self.is_ascii else text

    @property
    def legend(self) -> str:
        """What each sign in a cell means."""
        return (
            f"{self.same} same as the base   {self.differs} differs   {self.missing} missing   {self.extra} extra   "
            f"{self.loading} loading   {self.error} error   {self.unknown} unknown   {self.absent} not there either   "
            f"{self.locked} after it: locked, nobody moves the tag until it is unlocked   "
            f"{self.meant} after it: has the commit or build that the filter asks for"
        )


PATH_SIGN: Final = " → "
_PLAIN: Final = {
    ord("▲"): "^",
    ord("→"): "->",
    ord("…"): "~",
    ord("·"): "-",
    ord("≠"): "D",
    ord("–"): "-",
    ord("✓"): "OK",
    ord("✗"): "X",
}

UNICODE: Final = Glyphs(
    same="=",
    differs="≠",
    missing="·",
    extra="+",
    loading="…",
    error="!",
    unknown="?",
    absent="–",
    locked="⊠",
    meant="◂",
    cursor="▸",
    mark="●",
    rule="│",
    refresh="⟳",
    rising="↑",
    falling="↓",
)

ASCII: Final = Glyphs(
    same="S",
    differs="D",
    missing="M",
    extra="X",
    loading="L",
    error="E",
    unknown="U",
    absent="-",
    locked="#",
    meant="<",
    cursor=">",
    mark="*",
    rule="|",
    refresh="@",
    rising="^",
    falling="v",
    is_ascii=True,
)
