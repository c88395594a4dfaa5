"""`windlass demo --serve`: the sample registries alone, and the settings to reach them with."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from tui.cli.exits import Exit, UsageError
from tui.cli.half_file import written_beside
from tui.cli.output import Console
from tui.cli.running import watched

_MODE: Final = 0o600
_TOKEN_FILE: Final = "azure-token"  # noqa: S105 - the name of a file, no secret
_SECOND_TOKEN_FILE: Final = "second-person-token"  # noqa: S105
_KEY_FILE: Final = "sample-signing.pub"
MARK: Final = "# Written by `windlass demo --serve`, which writes it anew each time."


def serve(folder: Path, seed: int, console: Console) -> Exit:
    """Serves the registries until SIGINT or SIGTERM, which is how it is meant to end. Raises UsageError."""
    with suppress(asyncio.CancelledError):
        asyncio.run(watched(_serve(folder, seed, console)))
    return Exit.DONE


async def _serve(folder: Path, seed: int, console: Console) -> Exit:
    from tui.sandbox.azure_token import SECOND_PERSON, is_sample_token, sample_token
    from tui.sandbox.hints import SETTINGS_HINTS, introduction
    from tui.sandbox.sample_key import public_key
    from tui.sandbox.samples import sample_world
    from tui.sandbox.server import serve as serve_world
    from tui.sandbox.server import settings_toml

    file = _place(folder)
    token_file = _place_own(file.with_name(_TOKEN_FILE), is_sample_token)
    second_file = _place_own(file.with_name(_SECOND_TOKEN_FILE), is_sample_token)
    key_file = _place_own(file.with_name(_KEY_FILE), lambda text: text == public_key())
    world = await asyncio.to_thread(sample_world, seed)
    async with serve_world(world) as running:
        _write(key_file, public_key())
        login = running.manager.tenant, f"{running.arm}/"
        _write(token_file, sample_token(*login) + "\n")
        _write(second_file, sample_token(*login, SECOND_PERSON) + "\n")
        head = f"{MARK}\n{introduction(file.name, _TOKEN_FILE, _SECOND_TOKEN_FILE)}"
        _write(file, f"{head}\n{settings_toml(running, token_file, SETTINGS_HINTS)}")
        told = {"config": str(file), "environments": dict(running.environments), "arm": running.arm}
        console.document(json.dumps(told))
        console.say("serving until terminated; Ctrl-C ends it")
        await asyncio.Event().wait()
    return Exit.DONE


def _place(folder: Path) -> Path:
    """Where the settings go: never over a file that somebody else wrote. Raises UsageError."""
    from tui.settings.place import FILE_NAME

    file = folder.absolute() / FILE_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_foreign = file.exists() and not file.read_bytes().startswith(MARK.encode())
    except OSError as error:
        raise UsageError(f"--dir {folder}: {error.strerror}") from error
    if is_foreign:
        raise UsageError(f"{file} was not written by this command and is left alone; name another --dir")
    return file


def _place_own(file: Path, is_sample: Callable[[str], bool]) -> Path:
    """Where something of the sample world goes: never over what is not a sample. Raises UsageError."""
    try:
        is_foreign = file.exists() and not is_sample(file.read_text(encoding="utf-8", errors="replace"))
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from error
    if is_foreign:
        raise UsageError(f"{file} was not written by this command and is left alone; name another --dir")
    return file


def _write(file: Path, text: str) -> None:
    """Writes at once or not at all, so that nobody reads half of it; only this user may read it."""
    try:
        with written_beside(file, text, _MODE) as half:
            half.replace(file)
    except OSError as error:
        raise UsageError(f"{file} cannot be written: {error.strerror}") from error
