"""Every key, in one table. Each has an id, by which the settings can give it other keys."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding

MOVING: Final = "move"
CHOOSING: Final = "filter, sort, mark"
DOING: Final = "look, copy, promote"
PANES: Final = "panes"
APPLICATION: Final = "application"
GROUPS: Final = (DOING, CHOOSING, PANES, APPLICATION, MOVING)


@dataclass(frozen=True, slots=True)
class Key:
    """One action with its keys (as Textual names them, separated by commas) and what help calls it."""

    id: str
    keys: str
    action: str
    text: str
    group: str
    label: str = ""
    """What the last line calls it, for those that stand there."""
    acts_first: bool = False
    """True for a key that acts before any other gets it. After some the next ones go elsewhere, however fast they are
    typed or pasted: otherwise the letters of a filter would be taken for keys of the board. Others are the
    application's, and are to work in a dialog as well, but where a text is typed they are characters of it."""

    def binding(self) -> Binding:
        """The binding that Textual works with."""
        return Binding(
            self.keys,
            self.action,
            self.text,
            show=False,
            priority=self.acts_first,
            id=self.id,
            group=Binding.Group(self.group),
        )


MATRIX: Final = (
    Key("cursor.up", "up,k", "row(-1)", "up", MOVING),
    Key("cursor.down", "down,j", "row(1)", "down", MOVING),
    Key("cursor.left", "left,h", "column(-1)", "left", MOVING),
    Key("cursor.right", "right,l", "column(1)", "right", MOVING),
    Key("cursor.page_up", "pageup", "page(-1)", "a page up", MOVING),
    Key("cursor.page_down", "pagedown", "page(1)", "a page down", MOVING),
    Key("cursor.top", "home,g", "edge(-1)", "first row", MOVING),
    Key("cursor.bottom", "end,G", "edge(1)", "last row", MOVING),
    Key("cell.inspect", "enter", "inspect", "inspect the cell (reads only)", DOING, "Inspect"),
)
"""Keys of the matrix."""

REPOSITORIES: Final = (
    Key("repositories.up", "up,k", "move(-1)", "repository above", MOVING),
    Key("repositories.down", "down,j", "move(1)", "repository below", MOVING),
    Key("repositories.page_up", "pageup", "page(-1)", "a page up", MOVING),
    Key("repositories.page_down", "pagedown", "page(1)", "a page down", MOVING),
    Key("repositories.top", "home,g", "edge(-1)", "all repositories", MOVING),
    Key("repositories.bottom", "end,G", "edge(1)", "last repository", MOVING),
    Key("repositories.enter", "enter", "leave", "to its tags", MOVING),
)
"""Keys of the repository list."""

FILTER: Final = (
    Key("filter.keep", "enter,down,tab", "keep", "keep the filter, back to the board", CHOOSING, acts_first=True),
    Key("filter.clear", "escape", "clear", "clear the filter", CHOOSING, acts_first=True),
)
"""Keys of the filter line."""

BROWSER: Final = (
    Key(
        "board.filter",
        "slash",
        "filter",
        "filter: words, !word, prod:drift, prod:moved, commit:…",
        CHOOSING,
        "Filter",
        acts_first=True,
    ),
    Key("board.drift", "d", "only_drift", "only drift", CHOOSING, "Drift"),
    Key("board.origin", "b", "origin", "build and commit: show or hide the column", CHOOSING),
    Key("drift.next", "n", "drift(1)", "next drift", MOVING),
    Key("drift.previous", "N", "drift(-1)", "previous drift", MOVING),
    Key("mark.toggle", "space", "mark", "mark the row", CHOOSING),
    Key("mark.range", "v", "mark_range", "mark a range: once at each end", CHOOSING),
    Key("mark.all", "asterisk", "mark_all", "mark all that the filter shows", CHOOSING),
    Key("mark.none", "u", "mark_none", "unmark all", CHOOSING),
    Key("sort.cycle", "o", "sort", "sort by the cursor's column, or by tag again", CHOOSING),
    Key("sort.reverse", "O", "reverse", "reverse the order", CHOOSING),
    *(
        Key(f"sort.{number}", str(number), f"sort_by({number})", f"sort by environment {number}", CHOOSING)
        for number in range(1, 10)
    ),
)
"""Keys that choose what is shown and marked, wherever on the board the focus is."""

