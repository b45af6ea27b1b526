"""The command `publish`: the pages and feeds as files, for any static host."""

from __future__ import annotations

from pathlib import Path

import click

from aggregator.publish import write
from aggregator.shells import bootstrap
from aggregator.shells.web.site import site_files
from aggregator.shells.web.templates import Templates


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.pass_obj
def publish(path: Path, folder: Path) -> None:
    """Write the site as files into DIR: pages and feeds, only what changed, each file whole.

    Serve DIR as the root of site.link. Files that an earlier run wrote and that are no longer part of the
    site are removed; nothing else in DIR is touched.
    """
    config = bootstrap.load(path)
    store = bootstrap.open_store(config)
    bootstrap.accept(store, config)
    store.keep_days(bootstrap.now())
    templates = Templates(bootstrap.own_templates(path))
    for fault in templates.faults:
        click.echo(fault, err=True)
    written = write(folder, site_files(store, bootstrap.now, templates))
    click.echo(
        f"{folder}: {written.written} written, {written.unchanged} unchanged, {written.removed} removed"
    )
    store.close()
