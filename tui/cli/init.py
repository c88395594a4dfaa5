"""`windlass init`: find registries or take those that are named, propose a promotion path, and write it down."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Final

from tui.cli.commands_starting import InitCommand
from tui.cli.confirm import Ask, ask_keyboard
from tui.cli.exits import Exit, UsageError
from tui.cli.init_choice import choose
from tui.cli.init_file import create, destination, replace
from tui.cli.init_finding import Find, ask_places, find_all, named
from tui.cli.init_text import Draft, settings_text
from tui.cli.notices import notice_lines
from tui.cli.output import Console
from tui.cli.running import run_until_signalled
from tui.domain.discovery import FoundRegistry, arrange, propose, unused
from tui.domain.notices import Notice
from tui.ports.azure import RegistryFinder
from tui.ports.errors import LoginError, RegistryError, WindlassError
from tui.settings.model import AuthMethod, AzureSettings

_NOTHING: Final = "nothing was written"
_BY_NAME: Final = "name them instead, the base first: `windlass init REGISTRY REGISTRY …`"


def run_init(command: InitCommand, console: Console) -> Exit:
    """Finds registries and writes a settings file in the current directory. Raises UsageError."""
    folder = Path.cwd()
    azure = azure_settings(command, folder)

    def find() -> AbstractAsyncContextManager[RegistryFinder]:
        from tui.wiring.azure import open_finder

        return open_finder(AuthMethod(command.auth), azure, lambda notice: _tell(notice, console))

    work = init(command, azure, console, find, destination(command, folder))
    return run_until_signalled(work, console, _NOTHING)


def azure_settings(command: InitCommand, folder: Path) -> AzureSettings:
    """What `command` says of Azure; a relative path starts at `folder`. Raises UsageError."""
    ca = str(folder / Path(command.ca).expanduser()) if command.ca else None
    if ca is not None and not Path(ca).is_file():
        raise UsageError(f"--ca: there is no file {ca}")
    return AzureSettings(command.tenant, command.subscriptions, command.arm, ca)


def _tell(notice: Notice, console: Console) -> None:
    for line in notice_lines(notice):
        console.say(line)


async def init(
    command: InitCommand, azure: AzureSettings, console: Console, find: Find, file: Path, ask: Ask = ask_keyboard
) -> Exit:
    """Proposes the settings and writes them to `file`. Raises UsageError, LoginError, RegistryError."""
    draft = await _draft(command, azure, console, find, ask)
    if not draft.path:
        console.say(f"no registry was chosen; {_NOTHING}")
        return Exit.REFUSED
    text = settings_text(draft)
    if not await _is_wanted(command, text, console, file, ask):
        return Exit.REFUSED
    (replace if command.overwrites else create)(file, text)
    console.say(f"wrote {file}; `windlass` opens the board, `windlass status` prints it")
    return Exit.DONE


async def _draft(command: InitCommand, azure: AzureSettings, console: Console, find: Find, ask: Ask) -> Draft:
    if command.registries:
        return _draft_of(command.registries, command, azure)
    is_asked = console.can_ask and not command.is_confirmed
    try:
        found = await find_all(find, console)
    except (LoginError, RegistryError) as error:
        if not is_asked:
            raise WindlassError(f"{error}; or {_BY_NAME}") from error
        console.say(f"no registries could be found: {error}")
        return _draft_of(await ask_places(console, ask), command, azure)
    if not is_asked:
        return _proposal(found, command, azure)
    if not found:
        console.say("this login can see no registry; `az account list` shows its subscriptions")
        return _draft_of(await ask_places(console, ask), command, azure)
    path = await choose(found, console, ask)
    return Draft(path, AuthMethod(command.auth), azure, unused(found, path))


def _draft_of(places: tuple[str, ...], command: InitCommand, azure: AzureSettings) -> Draft:
    prefixes = named(places)
    if len(prefixes) < len(places):
        raise UsageError("a registry is named twice; two environments in one registry need a prefix each: HOST/prefix/")
    return Draft(arrange(tuple(prefixes)), AuthMethod(command.auth), azure, prefixes=prefixes)


def _proposal(found: tuple[FoundRegistry, ...], command: InitCommand, azure: AzureSettings) -> Draft:
    """What names alone suggest. Raises UsageError where that is nothing."""
    path = propose(found)
    if not path:
        why = "none of them is called like a stage (base, dev, test, prod)" if found else "the login can see none"
        raise UsageError(f"no registry to propose: {why}; {_BY_NAME}")
    return Draft(path, AuthMethod(command.auth), azure, unused(found, path))


async def _is_wanted(command: InitCommand, text: str, console: Console, file: Path, ask: Ask) -> bool:
    """True where the file may be written as shown. Where nobody can be asked, it goes to stdout instead."""
    if command.is_confirmed:
        return True
    if not console.can_ask:
        console.document(text.rstrip("\n"))
        console.say(f"{_NOTHING}, as nobody can be asked here; --yes writes this to {file}")
        return False
    for line in ("", *text.splitlines()):
        console.say(line)
    is_wanted = (await ask(console, f"{_verb(file)} {file}? [y/N]")).strip().lower() in {"y", "yes"}
    if not is_wanted:
        console.say(_NOTHING)
    return is_wanted


def _verb(file: Path) -> str:
    return "replace" if file.exists() else "write"
