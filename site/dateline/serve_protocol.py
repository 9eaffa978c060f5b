"""uvicorn's HTTP/1.1, bounded: a head that is too long or too slow is refused, a stop does not wait for open streams."""

from __future__ import annotations

import asyncio
from asyncio.events import TimerHandle
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 64 * 1024  # bytes of request line and header fields that arrive in pieces
PATIENCE = 15.0  # seconds for a whole request head, from the connection or the last answer on


class BoundedProtocol(HttpToolsProtocol):
    """A connection may hold at most 64 kB of an unfinished head, for at most 15 seconds.

    uvicorn alone bounds neither: 300 clients that send a byte now and then would stay for ever.
    """

    _timer: TimerHandle | None = None
    _pending = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody came in: the clock runs."""
        super().connection_made(transport)
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """Somebody left: the clock stops."""
        self._heard()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        """A request begins, perhaps a later one of the same connection."""
        super().on_message_begin()
        if self._timer is None:
            self._expect()

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._heard()
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        """Bytes came in; count those of a head that is not whole yet."""
        super().data_received(data)
        if self._timer is not None:
            self._pending += len(data)
            if self._pending > LONGEST_HEAD:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def _expect(self) -> None:
        self._pending = 0
        self._timer = self.loop.call_later(PATIENCE, self._refuse, HTTPStatus.REQUEST_TIMEOUT)

    def _heard(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _refuse(self, status: HTTPStatus) -> None:
        self._heard()
        if self.transport is None or self.transport.is_closing():
            return
        if self._pending:  # a connection that never asked anything gets no answer
            self.transport.write(
                f"HTTP/1.1 {status.value} {status.phrase}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".encode()
            )
        self.transport.close()


class QuietServer(uvicorn.Server):
    """uvicorn without its own signals, messages and ten wake-ups a second: whoever runs it says when to end."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None], on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start
        self._on_stop = on_stop
        self._ended = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to the command line: it decides what Ctrl-C means."""
        yield

    async def main_loop(self) -> None:
        """Sleep until ``end``."""
        self._loop = asyncio.get_running_loop()
        self._on_start()
        if not self.should_exit:
            await self._ended.wait()

    def end(self) -> None:
        """Ask the server to stop; from any thread, at any time, any number of times."""
        self.should_exit = True
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._ended.set)

    async def shutdown(self, sockets: Any = None) -> None:  # noqa: ARG002 - uvicorn's signature; we listen on our own
        """Close the doors, end the event streams, give downloads half a second, then break off."""
        for server in self.servers:
            server.close()
        self._on_stop()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(10):
            if not self.server_state.connections and not self.server_state.tasks:
                return
            await asyncio.sleep(0.05)
        for connection in list(self.server_state.connections):
            connection.transport.abort()  # its task sees the end at its next send
        await asyncio.sleep(0.05)
