from pathlib import Path

import pytest

from tui.ports.errors import LoginError
from tui.settings.model import TokenSource
from tui.settings.tokens import read_token


def test_a_token_comes_from_the_named_variable_without_white_space() -> None:
    assert read_token(TokenSource("MY_TOKEN"), {"MY_TOKEN": " abc\n"}) == "abc"


def test_a_file_is_read_anew_each_time(tmp_path: Path) -> None:
    source = TokenSource(file=str(tmp_path / "token"))
    (tmp_path / "token").write_text("first\n")
    assert read_token(source, {}) == "first"
    (tmp_path / "token").write_text("second\n")
    assert read_token(source, {}) == "second"


@pytest.mark.parametrize("env", [{}, {"WINDLASS_TOKEN": " "}])
def test_a_missing_token_is_told_with_its_variable(env: dict[str, str]) -> None:
    with pytest.raises(LoginError, match="set the environment variable WINDLASS_TOKEN"):
        read_token(TokenSource(), env)


def test_a_missing_file_is_told_with_its_name(tmp_path: Path) -> None:
    with pytest.raises(LoginError, match=r"nowhere cannot be read: No such file"):
        read_token(TokenSource(file=str(tmp_path / "nowhere")), {})


def test_an_empty_file_is_no_token(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("\n")
    with pytest.raises(LoginError, match="write it into"):
        read_token(TokenSource(file=str(tmp_path / "token")), {})


def test_a_huge_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(b"x" * 1_000_000)
    assert len(read_token(TokenSource(file=str(tmp_path / "token")), {})) == 64 * 1024
