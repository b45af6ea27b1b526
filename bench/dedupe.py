"""What de-duplication gets right and wrong on labelled headlines; writes docs/performance/dedupe.md.

It runs `aggregator group` as an admin would, from an empty store, and scores its output by the evaluator that
lies with the data, and by `why`, what the data say is hard about a headline.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

Row = dict[str, Any]
SQUEEZED = 0.1
PAGE = Path("docs/performance/dedupe.md")
BEGIN, END = "<!-- figures: written by python -m bench dedupe -->", "<!-- end of figures -->"


@click.command()
@click.option("--folder", default="../shared/dedupe", type=click.Path(exists=True, path_type=Path))
def dedupe(folder: Path) -> None:
    """Precision and recall on the labelled headlines in FOLDER, into docs/performance/dedupe.md."""
    with tempfile.TemporaryDirectory() as work:
        text = "\n".join(_report(folder, Path(work)))
    page = PAGE.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{rest.partition(END)[2]}", "utf-8")
    click.echo(text)


def _report(folder: Path, work: Path) -> Iterator[str]:
    yield "| stream | one line P | R | F1 | same event P | R | F1 |"
    yield "|---|---|---|---|---|---|---|"
    missed: dict[str, list[str]] = {}
    for name in ("stream-nl", "stream-ar"):
        rows = _read(folder / f"{name}.jsonl")
        for what, played in ((name, rows), (f"{name}, ten times faster", _squeezed(rows))):
            found = _group(played, work)
            figures = [_pairwise(rows, found, level) for level in ("headline", "story")]
            yield f"| {what} | {' | '.join(f'{value:.3f}' for each in figures for value in each)} |"
        missed[name] = _by_trap(rows, _group(rows, work))
    rows = _read(folder / "stories-dev.jsonl")
    precision, recall = _bcubed(rows, _group(rows, work))
    yield f"| stories-dev, B-cubed | | | | {precision:.3f} | {recall:.3f} | {_f1(precision, recall):.3f} |"
    yield from ("", "Pairs (the evaluator's own words):", "", "```")
    yield _evaluated(folder, "edits-dev", _read(folder / "edits-dev.jsonl"), work)
    yield _evaluated(
        folder, "wire-dev", [_titles_only(row) for row in _read(folder / "wire-dev.jsonl")], work
    )
    yield "```"
    for name, lines in missed.items():
        yield from (
            "",
            f"What goes wrong on {name}, by trap (`headline` level; misses, and false merges):",
            "",
        )
        yield from lines


def _read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def _squeezed(rows: list[Row]) -> list[Row]:
    first = rows[0]["time"]
    return [{**row, "time": first + (row["time"] - first) * SQUEEZED} for row in rows]


def _titles_only(row: Row) -> Row:
    def side(it: Row) -> Row:
        known = {"title": it["title"], "link": it["url"], "source": it["src"], "time": it["t"]}
        return {**known, "language": "en"}

    return {"a": side(row["a"]), "b": side(row["b"])}


def _group(rows: Iterable[Mapping[str, Any]], work: Path, *options: str) -> list[Row]:
    """Return what `aggregator group` prints of *rows*, without what would give the answer away."""
    secret = {"headline", "story", "why", "same", "kind", "score"}
    file = work / "rows.jsonl"
    told = ({key: value for key, value in row.items() if key not in secret} for row in rows)
    file.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in told), "utf-8")
    command = [sys.executable, "run.py", "group", *options, str(file)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def _evaluated(folder: Path, name: str, rows: list[Row], work: Path) -> str:
    output = work / "output.jsonl"
    output.write_text("".join(json.dumps(row) + "\n" for row in _group(rows, work, "--pairs")), "utf-8")
    command = [
        sys.executable,
        str(folder / "evaluate.py"),
        "pairs",
        str(folder / f"{name}.jsonl"),
        str(output),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return f"{name}\n{done.stdout.rstrip()}"


def _pairwise(gold: list[Row], found: list[Row], level: str) -> tuple[float, float, float]:
    def pairs(counter: Counter[Any]) -> int:
        return sum(count * (count - 1) // 2 for count in counter.values())

    truth, answer = [row[level] for row in gold], [row[level] for row in found]
    hit = pairs(Counter(zip(truth, answer, strict=True)))
    made, true = pairs(Counter(answer)), pairs(Counter(truth))
    precision, recall = hit / made if made else 1.0, hit / true if true else 1.0
    return precision, recall, _f1(precision, recall)


def _bcubed(gold: list[Row], found: list[Row]) -> tuple[float, float]:
    truth, answer = [row["story"] for row in gold], [row["story"] for row in found]
    of_truth, of_answer = Counter(truth), Counter(answer)
    both = Counter(zip(truth, answer, strict=True))
    precision = sum(n * n / of_answer[a] for (_, a), n in both.items()) / len(truth)
    recall = sum(n * n / of_truth[t] for (t, _), n in both.items()) / len(truth)
    return precision, recall


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _by_trap(gold: list[Row], found: list[Row]) -> list[str]:
    """Return a line with an example for each trap in which a headline was missed or falsely merged."""
    failures: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for at, row in enumerate(gold):
        same = [i for i in range(at) if gold[i]["headline"] == row["headline"]]
        joined = [i for i in range(at) if found[i]["headline"] == found[at]["headline"]]
        trap = re.split(r"[:+]", row["why"])[0] or "none named"
        if same and not set(same) & set(joined):
            failures["missed", trap].append(f"{row['title']} / {gold[same[-1]]['title']}")
        elif joined and not set(same) & set(joined):
            failures["false", trap].append(f"{row['title']} / {gold[joined[-1]]['title']}")
    return [
        f"- {what}, {trap}: {len(cases)}, as {cases[0]}" for (what, trap), cases in sorted(failures.items())
    ]