PANES_KEYS: Final = (
    Key("log.focus", "L", "log", "to the log", PANES),
    Key("log.toggle", "backslash", "toggle_log", "hide or show the log", PANES),
    Key("log.shrink", "minus", "log_height(-2)", "smaller log", PANES),
    Key("log.grow", "equals_sign", "log_height(2)", "larger log", PANES),
    Key("pane.grow", "plus", "pane(2)", "larger focused pane", PANES),
    Key("pane.shrink", "underscore", "pane(-2)", "smaller focused pane", PANES),
)
"""Keys that give the panes their room."""

BOARD: Final = (
    Key("cell.promote", "p", "promote", "plan a promotion to the cursor's column (writes nothing)", DOING, "Promote"),
    Key("cell.compare", "c", "compare", "compare with the base, or two marked rows", DOING),
    Key("cell.history", "H", "history", "history of the tag, and of all promotions", DOING),
    Key("board.summary", "S", "summary", "summary of the board", DOING),
    Key("cell.copy", "y", "copy", "copy the reference, digest, pull command or JSON", DOING, "Copy"),
    Key("cell.lock", "K", "change_lock(True)", "lock the cell's tag (asks first)", DOING),
    Key("cell.unlock", "U", "change_lock(False)", "unlock the cell's tag (asks first)", DOING),
    Key("cell.approve", "A", "approve", "approve of promoting the cell's image on (asks first)", DOING),
    Key("promotion.undo", "z", "undo", "undo the last promotion (plans or asks first)", DOING),
    Key("promotion.resume", "Z", "resume", "go on with interrupted promotions", DOING),
    Key("board.follow", "F", "follow", "follow: promote new tags by itself, on (asks first) or off", DOING),
    Key("board.refresh", "r", "refresh_shown", "read again what is shown", DOING),
    Key("board.refresh_all", "R", "refresh_all", "read everything again", DOING),
    Key("board.read_only", "exclamation_mark", "read_only", "read-only on or off", DOING),
    Key("log.jobs", "J", "jobs", "what is transferring", PANES),
    Key("board.back", "escape", "back", "back; clear the filter", MOVING),
)
"""Keys of the board, wherever on it the focus is."""

APP: Final = (
    Key("cell.menu", "x", "menu", "menu of what can be done here", APPLICATION),
    Key("app.help", "question_mark,f1", "help", "help, searchable", APPLICATION, "Help"),
    Key("app.palette", "colon", "command_palette", "every action by name", APPLICATION),
    Key("app.sign_in", "C", "copy_sign_in_code", "copy the code of the sign-in", APPLICATION, acts_first=True),
    Key("app.theme", "comma", "change_theme", "theme: dark, light, ansi, high contrast", APPLICATION),
    Key("app.quit", "q", "quit", "quit", APPLICATION),
)
"""Keys of the application."""

SHEET: Final = (
    Key("sheet.up", "up,k", "move(-1)", "a line up", MOVING),
    Key("sheet.down", "down,j", "move(1)", "a line down", MOVING),
    Key("sheet.page_up", "pageup", "page(-1)", "a page up", MOVING),
    Key("sheet.page_down", "pagedown,space", "page(1)", "a page down", MOVING),
    Key("sheet.top", "home,g", "edge(-1)", "to the top", MOVING),
    Key("sheet.bottom", "end,G", "edge(1)", "to the bottom", MOVING),
)
"""Keys of what is read line by line."""

