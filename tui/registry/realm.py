"""Who may issue a registry's tokens, and so see its credentials (oras-go CVE-2026-48978, go-containerregistry #2193).

The realm is whatever the registry's answer says, and an answer can be forged by whoever stands behind one repository
or one mirror. So it has to be the registry's own host or one that is known to belong to it, without userinfo, and in
https unless the registry itself is spoken to in http.
"""

import ipaddress

from tui.registry.endpoint import Endpoint
from tui.registry.urls import RefusedUrl, Url


def checked_realm(realm: str, endpoint: Endpoint) -> Url:
    """The realm in `realm`. Raises RefusedUrl, which says what is wrong with it."""
    try:
        url = Url.parse(realm)
    except RefusedUrl as error:
        raise RefusedUrl(f"it names {error} as its token service") from None
    if url.scheme != "https" and not endpoint.plain_http:
        raise RefusedUrl("it names a token service in plain http")
    if url.host not in endpoint.realms:
        where = "a private address" if _is_private(url.host) else url.host
        raise RefusedUrl(f"it names a token service on another host ({where}), which would see the credentials")
    return url


def exchange_place(realm: Url, endpoint: Endpoint) -> Url:
    """Where an Azure token is exchanged: on the registry itself. Raises RefusedUrl where its `realm` is elsewhere.

    A password opens one registry and an Azure token opens all of them, so that it goes to no other origin whatever,
    another port of the same host included.
    """
    if realm.origin != endpoint.root.origin:
        raise RefusedUrl(f"it names a token service at {realm.authority}, to which the Azure login is not shown")
    return endpoint.root.at("/oauth2/exchange")


def _is_private(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
