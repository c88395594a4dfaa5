"""What a hostile image may say of itself: markup, escapes, turned-around text, and far too much of everything."""

from collections.abc import Mapping
from typing import Final

_DESCRIPTION: Final = "[@click=app.quit]nightly[/] backups\x1b]0;taken over\x07 \x1b[31mand more"
"""A click action in markup, the terminal's title, its colour."""
_MANY: Final = 150
_LONG: Final = 20_000

HOSTILE_LABELS: Final[Mapping[str, str]] = {
    "org.opencontainers.image.description": _DESCRIPTION,
    "org.opencontainers.image.title": "[bold red on white]backup[/bold red on white] [/nothing] [link=x:y]here[/link]",
    "org.opencontainers.image.authors": "ops\u202e)elpmaxe.live(\u2066 <nobody@example.invalid>\u2069\u200b\u2028",
    "org.opencontainers.image.documentation": "https://docs.example/" + "long/" * (_LONG // 5),
    "org.opencontainers.image.vendor": "\x1b]52;c;ZWNobyBoaQ==\x07\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "[@click=app.quit]key[/]": "a key that is markup",
    "\x1b[2J\x1b[Hkey": "a key that clears the screen",
    "\u202eyek": "a key that runs backwards",
    "lines": "one\r\ntwo\n\n\n\tthree\x00four\x7f\x9b31m",
    "zalgo": "b\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307" * 40,
    **{f"example.backup.schedule.{number:03}": f"cron({number})" for number in range(_MANY)},
}
"""Labels; all of them are printed by a careless program."""

HOSTILE_ENV: Final[Mapping[str, str]] = {
    "BANNER": "\x1b[5m[@click=app.quit]=backup=[/]\x1b[0m",
    "NAME\u202e": "\u202etxt.exe",
    "LONG": "x" * 5_000,
    "EMPTY": "",
}
"""Variables; one has markup, one runs backwards, one does not end, one has no value."""
