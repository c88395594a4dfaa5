"""What the parsers of all commands are made of: kinds of arguments, and the options that several take."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from collections.abc import Callable
from typing import TypeVar

from tui.domain.reference import Repository, Tag, parse_repository, parse_repository_tag

T = TypeVar("T")


def told(parse: Callable[[str], T]) -> Callable[[str], T]:
    """`parse` with its ValueError told as it is, which argparse would hide."""

    def checked(text: str) -> T:
        try:
            return parse(text)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from error

    return checked


def glob(text: str) -> str:
    """A pattern for names of repositories, or one such name. Raises InvalidName."""
    return text if any(mark in text for mark in "*?[") else parse_repository(text)


def pattern(text: str) -> re.Pattern[str]:
    """A regular expression. Raises ValueError."""
    try:
        return re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error


def place(text: str) -> tuple[Repository, Tag | None]:
    """A repository, or one tag of it. Raises InvalidName."""
    return parse_repository_tag(text) if ":" in text else (parse_repository(text), None)


def add_images(parser: ArgumentParser) -> None:
    """One image and more, by their names on the board: `images`."""
    image = told(parse_repository_tag)
    parser.add_argument("images", nargs="+", type=image, metavar="REPO:TAG", help="the image, by its name on the board")


def add_narrowing(parser: ArgumentParser) -> None:
    """The repositories to look at: `repo`, a list, empty for all."""
    what = "only these repositories; may repeat"
    parser.add_argument("--repo", action="append", default=[], type=told(glob), metavar="GLOB", help=what)


def add_tag_filter(parser: ArgumentParser) -> None:
    """The tags to look at: `tag`, a regular expression or None."""
    parser.add_argument("--tag", type=told(pattern), metavar="RE", help="only tags in which this is found")


def add_json(parser: ArgumentParser) -> None:
    """`json`, of those who print one document."""
    parser.add_argument("--json", action="store_true", help="one JSON document")
