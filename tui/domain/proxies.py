"""Which proxy a request goes through, and which hosts are asked directly.

`no_proxy` is read as Go reads it (golang.org/x/net/http/httpproxy), as Docker, crane and skopeo are written in it:
names, which mean their subdomains too; `.name` and `*.name`, which mean these alone; addresses; networks as
`10.0.0.0/8`; `*`, which is all. `:port` may follow a name or an address. (For curl, `.name` is `name` as well.)
"""

from collections.abc import Callable, Mapping

from tui.domain.loopback import is_loopback


def proxy_for(
    scheme: str, host: str, port: int | None, proxies: Mapping[str, str], is_bypassed: Callable[[str], bool]
) -> str | None:
    """The URL of the proxy; None where there is none, `host` is this machine, or an exception. No `port` is the usual.

    `proxies` are those by scheme, and as `no` the exceptions that the environment names; where it names none, those
    of the system are asked for with `is_bypassed`. Both are as in `urllib.request`.
    """
    proxy = proxies.get(scheme)
    if not proxy or is_loopback(f"[{host}]" if ":" in host else host):
        return None
    port = port or (443 if scheme == "https" else 80)
    is_direct = is_excepted(host, port, proxies["no"]) if "no" in proxies else is_bypassed(host)
    return None if is_direct else proxy


def is_excepted(host: str, port: int, no_proxy: str) -> bool:
    """True where one of the exceptions in `no_proxy`, which commas part, means `host` and `port`."""
    entries = [entry.strip().lower() for entry in no_proxy.split(",")]
    return any(_means(entry, host.lower(), port) for entry in entries if entry)


def _means(entry: str, host: str, port: int) -> bool:
    if entry == "*":
        return True
    if "/" in entry:
        return _is_within(host, entry)
    name, wanted = _split(entry)
    if not name or wanted not in {"", str(port)}:
        return False
    if name.startswith((".", "*.")):
        return host.endswith(name.removeprefix("*"))
    return host == name or host.endswith(f".{name}") or (":" in name and _is_within(host, name))


def _split(entry: str) -> tuple[str, str]:
    """Host and port, which may be empty; an IPv6 address that a port follows stands in brackets."""
    if entry.startswith("["):
        host, _, rest = entry[1:].partition("]")
        return host, rest.removeprefix(":")
    host, _, port = entry.partition(":")
    return (entry, "") if ":" in port else (host, port)


def _is_within(host: str, network: str) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
