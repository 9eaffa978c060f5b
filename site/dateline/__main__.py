"""The command line, started: nothing heavy is imported before it is known what is asked for."""

from __future__ import annotations

import gc
import os
import sys
import time

TYPE_CHECKING = False  # as of typing, which is slow to import
if TYPE_CHECKING:
    from dateline.quiet import Look


def main() -> None:
    """Run the command line and leave with its exit code."""
    nothing, looked = spared(sys.argv[1:])
    code = 0 if nothing else _run(sys.argv[1:], looked)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError:  # no room to say it: the exit code does
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    if _plain(sys.argv[1:])[1]:  # a plain build has closed what it opened: the rest goes with the process
        os._exit(code)
    gc.freeze()  # to look through it all for rubbish first takes 20 ms and more
    sys.exit(code)


def spared(arguments: list[str]) -> tuple[bool, Look | None]:
    """Tell a plain ``build`` that has nothing to do, and say so: a fifth of a second without any import.

    What was seen comes with the answer: nobody need look again.
    """
    root, words = _plain(arguments)
    if not words or "SOURCE_DATE_EPOCH" in os.environ:
        return False, None
    from dateline import quiet

    begun = time.perf_counter()
    same, seen = quiet.nothing_to_do(root, f"{root}/build", _asked(words), time.time(), os.environ.items(), alone=True)
    if same is not None and not words & _QUIET:
        seconds = time.perf_counter() - begun
        print(f"built 0 of {same.total} files in {seconds:.2f} s ({same.last})", flush=True)  # noqa: T201 - it speaks here
    return same is not None, seen


def _run(arguments: list[str], looked: Look | None) -> int:
    """Do what is asked for; a plain ``build`` after bodies were edited without the command line proper."""
    root, words = _plain(arguments)
    if words and looked is not None:
        gc.disable()  # modules that are imported make no rubbish, and a saved body hardly any
        from dateline.plainly import retouched

        quiet, ingest = bool(words & _QUIET), "--no-ingest" not in words
        code = retouched(root, _asked(words), looked, quiet=quiet, ingest=ingest)
        if code is not None:
            return code
        gc.enable()
    from dateline.cli import run

    return run(arguments, looked)


_QUIET = frozenset({"-q", "--quiet"})


def _plain(arguments: list[str]) -> tuple[str, set[str]]:
    """Take ``[--root DIR] [-q] build [-q] [--no-ingest]`` apart; anything else is for the command line proper."""
    rest = list(arguments)
    root = rest[1] if rest[:1] == ["--root"] and len(rest) > 1 else "."
    rest = rest[2:] if rest[:1] == ["--root"] else rest
    words = set(rest)
    if "build" not in words or len(words) != len(rest) or not words <= {*_QUIET, "build", "--no-ingest"}:
        return root, set()
    if rest.index("build") > 1 or (rest[0] != "build" and rest[0] not in _QUIET):
        return root, set()
    return root, words


def _asked(words: set[str]) -> str:
    from dateline import quiet

    return quiet.asked(ingest="--no-ingest" not in words)


if __name__ == "__main__":
    main()
