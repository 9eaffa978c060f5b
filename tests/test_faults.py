"""What went wrong once and must not again: faults found by trying to break the command line."""

from __future__ import annotations

from click.testing import CliRunner

from dateline import cli


def test_check_is_a_command_of_the_desk() -> None:
    done = CliRunner().invoke(cli.main, ["check", "--help"])
    assert done.exit_code == 0
    assert "--external" in done.output
