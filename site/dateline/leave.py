"""A command -> its exit code: what a user can cause is said in a sentence, never in a traceback.

0 done; 1 something of the user's is wrong (everything else was still done); 2 usage or settings; 130 interrupted
(143, 129 by SIGTERM, SIGHUP: 128 and the signal, as shells count).
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from dateline.errors import DatelineError, SettingsError, printable

if TYPE_CHECKING:
    from types import FrameType

OK, WRONG, USAGE, INTERRUPTED = 0, 1, 2, 130


def leave(work: Callable[[], int]) -> int:
    """Do *work*, told by signals when to stop; give its exit code, or that of whatever went wrong."""
    signals: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        signals.append(number)
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), stop)
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return work()
    except SettingsError as error:
        _say(str(error))
        return USAGE
    except DatelineError as error:
        _say(str(error))
        return WRONG
    except KeyboardInterrupt:
        _say("stopped; what was written stays, the next run goes on from here")
        return 128 + signals[0] if signals else INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone: nothing left to say, and nothing to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return OK
    except OSError as error:
        place = printable(str(error.filename)) if error.filename else "dateline"
        _say(f"{place}: {error.strerror or error} (mend it and run again)")
        return WRONG


def _say(text: str) -> None:
    from dateline.command import say  # few commands end here

    say(text)
