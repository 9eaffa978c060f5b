"""The command line, started: nothing heavy is imported before it is known what is asked for."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line and leave with its exit code."""
    from dateline.cli import run

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
