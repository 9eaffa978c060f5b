"""A URL (``s3://bucket/prefix``) -> what lies there: names, sizes, tags, and the bytes of a few at a time.

Whatever fsspec can open will do. Nothing is believed of it: a listing gives names as they are, and bytes are no
more than the listing said.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from msgspec import Struct

from dateline.errors import DatelineError, SettingsError, printable

AT_ONCE = 10  # as many connections as botocore keeps open
PAUSES = (0.5, 2.0)  # seconds before something is tried again
_MOMENTS = ("mtime", "LastModified", "modified", "updated", "last_modified", "created")


class Held(Struct, frozen=True):
    """What a listing says of one object. Equal *tags* mean equal bytes; nobody knows where there is none."""

    size: int
    tag: str


class Bucket:
    """A prefix of an object store, for one look at it. Neither a listing nor a file takes longer than *seconds*.

    Raises ``SettingsError`` where the package for *url* is missing or nobody knows such a URL.
    """

    def __init__(self, url: str, seconds: float) -> None:
        self.name = printable(re.sub(r"//[^/@]*@", "//", url))  # a password in it is nobody's business
        self._seconds = seconds
        try:
            from fsspec.asyn import get_loop
            from fsspec.core import url_to_fs

            self._fs, path = url_to_fs(url, use_listings_cache=False, skip_instance_cache=True)
        except ImportError as error:
            raise SettingsError("content.url", f"{self.name} needs a package: {error}", _EXTRA) from None
        except ValueError as error:
            raise SettingsError("content.url", f"{self.name}: {error}", 'write it as "s3://bucket/prefix"') from None
        self._loop = self._fs.loop if self._fs.async_impl else get_loop()
        self._at = path.rstrip("/")

    def listing(self) -> dict[str, Held]:
        """Name all that lies there, below the prefix. One request a thousand objects. Raises ``DatelineError``."""
        try:
            found = self._run(self._patiently(self._listed))
        except Exception as error:  # noqa: BLE001 - every store has errors of its own
            raise DatelineError(
                self.name,
                f"cannot be listed: {_reason(error, self._seconds)}",
                "content/ stays as it is, and the next build asks again",
            ) from None
        start = f"{self._at.lstrip('/')}/"  # some stores begin their names with a slash, some do not
        return {
            name.lstrip("/").removeprefix(start): Held(about.get("size") or 0, _tag(about))
            for name, about in found.items()
            if about.get("type") == "file"
            and not about.get("islink")
            and name.lstrip("/").startswith(start)
            and not name.endswith("/")
        }

    def fetch(self, sizes: Mapping[str, int]) -> dict[str, bytes | str]:
        """Fetch objects of known *sizes*, several at once; a text in the place of bytes says what was wrong.

        What is gone is left out. What is of another size by now is wrong, and no more than a byte of it is read.
        """

        async def all_of_them() -> list[bytes | BaseException]:
            gate = asyncio.Semaphore(AT_ONCE)
            return await asyncio.gather(*(self._one(*it, gate) for it in sizes.items()), return_exceptions=True)

        found: dict[str, bytes | str] = {}
        for (name, size), got in zip(sizes.items(), self._run(all_of_them()), strict=True):
            if isinstance(got, bytes):
                found[name] = got if len(got) == size else "changed while it was fetched"
            elif not isinstance(got, FileNotFoundError):
                found[name] = _reason(got, self._seconds)
        return found

    async def _listed(self) -> dict[str, dict[str, Any]]:
        """List by the store's own way, else folder by folder: fsspec's leaves out folders that it cannot read."""
        from fsspec.asyn import AsyncFileSystem
        from fsspec.spec import AbstractFileSystem

        base, verb = (AsyncFileSystem, "_find") if self._fs.async_impl else (AbstractFileSystem, "find")
        if getattr(type(self._fs), verb) is not getattr(base, verb):
            return dict(await self._call("find", self._at, detail=True))
        found = {}
        folders = [self._at]
        while folders:
            at = folders.pop()
            for about in await self._call("ls", at, detail=True):
                name = about["name"].rstrip("/")
                if about["type"] != "directory":
                    found[name] = about
                elif name != at:
                    folders.append(name)
        return found

    async def _one(self, name: str, size: int, gate: asyncio.Semaphore) -> bytes:
        if not size:
            return b""  # stores refuse to give a range of nothing
        async with gate:
            path = f"{self._at}/{name}"
            return bytes(await self._patiently(lambda: self._call("cat_file", path, start=0, end=size + 1)))

    async def _patiently(self, ask: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Ask again after a pause, but not for what is not there or not ours, and not for ever."""

        async def asked() -> Any:
            for pause in PAUSES:
                try:
                    return await ask()
                except (FileNotFoundError, PermissionError):
                    raise
                except Exception:  # noqa: BLE001 - every store has errors of its own
                    await asyncio.sleep(pause)
            return await ask()

        return await asyncio.wait_for(asked(), self._seconds)

    async def _call(self, verb: str, *args: Any, **options: Any) -> Any:
        if self._fs.async_impl:
            return await getattr(self._fs, f"_{verb}")(*args, **options)
        return await asyncio.to_thread(getattr(self._fs, verb), *args, **options)

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Wait for fsspec's own thread, so that Ctrl-C ends the waiting at once."""
        from fsspec.asyn import sync

        return sync(self._loop, lambda: work)


_EXTRA = "pip install 'dateline[remote]'"


def _tag(about: Mapping[str, Any]) -> str:
    """Name the state of an object: its ETag, else its moment; with its size."""
    mark = about.get("ETag") or about.get("etag") or next((about[key] for key in _MOMENTS if about.get(key)), "")
    return f"{mark} {about.get('size')}" if mark else ""


def _reason(error: BaseException, seconds: float) -> str:
    if isinstance(error, TimeoutError):
        return f"no answer within {seconds:g} s"
    return f"{error}" or type(error).__name__
