"""Scopes: what a token allows, as the token specification that registries share writes it.

A scope is `repository:NAME:pull,push` or `registry:catalog:*`. Azure Container Registry adds `metadata_read` and
`metadata_write`, and asks for the former where tags are listed, on `/v2` too (seen in the recordings that its own
SDKs are tested with).
"""

from collections.abc import Iterable, Mapping
from typing import Final

from aiohttp import web

from tui.sandbox.paths import route_of

Scope = tuple[str, str, str]
"""Kind, name and a single action, such as `("repository", "shop/api", "pull")`."""

CATALOG: Final[Scope] = ("registry", "catalog", "*")

_ACTIONS: Final = {"GET": ("pull",), "HEAD": ("pull",), "DELETE": ("delete",)}
_CHANGES: Final = ("pull", "push")
_METADATA: Final = {"PATCH": "metadata_write", "DELETE": "delete"}
_METADATA_ROUTES: Final = frozenset({"tags", "acr-repository", "acr-tags", "acr-tag", "acr-manifests", "acr-manifest"})


def written(scopes: Iterable[Scope]) -> str:
    """`scopes` as a challenge names them: the actions on one thing together, the things apart by spaces."""
    return " ".join(f"{kind}:{name}:{','.join(found)}" for (kind, name), found in by_thing(scopes).items())


def by_thing(scopes: Iterable[Scope]) -> Mapping[tuple[str, str], list[str]]:
    """The actions of `scopes` by the thing they are for, its kind and name."""
    actions: dict[tuple[str, str], list[str]] = {}
    for kind, name, action in scopes:
        actions.setdefault((kind, name), []).append(action)
    return actions


def read(texts: Iterable[str]) -> list[Scope]:
    """The scopes in what a client sent; what is none is left out."""
    parts = [part.rsplit(":", 1) for text in texts for part in text.split()]
    things = [(part[0].partition(":"), part[1]) for part in parts if len(part) > 1]
    return [(kind, name, action) for (kind, _, name), found in things for action in found.split(",") if name]


def needed(request: web.Request) -> list[Scope]:
    """The scopes that `request` needs in a registry of the token specification."""
    if route_of(request) in {"catalog", "acr-catalog"}:
        return [CATALOG]
    name = request.match_info.get("name")
    if name is None:
        return []
    actions = _CHANGES if route_of(request) == "upload" else _ACTIONS.get(request.method, _CHANGES)
    source = request.query.get("from") if "mount" in request.query else None
    scopes = [("repository", name, action) for action in actions]
    return [*scopes, ("repository", source, "pull")] if source else scopes


def needed_by_azure(request: web.Request) -> list[Scope]:
    """The scopes that `request` needs in Azure Container Registry."""
    if route_of(request) in _METADATA_ROUTES:
        return [("repository", request.match_info["name"], _METADATA.get(request.method, "metadata_read"))]
    return needed(request)
