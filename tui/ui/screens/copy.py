"""The copy menu: whole values, each with a key, that stay on screen to be selected by hand as well."""

from collections.abc import Mapping

from textual.screen import ModalScreen


class CopyScreen(ModalScreen[tuple[str, str] | None]):
    """Offers `values` (label to value), each under its label's first letter; gives the chosen pair, or None."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__()
        self._values = dict(values)
