"""The settings file that `windlass init` proposes, as text. Pure."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tui.domain.azure import is_azure
from tui.domain.discovery import FoundRegistry, Proposed, Stage
from tui.domain.text import clean
from tui.settings.model import AuthMethod, AzureSettings

_HEAD: Final = """\
# Written by `windlass init`. The environments stand in the order that images travel; the first is the base.
# Secrets do not stand in this file: they come from the login that `auth` names.
"""
_LOGINS: Final = {
    AuthMethod.AZURE_CLI: "the login of `az login`",
    AuthMethod.AZURE_DEFAULT: "environment variables, a managed identity or `az login`, whichever is there",
    AuthMethod.AZURE_DEVICE_CODE: "asks you to open a page and to enter a code",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What the file is to say. `prefixes` has those of the registries in `path` that have one."""

    path: tuple[Proposed, ...]
    auth: AuthMethod
    azure: AzureSettings
    unused: tuple[FoundRegistry, ...] = ()
    prefixes: Mapping[FoundRegistry, str] | None = None


def settings_text(draft: Draft) -> str:
    """The whole file."""
    prefixes = draft.prefixes or {}
    tables = (_environment(each, prefixes.get(each.registry, ""), draft.auth) for each in draft.path)
    parts = (_repositories(draft.path), _azure(draft.azure), *tables, _unused(draft.unused))
    return "\n".join((_HEAD, *("".join(f"{line}\n" for line in part) for part in map(tuple, parts) if part)))


def _repositories(path: Sequence[Proposed]) -> Iterator[str]:
    hidden = [clean(each.registry.host, 200) for each in path if each.registry.has_repository_permissions]
    if hidden:
        yield f"# {', '.join(hidden)}: rights are given for single repositories (ABAC), so the list of all of them"
        yield "# may be refused. Name those to show:"
        yield '# repositories = ["shop/api", "shop/web"]'
    else:
        yield '# repositories = ["shop/*"]    # which to show; without it all that the registries list'


def _azure(azure: AzureSettings) -> Iterator[str]:
    if azure == AzureSettings():
        return
    yield "[azure]"
    if azure.tenant:
        yield f"tenant = {quoted(azure.tenant)}"
    if azure.subscriptions:
        yield f"subscriptions = [{', '.join(map(quoted, azure.subscriptions))}]    # no others are looked through"
    if azure.arm:
        yield f"arm = {quoted(azure.arm)}    # Azure Resource Manager"
    if azure.ca:
        yield f"ca = {quoted(azure.ca)}"


def _environment(proposed: Proposed, prefix: str, auth: AuthMethod) -> Iterator[str]:
    registry = proposed.registry
    yield "[[environment]]"
    yield f"name = {quoted(proposed.name)}"
    yield f"registry = {quoted(registry.host)}{_origin(registry)}"
    if prefix:
        yield f"prefix = {quoted(prefix)}    # what its repositories have in front of their names here"
    yield from _login(registry, auth)
    if proposed.stage is Stage.PROD:
        yield "protected = true    # wants its name typed before anything is promoted to it"


def _login(registry: FoundRegistry, auth: AuthMethod) -> Iterator[str]:
    """An Azure login for Azure's hosts alone: to show it to another is for the reader to decide."""
    if is_azure(registry.host):
        yield f"auth = {quoted(auth)}    # {_LOGINS[auth]}"
        return
    if registry.resource_id:
        yield 'kind = "acr"'
    yield 'auth = "docker"    # what `docker login` stored, or nobody in particular'
    if registry.resource_id:
        yield "# This host is none of Azure's. To show it the login all the same, which imports by Azure need:"
        yield f"# auth = {quoted(auth)}"
        yield "# send_azure_token = true"


def _origin(registry: FoundRegistry) -> str:
    if not registry.resource_id:
        return ""
    told = f"{registry.name}, resource group {registry.resource_group}, subscription {registry.subscription}"
    return f"    # {clean(told, 300)}"


def _unused(registries: Sequence[FoundRegistry]) -> Iterator[str]:
    if registries:
        yield "# Found too, and not used:"
    for registry in registries:
        yield f"# registry = {quoted(registry.host)}{_origin(registry)}"


def quoted(text: str) -> str:
    """`text` as a basic string of TOML, whose escapes are those of JSON and which wants DEL escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")
