"""Listening for webhooks: on this machine, and to nobody who does not show the secret."""

import asyncio
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import aiohttp
import pytest

from tui.notify.listener import listening
from tui.ports.errors import HookError

SECRET = "open sesame"


@dataclass(slots=True)
class Ear:
    """A listener, and how often it heard something."""

    address: str = ""
    heard: int = 0

    def hear(self) -> None:
        self.heard += 1

    async def post(self, authorization: str | None, path: str = "/", body: bytes = b"{}") -> int:
        headers = {} if authorization is None else {"Authorization": authorization}
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.address + path, data=body, headers=headers) as answer,
        ):
            return answer.status


@asynccontextmanager
async def listener() -> AsyncGenerator[Ear, None]:
    ear = Ear()
    async with listening(0, SECRET, ear.hear) as port:
        ear.address = f"http://127.0.0.1:{port}"
        yield ear


@pytest.mark.parametrize("path", ["/", "/hook", "/a/b?c=d"])
async def test_a_message_with_the_secret_is_heard_on_any_path(path: str) -> None:
    async with listener() as ear:
        assert await ear.post(f"Bearer {SECRET}", path) == 202
        assert ear.heard == 1


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
async def test_the_scheme_may_be_in_any_case(scheme: str) -> None:
    async with listener() as ear:
        assert await ear.post(f"{scheme} {SECRET}") == 202


async def test_a_secret_of_other_letters_is_compared_as_well() -> None:
    async with listening(0, "ключ", Ear().hear) as port:
        ear = Ear(f"http://127.0.0.1:{port}")
        assert (await ear.post("Bearer ключ"), await ear.post("Bearer ключи")) == (202, 401)


async def test_a_message_that_does_not_end_is_not_waited_for() -> None:
    ear = Ear()
    async with listening(0, SECRET, ear.hear, patience=0.05) as port:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = f"POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {SECRET}\r\nContent-Length: 9\r\n\r\n"
        writer.write(head.encode())
        assert b" 408 " in await reader.readline()
        writer.close()
    assert ear.heard == 0


@pytest.mark.parametrize("shown", [None, "", SECRET, "Bearer", "Bearer other", f"bearer {SECRET}x", "Basic Zm9v"])
async def test_nobody_else_is_heard(shown: str | None) -> None:
    async with listener() as ear:
        assert await ear.post(shown) == 401
        assert ear.heard == 0


async def test_a_message_that_is_too_long_is_not_heard() -> None:
    async with listener() as ear:
        assert await ear.post(f"Bearer {SECRET}", body=b"x" * 300_000) == 413
        assert ear.heard == 0


async def test_only_this_machine_can_reach_it() -> None:
    async with listener() as ear:
        port = int(ear.address.rpartition(":")[2])
        with socket.create_server(("127.0.0.2", port)):  # nothing listens on the other addresses
            pass


async def test_a_port_that_is_taken_is_said() -> None:
    async with listener() as ear:
        port = int(ear.address.rpartition(":")[2])
        with pytest.raises(HookError, match=f"cannot listen on 127.0.0.1:{port}: .*name another port with --listen"):
            async with listening(port, SECRET, ear.hear):
                pass
