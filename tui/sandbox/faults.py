"""Faults that can be switched on while a registry runs: what networks, gateways and hostile registries do.

Each switch is a field of Faults; those that count are used up by the requests they hit. One middleware applies
them, but for the cutting off and the sending on, which happen where the bytes are.
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, cast

from aiohttp import web
from aiohttp.typedefs import Handler

from tui.sandbox.auth import TOKEN_ROUTES, unauthorised
from tui.sandbox.errors import Code, Refused, answer
from tui.sandbox.paths import route_of

_MINUTE: Final = 60.0
_BEYOND_ANY_MANIFEST: Final = 4 * 1024 * 1024
_PAGE: Final = "<!doctype html><title>Sign in</title><p>Please sign in to continue.</p>"

Countdown = Literal["throttled", "failing", "cut_off", "html"]


@dataclass(slots=True)
class Faults:
    """What goes wrong. Everything is off at first; set a field to switch it on, set it back to switch it off."""

    slow: float = 0.0
    """Seconds that every request waits."""
    jitter: float = 0.0
    """Seconds more that a request waits at most; the share varies from request to request, always the same way."""
    throttled: int = 0
    """The next so many requests are answered 429."""
    budget: int | None = None
    """Requests in a minute; the others are answered 429."""
    retry_after: int = 1
    """Seconds that `Retry-After` tells a throttled client to wait."""
    unauthorised: bool = False
    """Every request is answered 401, whatever it carries."""
    forbidden: set[str] = field(default_factory=set[str])
    """Repositories that are answered 403 DENIED."""
    failing: int = 0
    """The next so many requests are answered `failing_status`."""
    failing_status: int = 503
    """What a failing request is answered."""
    cut_off: int = 0
    """The connection of the next so many blob downloads and uploads is closed after `cut_after` bytes."""
    cut_after: int = 0
    """Bytes of a blob that pass before its connection is closed."""
    wrong_manifests: bool = False
    """Manifests come with other bytes than their digest says (GHSA-qv35-3gw6-8q4j)."""
    oversized_manifests: bool = False
    """Manifests come with more than 4 MiB."""
    html: int = 0
    """The next so many requests are answered an HTML page with status 200, as a captive portal does."""
    link_origin: str | None = None
    """An origin such as `https://elsewhere.example`, put before the path in every `Link`."""
    location_origin: str | None = None
    """An origin put before the path in every `Location`: of an upload, of what was pushed."""
    redirect_origin: str | None = None
    """An origin to which downloads of blobs are sent on by a 307, as registries do that keep blobs elsewhere.

    `Registry.blob_host` serves them there.
    """
    warning: str | None = None
    """A text that every answer carries as `Warning: 299 - "…"` (distribution specification, "Warnings")."""
    realm: str | None = None
    """The token realm that every challenge names, whoever that is."""
    catalog_missing: bool = False
    """The catalog is answered 404."""
    referrers_missing: bool = False
    """The referrers API is answered 404, and a push with a subject gets no `OCI-Subject`: an older registry."""
    _seen: int = field(default=0, init=False, repr=False)
    _window: tuple[float, int] = field(default=(0.0, 0), init=False, repr=False)

    def take(self, countdown: Countdown) -> bool:
        """Uses up one of the requests that `countdown` still hits. False if none is left."""
        left = cast("int", getattr(self, countdown))
        if left > 0:
            setattr(self, countdown, left - 1)
        return left > 0

    def delay(self) -> float:
        """Seconds that this request waits."""
        self._seen += 1
        return self.slow + self.jitter * (self._seen * 7 % 10) / 9

    def over_budget(self, now: float) -> bool:
        """Whether this request, `now` seconds on a clock, is one too many for its minute."""
        if self.budget is None:
            return False
        began, count = self._window
        self._window = (now, 1) if now - began >= _MINUTE or not count else (began, count + 1)
        return self._window[1] > self.budget


FAULTS: web.AppKey[Faults] = web.AppKey("faults", Faults)
CLOCK: web.AppKey[Callable[[], float]] = web.AppKey("clock")


def cut_after(request: web.Request) -> int | None:
    """Bytes of the blob that may pass before the connection is to be closed; uses up one of `cut_off`."""
    faults = request.app[FAULTS]
    return faults.cut_after if faults.take("cut_off") else None


@web.middleware
async def inject_faults(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Waits, refuses, redirects or falsifies, as the registry's Faults say."""
    faults, route = request.app[FAULTS], route_of(request)
    if delay := faults.delay():
        await asyncio.sleep(delay)
    refused = _refusal(faults, route, request)
    if refused is not None:
        return _named_realm(faults, answer(refused))
    if faults.take("html"):
        return web.Response(text=_PAGE, content_type="text/html")
    response = await handler(request)
    return _falsified(faults, route, request, response)


def _refusal(faults: Faults, route: str, request: web.Request) -> Refused | None:
    if faults.take("throttled") or faults.over_budget(request.app[CLOCK]()):
        headers = {"Retry-After": str(faults.retry_after)}
        return Refused(Code.TOOMANYREQUESTS, "too many requests", headers=headers)
    if faults.take("failing"):
        return Refused(Code.UNSUPPORTED, "the registry is out of order", status=faults.failing_status)
    if faults.unauthorised and route not in TOKEN_ROUTES:
        return unauthorised(request)
    if request.match_info.get("name") in faults.forbidden:
        return Refused(Code.DENIED, "requested access to the resource is denied")
    if (route in {"catalog", "acr-catalog"} and faults.catalog_missing) or (
        route == "referrers" and faults.referrers_missing
    ):
        return Refused(Code.UNSUPPORTED, "there is no such endpoint here", status=404)
    return None


def _falsified(faults: Faults, route: str, request: web.Request, response: web.StreamResponse) -> web.StreamResponse:
    headers = response.headers
    if faults.link_origin and "Link" in headers:
        headers["Link"] = headers["Link"].replace("<", f"<{faults.link_origin}", 1)
    if faults.location_origin and "Location" in headers:
        headers["Location"] = faults.location_origin + headers["Location"]
    pulled = (route, request.method, response.status) == ("manifest", "GET", 200)
    if pulled and isinstance(response, web.Response):
        response.body = _other_bytes(faults, response.body)
    return _named_realm(faults, response)


def _other_bytes(faults: Faults, body: object) -> bytes | None:
    if not isinstance(body, bytes):
        return None
    if faults.oversized_manifests:
        return json.dumps({"padding": " " * _BEYOND_ANY_MANIFEST}).encode()
    return body + b"\n" if faults.wrong_manifests else body


def _named_realm(faults: Faults, response: web.StreamResponse) -> web.StreamResponse:
    if faults.realm and response.status == 401:
        response.headers["WWW-Authenticate"] = f'Bearer realm="{faults.realm}",service="sandbox"'
    return response
