"""What `bench poll` found, as a table, as targets that are met or missed, and as a plot."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.machine import described
from bench.peers import CASES, FIRST, NEW, SAME, UNCHANGED
from bench.plotting import Line, plot
from bench.tree import Cost

BOUNDS = ("libcurl", "libcurl+gunzip")
OURS = ("draad", "draad+dedupe")
# CPU seconds for 1,000 feeds of the best peer that this run may not have (yarr: Go, SQLite), as they were
# measured once elsewhere; to be read as an order of magnitude, not as a ratio of one run.
PUBLISHED = {UNCHANGED: 0.35, SAME: 6.9, NEW: 8.3, FIRST: 24.2}
HEADINGS = {
    FIRST: "first poll",
    UNCHANGED: "unchanged, 304",
    NEW: "one new entry each",
    SAME: "unchanged, 200 without validators",
}


@dataclass(frozen=True, slots=True)
class Result:
    """One run of one program: what it cost, what the publisher answered, what is stored afterwards."""

    cost: Cost
    full: int
    unchanged: int
    entries: int | None


Results = dict[tuple[str, int, str], list[Result]]  # by program, feeds and case


def report(results: Results, missing: Sequence[str], runs: int) -> str:
    """Return the whole of the figures in Markdown."""
    return "\n".join(
        (
            described(f"python -m bench poll --runs {runs}"),
            "",
            "CPU s of the process tree, median (lowest–highest); wall s, median; highest PSS in MB; × runs.",
            "",
            *_table(results),
            "",
            *(f"- left out: {name}" for name in missing),
            "",
            *_growth(results),
            "",
            *_targets(results),
            "",
            *_wrong(results),
        )
    )


def _table(results: Results) -> Iterator[str]:
    yield "| program | feeds | " + " | ".join(HEADINGS[case] for case in CASES) + " |"
    yield "|---|---|" + "---|" * len(CASES)
    for name, feeds in dict.fromkeys((name, feeds) for name, feeds, _ in results):
        cells = (_cell(results.get((name, feeds, case), [])) for case in CASES)
        yield f"| {name} | {feeds:,} | " + " | ".join(cells) + " |"


def _cell(found: Sequence[Result]) -> str:
    if not found:
        return ""
    cpu = [result.cost.cpu for result in found]
    wall = median(result.cost.wall for result in found)
    memory = max(result.cost.memory for result in found)
    return f"{median(cpu):.2f} ({min(cpu):.2f}–{max(cpu):.2f}); {wall:.1f}; {memory:.0f}; × {len(found)}"


def _growth(results: Results) -> Iterator[str]:
    """Yield what another feed costs, from the fewest feeds that were measured to the most."""
    yield "What another feed costs, µs of CPU (start-up cancels out):"
    yield ""
    yield "| program | from | to | " + " | ".join(HEADINGS[case] for case in CASES) + " |"
    yield "|---|---|---|" + "---|" * len(CASES)
    for name in (*BOUNDS, *OURS):
        sizes = sorted({feeds for program, feeds, _ in results if program == name and feeds > 1})
        for low, high in zip(sizes[:1] * (len(sizes) - 1), sizes[1:], strict=True):
            cells = [growth(results, name, low, high, case) for case in CASES]
            told = " | ".join("" if cell is None else f"{cell:.0f}" for cell in cells)
            yield f"| {name} | {low:,} | {high:,} | {told} |"


def growth(results: Results, name: str, low: int, high: int, case: str) -> float | None:
    """Return the CPU time of another feed in µs, None where it was not measured."""
    few, many = cpu(results, name, low, case), cpu(results, name, high, case)
    return None if few is None or many is None else (many - few) / (high - low) * 1e6


def cpu(results: Results, name: str, feeds: int, case: str) -> float | None:
    """Return the median of the CPU seconds, None where they were not measured."""
    return _median(results, name, feeds, case, lambda cost: cost.cpu)


def _median(
    results: Results, name: str, feeds: int, case: str, part: Callable[[Cost], float]
) -> float | None:
    found = results.get((name, feeds, case))
    return median(part(result.cost) for result in found) if found else None


def _targets(results: Results) -> Iterator[str]:
    """Yield each target of polling with what was measured; without dedupe, unless it says so."""
    yield "| asked | measured | reached? |"
    yield "|---|---|---|"
    for asked, measured, reached in _judged(results):
        yield f"| {asked} | {measured} | {'yes' if reached else '**no**'} |"


def _judged(results: Results) -> Iterator[tuple[str, str, bool]]:
    for case, most, bound in ((UNCHANGED, 1.4, "libcurl"), (SAME, 0.3, "libcurl+gunzip")):
        ours, theirs = growth(results, "draad", 200, 5000, case), growth(results, bound, 200, 5000, case)
        if ours is not None and theirs:
            yield (
                f"{HEADINGS[case]}: growth from 200 to 5,000 feeds at most {most} times that of {bound}",
                f"{ours:.0f} µs a feed against {theirs:.0f}: {ours / theirs:.2f}",
                ours / theirs <= most,
            )
    for case, share, wish in (
        (UNCHANGED, 1, "below"),
        (SAME, 15, "at most 1/15 of"),
        (NEW, 4, "at most 1/4 of"),
    ):
        if (ours := cpu(results, "draad", 1000, case)) is None:
            continue
        if best := _best(results, case):
            yield _against(case, wish, ours, share, *best)
        yield _against(case, wish, ours, share, PUBLISHED[case], "yarr's published figure")
    yield from _first(results)
    for case, entries in ((FIRST, 200 * 30), (NEW, 200)):
        alone, together = (cpu(results, name, 200, case) for name in OURS)
        if alone is not None and together is not None:
            each = (together - alone) / entries * 1000
            asked = f"dedupe adds at most 0.4 ms a new entry ({HEADINGS[case]}, 200 feeds)"
            yield asked, f"{each:.2f} ms", each <= 0.4
    for wish, most, cases in (
        ("while warm", 100, (UNCHANGED, SAME, NEW)),
        ("during a first poll", 200, (FIRST,)),
    ):
        seen = _memory(results, cases)
        if seen:
            yield f"memory {wish} below {most} MB", f"{max(seen):.0f} MB", max(seen) < most


def _memory(results: Results, cases: Iterable[str]) -> list[float]:
    return [
        result.cost.memory
        for (name, _, case), found in results.items()
        if name in OURS and case in cases
        for result in found
    ]


def _against(
    case: str, wish: str, ours: float, share: float, best: float, whose: str
) -> tuple[str, str, bool]:
    asked = f"{HEADINGS[case]}: at 1,000 feeds {wish} the best peer's"
    return asked, f"{ours:.2f} CPU s against {best:.2f} ({whose})", ours < best / share


def _best(results: Results, case: str) -> tuple[float, str] | None:
    """Return CPU seconds and name of the best peer at 1,000 feeds; scaled where it polled fewer."""
    found = []
    for name, feeds, measured in results:
        seconds = cpu(results, name, feeds, case)
        if measured == case and name not in (*BOUNDS, *OURS) and seconds is not None:
            scaled = "" if feeds == 1000 else f", {seconds:.2f} for {feeds}"
            found.append((seconds * 1000 / feeds, f"{name}{scaled}"))
    return min(found, default=None)


def _first(results: Results) -> Iterator[tuple[str, str, bool]]:
    ours, best = cpu(results, "draad", 1000, FIRST), _best(results, FIRST)
    if ours is not None:
        if best:
            yield _against(FIRST, "below", ours, 1, *best)
        yield _against(FIRST, "below", ours, 1, PUBLISHED[FIRST], "yarr's published figure")
    for what, part in (("CPU", lambda cost: cost.cpu), ("wall", lambda cost: cost.wall)):
        mine, theirs = (_median(results, name, 200, FIRST, part) for name in ("draad", "newsboat"))
        if mine is not None and theirs is not None:
            asked = f"{HEADINGS[FIRST]}: at 200 feeds {what} below newsboat's"
            yield asked, f"{mine:.2f} s against {theirs:.2f}", mine < theirs


def _wrong(results: Results) -> Iterator[str]:
    """Yield the runs whose publisher or store saw something else than the case says: not to be compared."""
    for (name, feeds, case), found in results.items():
        wanted = (0, feeds) if case == UNCHANGED else (feeds, 0)
        entries = None if name in BOUNDS else feeds * (31 if case in {NEW, SAME} else 30)
        for result in found:
            if result.cost.status or (result.full, result.unchanged) != wanted:
                yield (
                    f"- **not as meant**: {name}, {feeds} feeds, {HEADINGS[case]}: exit status "
                    f"{result.cost.status}, {result.full} × 200, {result.unchanged} × 304"
                )
                break
            if result.entries is not None and entries and not _is_stored(result.entries, entries, feeds):
                stored = f"{result.entries:,} entries stored, not {entries:,}"
                yield f"- {name}, {feeds} feeds, {HEADINGS[case]}: {stored}"
                break


def _is_stored(entries: int, wanted: int, feeds: int) -> bool:
    # Where the new entries were left out of the plan, those who got 200 have thirty still.
    return entries in {wanted, feeds * 30}


def draw(results: Results, path: Path) -> None:
    """Plot CPU time by feeds, a line for each program and case."""
    lines = [
        Line(
            f"{name}, {HEADINGS[case]}", [(feeds, cpu(results, name, feeds, case) or 0.0) for feeds in sizes]
        )
        for name in ("libcurl", *OURS)
        for case in CASES
        if len(
            sizes := sorted(
                feeds for program, feeds, of in results if (program, of) == (name, case) and feeds > 1
            )
        )
        > 1
    ]
    plot(path, "CPU of a poll", "feeds", "CPU seconds", lines)
