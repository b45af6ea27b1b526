"""The door: the shells' commands in one program, and what their errors mean to a shell script."""

from __future__ import annotations

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path

import click

from aggregator import __version__
from aggregator.errors import StoreError, UserError

USERS_PROBLEM, OUR_BUG = 1, 3  # click itself ends with 2 on wrong usage

# Each command, and the module that has it. None is imported before it is named: a poll
# needs no Flask, and a page no scheduler. This is the only place that imports by name.
COMMANDS = {
    "serve": ("aggregator.shells.scheduler", "serve"),
    "poll": ("aggregator.shells.cli", "poll"),
    "check": ("aggregator.shells.cli", "check"),
    "demo": ("aggregator.shells.demo", "demo"),
    "publish": ("aggregator.shells.web", "publish"),
    "copy": ("aggregator.shells.cli", "copy"),
    "politeness": ("aggregator.shells.cli", "politeness"),
    "explain": ("aggregator.shells.judging", "explain"),
    "group": ("aggregator.shells.judging", "group"),
    "add": ("aggregator.shells.subscriptions", "add"),
    "import": ("aggregator.shells.subscriptions", "import_"),
    "export": ("aggregator.shells.subscriptions", "export"),
    "schema": ("aggregator.shells.cli", "schema"),
}


class Commands(click.Group):
    """Knows the commands by name, and imports those that are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of that name, None where there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command


@click.group(
    cls=Commands, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]}
)
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
        serve = aggregator.get_command(context, "serve")
        assert serve is not None  # noqa: S101
        context.invoke(serve, host="127.0.0.1", port=8000, pages=2, guarded=False)


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
