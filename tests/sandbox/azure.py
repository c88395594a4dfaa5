"""A login at a registry of Azure's kind, step by step over plain HTTP, and a clock that only a test moves."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import aiohttp


class Clock:
    """Seconds, as `now` says."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


async def service(client: aiohttp.ClientSession) -> str:
    """The name by which the registry calls itself: its `host:port`."""
    async with client.get("/v2/") as response:
        return response.url.authority


async def refresh_token(client: aiohttp.ClientSession, azure_token: str = "azure") -> str:
    """A refresh token for an Azure token."""
    form = {"grant_type": "access_token", "service": await service(client), "access_token": azure_token}
    async with client.post("/oauth2/exchange", data=form) as response:
        assert response.status == 200, await response.text()
        return (await response.json())["refresh_token"]


async def access_token(client: aiohttp.ClientSession, scope: str, azure_token: str = "azure") -> str:
    """An access token for an Azure token."""
    refresh = await refresh_token(client, azure_token)
    form = {"grant_type": "refresh_token", "service": await service(client), "scope": scope, "refresh_token": refresh}
    async with client.post("/oauth2/token", data=form) as response:
        assert response.status == 200, await response.text()
        return (await response.json())["access_token"]


async def bearer(client: aiohttp.ClientSession, scope: str, azure_token: str = "azure") -> dict[str, str]:
    """The Authorization header that `scope` needs."""
    return {"Authorization": f"Bearer {await access_token(client, scope, azure_token)}"}


async def reader(client: aiohttp.ClientSession, repository: str = "shop/api") -> dict[str, str]:
    """The Authorization header of one who may read, lock and delete in `repository`, and list the catalog."""
    scopes = f"repository:{repository}:pull,push,delete,metadata_read,metadata_write registry:catalog:*"
    return await bearer(client, scopes)


def basic(user: str, password: str) -> dict[str, str]:
    """An Authorization header of RFC 7617."""
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def claims(token: str) -> Mapping[str, Any]:
    """What a token says of itself."""
    part = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
