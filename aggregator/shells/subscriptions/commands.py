"""The commands export, import and add. They write feeds.yaml, and nothing of it but the new feeds."""

from __future__ import annotations

import logging
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from aggregator import config
from aggregator.errors import AGAIN, CHECK, IF_IT_STAYS, FeedError, UserError
from aggregator.links import askable, without_credentials
from aggregator.model import Config, Listing
from aggregator.pipeline.finding import Found
from aggregator.pipeline.importing import Intake, already, intake
from aggregator.pipeline.publishing import sources
from aggregator.shells import bootstrap
from aggregator.shells.subscriptions import file
from aggregator.text import tidy

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?![0-9])", re.IGNORECASE)  # a host's port is none
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
        click.echo(document, nl=False)
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
    if found.added and dry_run:
        config.added(path, written, found.added, os.environ)
    elif found.added:
        _write(path, written, found.added)
    _tell(found, name, path, dry_run)
    if not found.added and not found.known:
        raise UserError(f"{name}: names no feed{' that can be added' if found.refused else ''}")


@click.command()
@click.argument("url")
@click.option("--first", is_flag=True, help="Take the first feed where there are several, and do not ask.")
@click.option("--key", help="Its name in addresses; by default made from the title.")
@click.option("--title", help="What readers see as the source; by default what the feed calls itself.")
@click.option("--category", "categories", multiple=True, help="What it is filed under; may be given again.")
@click.pass_obj
def add(
    path: Path, url: str, first: bool, key: str | None, title: str | None, categories: tuple[str, ...]
) -> None:
    """Find the feed of URL, a site's page or the feed itself, and add it to feeds.yaml.

    Where a site has several it asks which; with --first, or where nobody can be asked, it does not.
    """
    bootstrap.start_logging(logging.ERROR)
    written = file.written_at(path)
    read = config.begun(path, written, os.environ)
    wanted = Listing(_address(url), tidy(title or ""), tuple(map(tidy, categories)), None, key)
    _check(wanted, read)
    if _is_there(wanted.url, read, path):
        return
    try:
        found = bootstrap.find(read, wanted.url)
    except FeedError as error:
        message = error.message.replace(IF_IT_STAYS, f"{CHECK}, or try again later")
        message = message.replace(AGAIN, "try again later")  # who adds a feed asks once
        raise UserError(f"{without_credentials(wanted.url)}: {message}") from None
    chosen = _chosen(found, first, read, without_credentials(wanted.url))
    if _is_there(chosen.url, read, path):
        return
    listing = replace(wanted, url=chosen.url, title=wanted.title or chosen.title)
    content = _write(path, written, [listing])
    new = config.begun(path, content, os.environ).subscriptions[-1]
    click.echo(f"{path}: added '{new.key}': {_described(replace(chosen, title=listing.title))}")


def _address(url: str) -> str:
    """Return *url* as it can be asked; a bare host is meant with https."""
    url = url.strip()
    address = askable(url if _SCHEME.match(url) else f"https://{url.lstrip('/')}") or url
    if wrong := config.unfit(Listing(address)):
        raise UserError(wrong)
    return address


def _check(wanted: Listing, read: Config) -> None:
    """Raise UserError where an option cannot stand in feeds.yaml."""
    if wrong := config.unfit(wanted):
        raise UserError(f"--{wrong.replace('categories:', 'category:')}")
    if wanted.key and wanted.key.casefold() in {each.key.casefold() for each in read.subscriptions}:
        raise UserError(f"--key: '{wanted.key}' is the name of another feed; choose another")


def _is_there(url: str, read: Config, path: Path) -> bool:
    """Tell if *url* is there already."""
    there = already(url, read.subscriptions)
    if there:
        click.echo(f"{path}: has it already, as '{there.key}': {without_credentials(there.url)}")
    return there is not None


def _chosen(found: Sequence[Found], first: bool, read: Config, place: str) -> Found:
    if len(found) == 1 or first:
        return found[0]
    lines = [
        f"  {number}. {_described(each)}{' (there already)' if already(each.url, read.subscriptions) else ''}"
        for number, each in enumerate(found, 1)
    ]
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        told = f"{place}: has {len(found)} feeds; name one of them, or take the first with --first"
        raise UserError("\n".join([f"{told}:", *lines]))
    click.echo("\n".join([f"{place} has {len(found)} feeds:", *lines]), err=True)
    return found[click.prompt("Which one", type=click.IntRange(1, len(found)), default=1, err=True) - 1]


def _described(feed: Found) -> str:
    return f"{feed.title} ({feed.kind}, {_count(feed.entries, 'headline')}): {without_credentials(feed.url)}"


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


def _write(path: Path, written: bytes, listings: Sequence[Listing]) -> bytes:
    """Add *listings* to what was *written* at *path*, unless somebody else wrote there meanwhile."""
    content = config.added(path, written, listings, os.environ)
    if file.written_at(path) != written:
        raise UserError(f"{path}: was changed by somebody else meanwhile, and is left so; try again")
    file.replace(path, content)
    return content


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
