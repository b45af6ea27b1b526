"""The commands export, import and add. They write feeds.yaml, and nothing of it but the new feeds."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from aggregator import config
from aggregator.errors import UserError
from aggregator.links import without_credentials
from aggregator.model import Listing
from aggregator.pipeline.importing import Intake, intake
from aggregator.pipeline.publishing import sources
from aggregator.shells import bootstrap
from aggregator.shells.subscriptions import file

_MOST_TOLD = 100  # lines on one matter


@click.command()
@click.argument("to", type=click.Path(path_type=Path, allow_dash=True), default="-", metavar="[FILE]")
@click.pass_obj
def export(path: Path, to: Path) -> None:
    """Write the sources as OPML, for other programs: to FILE, or to stdout.

    Titles are those that the feeds gave themselves, once they were asked. Passwords are left out.
    """
    read = bootstrap.load(path)
    document = sources(read, bootstrap.health(read))
    secret = sum(each.url != without_credentials(each.url) for each in read.subscriptions)
    if str(to) == "-":
        sys.stdout.buffer.write(document)
    elif to.resolve() == path.resolve():
        raise UserError(f"{to}: this is the configuration itself; name another file")
    else:
        file.replace(to, document)
    if secret:
        click.echo(f"{_count(secret, 'address')} without the password that feeds.yaml has", err=True)


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path, allow_dash=True), metavar="FILE")
@click.option("--dry-run", is_flag=True, help="Only tell what would be added.")
@click.pass_obj
def import_(path: Path, source: Path, dry_run: bool) -> None:
    """Add the feeds that FILE names, an OPML list as other programs export it; - is stdin.

    They are written behind the feeds of feeds.yaml; nothing else in it is touched. A program that runs takes
    them in by itself. Folders become categories.
    """
    name = "stdin" if str(source) == "-" else str(source)
    written = file.written_at(path)
    found = intake(_document(source), name, config.begun(path, written, os.environ).subscriptions)
    if found.added:
        _write(path, written, found.added, dry_run)
    _tell(found, name, path, dry_run)
    if not found.added and not found.known:
        raise UserError(f"{name}: names no feed{' that can be added' if found.refused else ''}")


def _document(source: Path) -> bytes:
    try:
        if str(source) == "-":
            document = sys.stdin.buffer.read(config.LARGEST + 1)
        else:
            with source.open("rb") as opened:
                document = opened.read(config.LARGEST + 1)
    except (OSError, ValueError) as error:
        raise UserError(f"{source}: cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if len(document) > config.LARGEST:
        raise UserError(f"{source}: larger than {config.LARGEST // 1_000_000} MB; is it a list of feeds?")
    return document


def _write(path: Path, written: bytes, listings: Sequence[Listing], dry_run: bool = False) -> None:
    """Add *listings* to what was *written* at *path*, unless somebody else wrote there meanwhile."""
    content = config.added(path, written, listings, os.environ)
    if dry_run:
        return
    if file.written_at(path) != written:
        raise UserError(f"{path}: was changed by somebody else meanwhile, and is left so; try again")
    file.replace(path, content)


def _tell(found: Intake, name: str, path: Path, dry_run: bool) -> None:
    named = [f"{listing.title or 'a feed'}: {without_credentials(listing.url)}" for listing in found.added]
    matters = {
        "would be added": named if dry_run else [],
        "there already": found.known,
        "refused": found.refused,
        "note": found.notes,
    }
    for matter, sentences in matters.items():
        for sentence in sentences[:_MOST_TOLD]:
            click.echo(f"{matter}: {sentence}")
        if len(sentences) > _MOST_TOLD:
            click.echo(f"{matter}: {len(sentences) - _MOST_TOLD} more like these")
    done = "would be added" if dry_run else "added"
    click.echo(
        f"{name}: {_count(len(found.added), 'feed')} {done} to {path}, {len(found.known)} there already, "
        f"{len(found.refused)} refused"
    )


def _count(number: int, thing: str) -> str:
    plural = "es" if thing.endswith("s") else "s"
    return f"{number} {thing}{'' if number == 1 else plural}"
