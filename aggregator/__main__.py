"""The door: the shells' commands in one program, and what their errors mean to a shell script."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import click

from aggregator import __version__
from aggregator.errors import StoreError, UserError
from aggregator.shells.cli import check, copy, politeness, poll, schema
from aggregator.shells.demo import demo
from aggregator.shells.judging import explain, group
from aggregator.shells.scheduler import serve
from aggregator.shells.subscriptions import add, export, import_
from aggregator.shells.web import publish

USERS_PROBLEM, OUR_BUG = 1, 3  # click itself ends with 2 on wrong usage


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    "path",
    type=click.Path(path_type=Path),
    default=Path("feeds.yaml"),
    show_default=True,
    help="The file that names the feeds.",
)
@click.version_option(__version__, prog_name="aggregator")
@click.pass_context
def aggregator(context: click.Context, path: Path) -> None:
    """Pull the feeds that feeds.yaml names, fold the same headline from many sources into one line of a
    ticker, and publish the result as a reading page and as merged RSS, Atom and JSON feeds.

    Without a command it polls and serves. No network at hand? Try the command `demo`.
    """
    context.obj = path
    if context.invoked_subcommand is None:
        context.invoke(serve, host="127.0.0.1", port=8000, pages=2, guarded=False)


COMMANDS = (serve, poll, check, demo, publish, copy, politeness, explain, group, add, import_, export, schema)
for command in COMMANDS:
    aggregator.add_command(command)


def main() -> None:
    """Run a command; end with 0 when all is well, 1 on the user's problem, 2 on wrong usage, 3 on our bug."""
    # multiprocessing has each worker run the script that started us, and with it import all of the program,
    # 50 MB that a reader of documents has no use for; a module of this name it leaves alone.
    sys.modules["__main__"] = sys.modules[__name__]
    try:
        aggregator()
    except (UserError, StoreError) as error:
        click.echo(f"{'store: ' if isinstance(error, StoreError) else ''}{error}", err=True)
        sys.exit(USERS_PROBLEM)
    except BrokenPipeError:  # the reader of our output went away: that is his right
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception:
        traceback.print_exc()
        click.echo("This is a fault of the program, not yours; please report the lines above.", err=True)
        sys.exit(OUR_BUG)


if __name__ == "__main__":
    main()
