"""The built folder -> a preview on this machine: ``dateline serve``.

The socket, the address, the start and the end; what is answered is in ``serve_app``.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Mapping
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, TypeVar

from dateline.errors import SettingsError
from dateline.serve_app import STRICT, Desk, Log, Site
from dateline.serve_files import Folder

if TYPE_CHECKING:
    from dateline.livereload import LiveReload
    from dateline.serve_protocol import QuietServer

T = TypeVar("T")

PORT = 8000
TRIES = 10  # ports after a taken default
HANDED_ON = "DATELINE_LISTEN_FD"  # a restarted process goes on with the same socket: no tab meets a closed door
_BACKLOG = 2048


class Server:
    """One folder on one address. ``bind`` first: it says where; then ``run``, which returns when ``stop`` is called.

    *port_explicit*: the port was asked for, so another one will not do. *root_path* is the path of the
    site's address (``/`` or ``/news/``). *redirects* maps former addresses to present ones and may be
    a live view. *desk* gives a page for a path below ``/_desk/``. *log* takes one line a request.
    *policy* is sent with pages that bring no Content-Security-Policy of their own; "" sends none.
    """

    def __init__(
        self,
        folder: Path,
        host: str = "127.0.0.1",
        port: int = PORT,
        *,
        port_explicit: bool = False,
        root_path: str = "/",
        live: LiveReload | None = None,
        redirects: Mapping[str, str] | None = None,
        desk: Desk | None = None,
        log: Log | None = None,
        policy: str = STRICT,
    ) -> None:
        self._host = host
        self._port = port
        self._explicit = port_explicit
        self._root = root_path
        self._live = live
        local = _is_local(host)
        self.site = Site(
            Folder(folder),
            root_path=root_path,
            local=local,
            live=live,
            redirects=redirects,
            desk=desk,
            log=log,
            policy=policy,
        )
        self._socket: socket.socket | None = None
        self._server: QuietServer | None = None
        self._stopped = False
        self.ready = Event()

    def bind(self) -> str:
        """Take a port and return the address to click on: ``http://127.0.0.1:8000/``.

        A taken default port moves on by up to ten; ``moved`` then says so. Raises ``SettingsError`` where an
        explicit port is taken or forbidden, or the host is unknown. A socket handed on by a restart is used as it is.
        """
        if self._socket is None:
            self._socket = _handed_on() or self._listen()
        return self.address

    @property
    def address(self) -> str:
        """Where the site is; wildcard addresses are shown as loopback, since nobody can click on 0.0.0.0."""
        if self._socket is None:
            raise RuntimeError("bind() comes first")
        host, port = self._socket.getsockname()[:2]
        if ip_address(host).is_unspecified:
            host = "::1" if ":" in host else "127.0.0.1"
        return f"http://{f'[{host}]' if ':' in host else host}:{port}{self._root}"

    @property
    def moved(self) -> str:
        """A sentence where the default port was taken and another is used, else empty."""
        port = self._socket.getsockname()[1] if self._socket is not None else self._port
        return (
            ""
            if self._explicit or port == self._port or not self._port
            else f"port {self._port} is taken, using {port}"
        )

    def run(self) -> None:
        """Serve until ``stop``. Blocks; in any thread; handles no signals."""
        self.bind()
        asyncio.run(self._serve())

    def start(self) -> Thread:
        """``run`` in a thread of its own, already answering when this returns."""
        self.bind()
        thread = Thread(target=self.run, name="serve", daemon=True)
        thread.start()
        self.ready.wait(10)
        return thread

    def stop(self) -> None:
        """End within a second, whatever is open. From any thread or a signal handler, any number of times."""
        self._stopped = True
        if self._server is not None:
            self._server.end()

    def hand_on(self) -> None:
        """Keep the socket open over ``os.execv``, so that the restarted process answers where this one did."""
        if self._socket is not None:
            kept = os.dup(self._socket.fileno())
            os.set_inheritable(kept, True)
            os.environ[HANDED_ON] = str(kept)

    async def _serve(self) -> None:
        import uvicorn  # 80 ms that no other command should pay

        from dateline.serve_protocol import BoundedProtocol, QuietServer

        config = uvicorn.Config(
            self.site,
            http=BoundedProtocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            log_level="error",
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=15,
            backlog=_BACKLOG,
        )
        server = self._server = QuietServer(config, self.ready.set, self._closing)
        if self._stopped:
            return
        assert self._socket is not None
        # A copy: the event loop closes what it listens on, and a restart hands the original on.
        await server.serve(sockets=[self._socket.dup()])

    def _closing(self) -> None:
        if self._live is not None:
            self._live.close()

    def _listen(self) -> socket.socket:
        ports = [self._port] if self._explicit or not self._port else range(self._port, self._port + TRIES + 1)
        for port in ports:
            try:
                return _open(self._host, port)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise _refused(self._host, port, error) from None
        if self._explicit or not self._port:
            raise SettingsError(
                f"--port {self._port}", "another program uses this port", "end it, or name another port"
            )
        raise SettingsError(f"--port {self._port}", f"this port and the next {TRIES} are taken", "name a free port")

    def close(self) -> None:
        """Give the port back."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def greeting(address: str, seconds: float, pages: int, moved: str = "") -> str:
    """The first line of ``dateline serve``: where to click, how long the build took, how much there is."""
    noun = "page" if pages == 1 else "pages"
    return f"{address} · {pages} {noun} built in {seconds:.1f} s" + (f" ({moved})" if moved else "")


def _open(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


def _handed_on() -> socket.socket | None:
    """The listening socket of the process that this one replaces; None where there is none."""
    number = os.environ.pop(HANDED_ON, "")
    if not number.isdigit():
        return None
    try:
        os.set_inheritable(int(number), False)
        listener = socket.socket(fileno=int(number))
    except OSError:
        return None
    if listener.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN):
        return listener
    listener.close()
    return None


def _refused(host: str, port: int, error: OSError) -> SettingsError:
    if isinstance(error, socket.gaierror) or error.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
        return SettingsError(
            f"--host {host}", "is no address of this machine", "leave it out, or use 127.0.0.1 or 0.0.0.0"
        )
    if error.errno == errno.EACCES:
        return SettingsError(f"--port {port}", "only the administrator may use this port", "use one above 1023")
    return SettingsError(f"--port {port}", os.strerror(error.errno or 0), "name another port")


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def run(server: Server, work: Callable[[], T], *, after: Callable[[T | None], None] = lambda _end: None) -> T | None:
    """Serve while *work* runs (a watch, or waiting for ever); None where Ctrl-C, SIGTERM or SIGHUP ended it.

    The server has a thread of its own and *work* the main one, where signals arrive, a slow article can
    be stopped and workers may be forked. Ends within a second. *after* runs while the port is still held.
    """
    thread = server.start()
    end: T | None = None
    try:
        end = work()
    except KeyboardInterrupt:
        pass
    finally:
        server.stop()
        thread.join(2)
        after(end)
        server.close()
    return end


def forever() -> None:
    """What to do while only serving: nothing, without waking. Ends by a signal."""
    Event().wait()
