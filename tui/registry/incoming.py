"""One answer as it arrives: its head, the chunks of its body, and whether what follows can be trusted to be the next.

The grammar is llhttp's (RFC 9112), at its strictest: two lengths, bare line feeds and the like are no HTTP. Each answer
has a parser of its own, so that no rest of one is ever the beginning of the next.
"""

from typing import Final

from httptools import HttpParserError, HttpResponseParser

from tui.registry.limits import KIB
from tui.registry.unreached import HeadTooLarge, NotHttp

HEAD_LIMIT: Final = 64 * KIB
"""Bytes of an answer that are no body: status lines and headers, of interim answers and trailers too."""
_FRAME: Final = 16
"""Bytes of those that each chunk of a body may have besides: its size, and the ends of two lines."""
_BARE: Final = frozenset({"HEAD", "CONNECT"})
_END: Final = b"\r\n\r\n"
_SWITCHING: Final = 101
_BAD: Final = 400


class Incoming:
    """The answer to a request with `method`. Methods that begin with `on_` are for the parser."""

    __slots__ = (
        "_is_bare",
        "_is_body_open",
        "_is_interim",
        "_is_kept",
        "_is_surplus",
        "_length",
        "_parser",
        "_size",
        "_tail",
        "chunks",
        "has_begun",
        "has_head",
        "held",
        "is_complete",
        "pairs",
        "status",
    )

    def __init__(self, method: str) -> None:
        self.status = 0
        self.pairs: list[tuple[bytes, bytes]] = []
        """The headers. Trailers are none (RFC 9110, section 6.5.1), and are dropped."""
        self.chunks: list[bytes] = []
        """What came of the body and was not taken yet."""
        self.held = 0
        """Bytes in `chunks`."""
        self.has_begun = False
        self.has_head = False
        self.is_complete = False
        self._is_bare = method in _BARE
        self._is_body_open = False
        self._is_interim = False
        self._is_kept = False
        self._is_surplus = False
        self._length: int | None = None
        self._size = 0
        self._tail = b""
        """The last bytes of a head that has no end yet, which may come in two packets."""
        self._parser: HttpResponseParser | None = HttpResponseParser(self)

    @property
    def is_last(self) -> bool:
        """True where no other answer can come on this connection."""
        return self._is_surplus or not self._is_kept or not self.is_complete

    @property
    def is_followed(self) -> bool:
        """True where more came than it is."""
        return self._is_surplus

    @property
    def left(self) -> int | None:
        """Bytes of the body that are still to come; None where its end alone will say how many."""
        return self._length

    def pass_by(self, count: int) -> None:
        """Counts bytes of the body that were read past this, `left` at most."""
        if self._length is not None:
            self._length -= count
            if not self._length:
                self._finish()

    def feed(self, data: bytes) -> None:
        """Reads what arrived. Raises NotHttp."""
        self.has_begun = True
        if self._parser is None:
            self._is_surplus = True
            return
        self._size += len(data)
        try:
            self._parser.feed_data(data)
        except HttpParserError:
            if not self.is_complete:
                raise NotHttp from None
            self._is_surplus = True
        if self._size > HEAD_LIMIT and not self._is_surplus:
            raise self._taken_back(HeadTooLarge())
        if not self.has_head:
            self._tail = (self._tail + data)[-len(_END) :]
        elif self._is_bare and not (self._tail + data).endswith(_END):
            self._is_surplus = True  # the parser takes what follows for a body, and a part of one tells nothing
        if self._is_surplus and self._is_bare and self.status == _BAD:
            # A body after a HEAD: so answers, in plain http, what wants to be spoken to in TLS.
            raise self._taken_back(NotHttp())
        if self.is_complete:
            self._finish()

    def end(self) -> None:
        """The other side says no more: the end of a body whose length was not said."""
        if self.has_head and self._is_body_open:
            self.is_complete = True
        self._parser = None

    def take(self) -> bytes:
        """What came of the body since the last time."""
        chunks, self.chunks, self.held = self.chunks, [], 0
        return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def take_into(self, room: memoryview) -> int:
        """Moves as much of that as there is room for: how many bytes."""
        body = self.take()
        count = min(len(body), len(room))
        room[:count] = body[:count]
        if count < len(body):
            self.chunks, self.held = [body[count:]], len(body) - count
        return count

    def on_message_begin(self) -> None:
        if self.has_head:
            self._is_surplus = True

    def on_header(self, name: bytes, value: bytes) -> None:
        if not self.has_head:
            self.pairs.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        parser = self._parser
        if parser is None or self._is_surplus:
            return
        self.status = parser.get_status_code()
        if self.status < 200:
            self._is_interim = True
            if self.status == _SWITCHING:
                raise NotHttp  # nobody asked for another protocol
            return
        self.has_head = True
        self._is_kept = parser.should_keep_alive() or (self._is_bare and self._stays_open(parser.get_http_version()))
        self._length = next((int(value) for name, value in self.pairs if name == b"content-length"), None)
        self._is_body_open = self._length is None and all(name != b"transfer-encoding" for name, _ in self.pairs)
        self.is_complete = self._is_bare

    def on_chunk_header(self) -> None:
        self._size -= _FRAME
        if self.is_complete:
            self._is_surplus = True

    def on_body(self, body: bytes) -> None:
        if self.is_complete:
            self._is_surplus = True
        else:
            count = len(body)
            self.chunks.append(body)
            self.held += count
            self._size -= count
            if self._length is not None:
                self._length -= count

    def on_message_complete(self) -> None:
        if self._is_interim:
            self._is_interim = False
            self.pairs.clear()
        else:
            self.is_complete = True

    def _taken_back(self, error: NotHttp) -> NotHttp:
        """`error`, for which what came is no answer, though it may be here whole."""
        self.has_head = self.is_complete = False
        return error

    def _finish(self) -> None:
        self.is_complete = True
        self._parser = None  # it holds this, and only the collector of cycles would free both

    def _stays_open(self, version: str) -> bool:
        """For the parser, what has no length ends with the connection; a bare answer needs none."""
        said = b",".join(value for name, value in self.pairs if name == b"connection")
        return version == "1.1" and b"close" not in said.lower()
