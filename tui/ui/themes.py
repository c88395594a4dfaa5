"""The themes: dark, light, the terminal's own colours, and high contrast."""

from typing import Any, Final

from textual.app import App
from textual.theme import BUILTIN_THEMES, Theme

DARK: Final = "dark"
_THEMES: Final = (
    Theme(
        name=DARK,
        primary="#4aa3df",
        secondary="#7fb7be",
        accent="#d7a65f",
        warning="#e5b567",
        error="#f07178",
        success="#8bc891",
        foreground="#d8dee4",
        background="#101418",
        surface="#161b21",
        panel="#20272f",
        dark=True,
    ),
    Theme(
        name="light",
        primary="#0b5cad",
        secondary="#2f6f73",
        accent="#8a5a00",
        warning="#8a5a00",
        error="#b3261e",
        success="#1b6e33",
        foreground="#1b1f24",
        background="#fbfbf9",
        surface="#f2f2ee",
        panel="#e4e4de",
        dark=False,
    ),
    Theme(
        name="high contrast",
        primary="#00d7ff",
        secondary="#ffffff",
        accent="#ffff00",
        warning="#ffff00",
        error="#ff8080",
        success="#80ff80",
        foreground="#ffffff",
        background="#000000",
        surface="#000000",
        panel="#303030",
        dark=True,
        luminosity_spread=0.3,
    ),
)
_TERMINAL: Final = frozenset({"ansi-dark", "ansi-light"})


def install(app: App[Any]) -> None:
    """Gives `app` these themes and no others. Without colours, the terminal's own are used: none at all."""
    for theme in _THEMES:
        app.register_theme(theme)
    app.theme = "ansi-dark" if app.no_color else DARK
    for name in BUILTIN_THEMES.keys() - _TERMINAL - {theme.name for theme in _THEMES}:
        app.unregister_theme(name)
