"""Runs a command so that an error of its user, of a shell or of a setting is one line and an exit code."""

import argparse
import sys
from collections.abc import Callable

from scrapy.commands import ScrapyCommand

from newsarchive import terminal
from newsarchive.commands import names
from newsarchive.commands.saying import say
from newsarchive.errors import NewsArchiveError

Run = Callable[[list[str], argparse.Namespace], None]


def guarded(command: ScrapyCommand) -> Run:
    """Return the `run` of a command with all this around it."""
    run = command.run

    def guarded_run(args: list[str], opts: argparse.Namespace) -> None:
        try:
            names.require_settings(opts.set)
            run(args, opts)
            sys.stdout.flush()
        except NewsArchiveError as error:
            command.exitcode = say(error)
        except BrokenPipeError:
            # The output is not complete: `scrapy verify archive | head`.
            terminal.discard_output()
            command.exitcode = command.exitcode or 1
        except OSError as error:
            if not terminal.is_output_lost():
                raise
            terminal.discard_output()
            sys.stderr.write(f"scrapy: standard output: cannot be written ({error.strerror})\n")
            command.exitcode = command.exitcode or 1

    return guarded_run