COMPARE: Final = (
    Key("compare.close", "escape,q", "close", "back to the board", DOING, "Close"),
    Key("compare.right", "t", "change_right", "compare with the next environment", DOING, "Right side"),
    Key("compare.left", "T", "change_left", "compare from the next environment", DOING, "Left side"),
    Key("compare.swap", "s", "swap", "swap the sides", DOING, "Swap"),
    Key("compare.copy", "y", "copy", "copy the comparison as text", DOING, "Copy"),
    Key("compare.again", "r", "read_again", "read both sides again", DOING, "Read again"),
)
"""Keys of the comparison of two images."""

HISTORY: Final = (
    Key("history.close", "escape,q", "close", "back to the board", DOING, "Close"),
    Key("history.open", "enter", "open", "every event of the chosen promotion", DOING, "Events"),
    Key("history.filter", "slash", "filter", "filter the lines: words, !word", CHOOSING, "Filter", acts_first=True),
    Key("history.all", "a", "change_scope", "this tag, the repository, all promotions", CHOOSING, "Scope"),
    Key("history.undo", "z", "undo", "undo the chosen promotion (plans or asks first)", DOING, "Undo"),
    Key("history.copy", "y", "copy", "copy the digest of the chosen line", DOING),
    Key("history.export", "e", "export", "write what is shown to a JSON file", DOING),
    Key("history.verify", "v", "verify", "verify that the journal is as it was written", DOING),
    Key("history.again", "r", "read_again", "read the journal again", DOING),
)
"""Keys of the history."""

PROMOTION: Final = (
    Key("promotion.close", "escape,q", "close", "back to the history", DOING, "Close"),
    Key("promotion.copy", "y", "copy", "copy the id of the promotion", DOING, "Copy the id"),
)
"""Keys of one promotion's events."""

INTERRUPTED: Final = (
    Key("interrupted.close", "escape,q", "close", "later: it is offered again", DOING, "Later"),
    Key("interrupted.one", "enter", "go_on", "plan to go on with the chosen one (writes nothing)", DOING, "Go on"),
    Key("interrupted.all", "a", "go_on_with_all", "plan to go on with all (writes nothing)", DOING, "All"),
    Key("interrupted.forget", "f", "forget", "forget the chosen one (asks first)", DOING, "Forget"),
)
"""Keys of what was interrupted."""

READING: Final = (Key("reading.help", "question_mark,f1", "app.help", "help, searchable", APPLICATION, "Help"),)
"""Keys of every screen that is read: the application's own do not reach there."""

SUMMARY: Final = (
    Key("summary.close", "escape,q", "close", "back to the board", DOING, "Close"),
    Key("summary.markdown", "m", "write_markdown", "write a report as Markdown", DOING, "Markdown report"),
    Key("summary.html", "h", "write_html", "write a report as HTML", DOING, "HTML report"),
    Key("summary.again", "r", "count_again", "count the board as it is now", DOING, "Count again"),
)
"""Keys of the summary of the board."""

COMMON: Final = (*BROWSER, *PANES_KEYS, *BOARD, *APP)
"""Keys that work from every pane of the board."""

_SCREENS: Final = (COMPARE, HISTORY, PROMOTION, INTERRUPTED, SUMMARY)
"""The keys of each screen that is read line by line."""

ALL: Final = (*MATRIX, *REPOSITORIES, *FILTER, *COMMON, *SHEET, *READING, *(key for keys in _SCREENS for key in keys))

PLACES: Final = (
    (*MATRIX, *COMMON),
    (*REPOSITORIES, *COMMON),
    *((*SHEET, *READING, *keys) for keys in _SCREENS),
)
"""The keys that can be reached at a time."""

RESUME: Final = "Z"
"""The key that the reminder of what was interrupted names."""

FOOTER: Final = ("cell.inspect", "cell.promote", "board.filter", "board.drift", "cell.copy", "app.help")
"""The ids of the keys on the last line: at most six have room in 80 columns."""


def bindings(keys: Iterable[Key]) -> list[Binding]:
    """The bindings of `keys`."""
    return [key.binding() for key in keys]
