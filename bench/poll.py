"""What polling costs: this program, other programs and bare libcurl, in turns, in one run.

Each polls the same made-up feeds on loopback, each feed on a host of its own, in four cases: the first poll,
304, one new entry of thirty, and an unchanged document with 200 because its server knows no validators. The
report is docs/performance/poll.md.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import click

from bench import corpus, peers, pollreport
from bench.peers import CASES, FIRST, NEW, SAME, UNCHANGED, Peer
from bench.pollreport import Results
from bench.publisher import Publisher, publisher
from bench.report import keep
from bench.tree import Cost, measured

DOCUMENTS = 1000
STATES = {FIRST: (0, True), UNCHANGED: (0, True), NEW: (1, True), SAME: (1, False)}  # version, validators
REPORT = Path("docs/performance/poll.md")


@dataclass(frozen=True, slots=True)
class Turn:
    """What one program is measured at."""

    name: str
    feeds: int
    cases: tuple[str, ...] = CASES
    fills_once: bool = False  # the first poll is made once only, for all turns


BOUNDS = ("libcurl", "libcurl+gunzip")
# Chosen so that all of it ends within ten minutes on two cores: what is slow polls fewer feeds.
PLAN = (
    *(Turn(name, feeds) for feeds in (200, 1000) for name in BOUNDS),
    *(Turn(name, 5000, (UNCHANGED, SAME)) for name in BOUNDS),
    Turn("draad", 1, (UNCHANGED,)),
    Turn("draad", 200),
    Turn("draad", 1000),
    Turn("draad+dedupe", 200),
    Turn("newsboat", 200, (FIRST,)),
    Turn("newsboat", 25),
    Turn("sfeed", 100),
    Turn("reader", 50),
    Turn("draad", 5000, (UNCHANGED, SAME), fills_once=True),
)


@click.command()
@click.option("--runs", default=5, show_default=True, help="Turns of each program.")
@click.option(
    "--feeds", multiple=True, type=int, help="How many feeds each program polls, instead of the plan."
)
@click.option("--peers", "names", multiple=True, help="Only these programs.")
@click.option("--minutes", default=9.0, show_default=True, help="After which no turn begins any more.")
@click.option("--reader-python", help="Python of an environment that has `reader`.")
@click.option("--corpus", "kept", type=click.Path(path_type=Path), help="Make the feeds here, and keep them.")
@click.option("--write/--no-write", default=True, show_default=True, help=f"Write {REPORT}.")
def poll(
    runs: int,
    feeds: tuple[int, ...],
    names: tuple[str, ...],
    minutes: float,
    reader_python: str | None,
    kept: Path | None,
    write: bool,
) -> None:
    """CPU, wall time and memory of a poll, beside every peer that is on this machine."""
    ends = time.monotonic() + minutes * 60
    present, missing = peers.found(reader_python)
    wanted = [Turn(name, count) for count in feeds for name in present] if feeds else list(PLAN)
    plan = [turn for turn in wanted if turn.name in present and (not names or turn.name in names)]
    with tempfile.TemporaryDirectory() as scratch:
        folder = kept or Path(scratch, "corpus")
        _make(folder)
        with publisher(folder, DOCUMENTS, versions=2) as served:
            results: Results = defaultdict(list)
            makers = {turn: present[turn.name]() for turn in plan}
            for number, (turn, peer) in product(range(runs), makers.items()):
                if time.monotonic() > ends:
                    missing.append(f"{turn.name} at {turn.feeds} feeds, turn {number + 1}: the time was over")
                    continue
                click.echo(f"turn {number + 1} of {runs}: {turn.name}, {turn.feeds} feeds", err=True)
                _measure(turn, peer, served, Path(scratch, f"{turn.name}-{turn.feeds}"), results)
    told = pollreport.report(results, missing, runs)
    click.echo(told)
    if write:
        keep(REPORT, "Polling, measured", "poll", told)
        pollreport.draw(results, REPORT.with_suffix(".svg"))


def _make(folder: Path) -> None:
    if not folder.exists():
        click.echo(f"making {DOCUMENTS} feeds", err=True)
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        corpus.write(folder, DOCUMENTS, (0, 1), midnight)


def _measure(turn: Turn, peer: Peer, served: Publisher, folder: Path, results: Results) -> None:
    """Run the cases of one turn; where it fills once, its folder stays for the next turn."""
    filled = folder.exists()
    if not filled:
        folder.mkdir()
        peer.prepare(folder, [served.url(number) for number in range(turn.feeds)])
    for case, counted in _cases(turn, filled):
        served.control(*_state(turn, case))
        if case == UNCHANGED and peer.polls_twice:
            _run(peer, folder, case)
        served.control(*_state(turn, case))
        cost = _run(peer, folder, case)
        answers = served.control(0, True)
        if counted:
            results[turn.name, turn.feeds, case].append(
                pollreport.Result(cost, answers["full"], answers["unchanged"], peer.entries(folder))
            )
    if not turn.fills_once:
        shutil.rmtree(folder)


def _run(peer: Peer, folder: Path, case: str) -> Cost:
    command = peer.poll(folder, case)
    return measured(command.line, command.environment)


def _state(turn: Turn, case: str) -> tuple[int, bool]:
    """Return version and validators of a case; where the new entries are left out, all stays version 0."""
    version, validators = STATES[case]
    return (version if NEW in turn.cases else 0), validators


def _cases(turn: Turn, filled: bool) -> Iterator[tuple[str, bool]]:
    """Yield the cases in their order, and whether each is one to be counted."""
    if FIRST not in turn.cases and not filled:
        yield FIRST, False
    if turn.fills_once:
        # Without validators it forgets those that it had; so they come before.
        yield UNCHANGED, False
    for case in turn.cases:
        yield case, True
