"""Help: every key of the focused pane, searchable, and each can be run from here."""

from collections.abc import Iterable, Sequence
from typing import ClassVar, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.keys import format_key
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

_UNGROUPED: Final = "Keys"
_KEY_WIDTH: Final = 14
_WORDS: Final = "why a cell differs"


class HelpScreen(ModalScreen[str | None]):
    """Lists `bindings` by their group; gives the action chosen with Enter, or None.

    `title` stands on the frame. `legend` explains the signs, `words` the words of the board: each with its meaning,
    found by the search as well and scrolled with the actions.
    """

    CSS_PATH = "../panes.tcss"
    AUTO_FOCUS = "#help-search"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "close", "Close"),
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Previous", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
    ]

    def __init__(
        self,
        bindings: Sequence[Binding],
        legend: str = "",
        words: Sequence[tuple[str, str]] = (),
        *,
        title: str = "help",
    ) -> None:
        super().__init__()
        self._title = title
        self._words = words
        self._legend = legend
        self._entries = tuple(entries(bindings))

    def compose(self) -> ComposeResult:
        """The search above the list, and how to leave below."""
        with Vertical(id="help", classes="dialog") as frame:
            frame.border_title = self._title
            yield Input(placeholder="search", id="help-search")
            yield OptionList(id="help-list", markup=False)
            yield Static("Enter runs what is marked, arrows move, Esc closes", classes="dialog--hint", markup=False)

    def on_mount(self) -> None:
        """Shows everything."""
        self._fill("")

    @on(Input.Changed, "#help-search")
    def _searched(self, event: Input.Changed) -> None:
        self._fill(event.value)

    @on(Input.Submitted, "#help-search")
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        option = self._list.highlighted_option
        if option is not None and option.id is not None:
            self.dismiss(option.id)

    @on(OptionList.OptionSelected)
    def _selected(self, event: OptionList.OptionSelected) -> None:
        if event.option.id is not None:
            self.dismiss(event.option.id)

    def action_close(self) -> None:
        """Nothing is to be run."""
        self.dismiss(None)

    def action_page(self, step: int) -> None:
        """Scrolls, to what is only read as well."""
        if step > 0:
            self._list.scroll_page_down(animate=False)
        else:
            self._list.scroll_page_up(animate=False)

    def action_move(self, step: int) -> None:
        """Moves the mark while the search keeps the focus."""
        if step > 0:
            self._list.action_cursor_down()
        else:
            self._list.action_cursor_up()

    @property
    def _list(self) -> OptionList:
        return self.query_one("#help-list", OptionList)

    def _fill(self, search: str) -> None:
        words = search.lower().split()
        found = [entry for entry in self._entries if all(word in entry.haystack for word in words)]
        self._list.clear_options()
        if self._legend and _holds(self._legend, words):
            self._list.add_option(Option(Content(self._legend), disabled=True))
        self._list.add_options(_options(found))
        self._list.add_options(_explanations([item for item in self._words if _matches(item, words)]))
        self._list.action_first()


def _matches(item: tuple[str, str], words: Sequence[str]) -> bool:
    return _holds(f"{_WORDS} {' '.join(item)}", words)


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(word in text.lower() for word in words)


def _explanations(words: Sequence[tuple[str, str]]) -> Iterable[Option]:
    """What the words of the board mean; these are read, there is nothing to run."""
    if words:
        yield Option(Content.styled(_WORDS, "bold underline"), disabled=True)
    for word, meaning in words:
        yield Option(Content.assemble((f"{word:>{_KEY_WIDTH}}  ", "bold"), meaning))


class Entry:
    """An action with all its keys."""

    __slots__ = ("action", "description", "group", "haystack", "keys")

    def __init__(self, bindings: Sequence[Binding]) -> None:
        first = bindings[0]
        self.action = first.action
        self.description = first.tooltip or first.description
        self.group = first.group.description if first.group else _UNGROUPED
        self.keys = " ".join(item.key_display or format_key(key) for item in bindings for key in item.key.split(","))
        self.haystack = f"{self.keys} {self.description} {first.description} {self.group}".lower()


def entries(bindings: Iterable[Binding]) -> Iterable[Entry]:
    """One entry for each action that is described, in order of first mention within groups."""
    by_action: dict[str, list[Binding]] = {}
    for binding in bindings:
        if binding.description and not binding.system:
            by_action.setdefault(binding.action, []).append(binding)
    found = [Entry(items) for items in by_action.values()]
    groups = list(dict.fromkeys(entry.group for entry in found))
    return sorted(found, key=lambda entry: groups.index(entry.group))


def _options(found: Iterable[Entry]) -> Iterable[Option]:
    group = ""
    for entry in found:
        if entry.group != group:
            group = entry.group
            yield Option(Content.styled(group, "bold underline"), disabled=True)
        yield Option(Content.assemble((f"{entry.keys:>{_KEY_WIDTH}}  ", "bold"), entry.description), id=entry.action)
