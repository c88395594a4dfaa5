"""A sign-in service on loopback: what azure-identity asks of Microsoft Entra ID for a device code, over TLS."""

import base64
import datetime
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

SECRET = "eyJhbGciOiJub25lIn0.c2VjcmV0.c2lnbmF0dXJl"
_CLIENT = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"


@dataclass(slots=True)
class Entra:
    """Answers questions about one code with `pending` until told otherwise."""

    error: str = "authorization_pending"
    description: str = "AADSTS70016: OAuth 2.0 device flow error. Authorization is pending."
    seconds: int = 900
    codes: int = 0
    refreshed: int = 0
    polls: int = 0
    scopes: list[str] = field(default_factory=list)

    def sign_in(self) -> None:
        """Somebody enters the code."""
        self.error = ""

    def refuse(self, error: str, description: str) -> None:
        """The sign-in ends like this."""
        self.error, self.description = error, description

    async def answer(self, request: web.Request) -> web.Response:
        """Every path."""
        origin = str(request.url.origin()) + "/organizations"
        if request.path.endswith("openid-configuration"):
            paths = {"authorization_endpoint": "authorize", "token_endpoint": "token", "issuer": "v2.0"}
            devices = {"device_authorization_endpoint": f"{origin}/devicecode"}
            return web.json_response({key: f"{origin}/{path}" for key, path in paths.items()} | devices)
        form = await request.post()
        if request.path.endswith("devicecode"):
            return self._code()
        self.scopes.append(str(form.get("scope")))
        if form.get("grant_type") == "refresh_token":
            self.refreshed += 1
            return self._token()
        self.polls += 1
        if self.error:
            return web.json_response({"error": self.error, "error_description": self.description}, status=400)
        return self._token()

    def _code(self) -> web.Response:
        self.codes += 1
        address = "https://microsoft.com/devicelogin"
        code = {"user_code": f"CODE{self.codes}", "device_code": "d", "verification_uri": address}
        return web.json_response(code | {"expires_in": self.seconds, "interval": 1, "message": "open the page"})

    def _token(self) -> web.Response:
        now = int(time.time())
        claims = {"sub": "s", "oid": "o", "tid": "t", "preferred_username": "x@y", "aud": _CLIENT}
        claims |= {"iss": "https://127.0.0.1/t/v2.0", "iat": now, "exp": now + 3600}
        told = {"access_token": SECRET, "refresh_token": "r", "token_type": "Bearer", "expires_in": 3600}
        told |= {"id_token": f"{_part({'alg': 'none'})}.{_part(claims)}.x"}
        return web.json_response(told | {"client_info": _part({"uid": "o", "utid": "t"})})


def certificate(room: Path, *names: str) -> tuple[ssl.SSLContext, str]:
    """A server's context for 127.0.0.1 and `names`, and the PEM file that vouches for it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    day = datetime.timedelta(days=1)
    holders = [x509.IPAddress(ip_address("127.0.0.1")), *map(x509.DNSName, names)]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - day, now + day)
        .add_extension(x509.SubjectAlternativeName(holders), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, private = room / "ca.pem", room / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    form = serialization.PrivateFormat.PKCS8
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, private)
    return context, str(pem)


def _part(claims: Mapping[str, object]) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
