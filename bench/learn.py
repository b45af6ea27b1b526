"""Learn the weights that ship with the package from labelled headlines, and print them as weights.toml.

Needs scipy and numpy, which are not in the lock files: this is for whoever changes what is compared. Each
part of a likeness may only speak for a match, or only against one, as its meaning says: without that bound a
fit gives weights that nobody can explain, and that hold for its own data only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import numpy as np
from scipy.optimize import minimize
from xxhash import xxh32_intdigest

from aggregator import dedupe
from aggregator.dedupe.index import side_of
from aggregator.dedupe.judge import may_be_one_event
from aggregator.dedupe.pairing import Likeness, compare
from aggregator.dedupe.rules import certain
from aggregator.dedupe.vetoes import difference
from aggregator.model import Entry, Known

AGAINST = {
    *("numbers_differ", "number_missing", "negation", "classes", "opposites", "swapped", "added"),
    *("same_source", "gap", "template", "other_topic", "other_country", "other_city", "between"),
}
EITHER = {"both_texts", "length"}  # they correct the others
SQUEEZED = 0.1  # the streams are thin: played ten times faster too, the gap in time does not tell too much
WEIGHT_SQUEEZED = 1.0
WEIGHT_OF_STORIES = 0.04  # of a pair of the large stream without headlines that stand alone
STRENGTH = 0.3  # of the regularisation: the variance of a standardised weight
HALVES = 2


@dataclass
class Pairs:
    """Pairs that no rule decides: how alike they are, and what an editor says of them."""

    alike: list[tuple[float, ...]] = field(default_factory=list)
    headline: list[bool] = field(default_factory=list)
    story: list[bool] = field(default_factory=list)
    weight: list[float] = field(default_factory=list)
    asked: list[bool] = field(default_factory=list)  # whether they may be one event at all

    def of_events(self) -> tuple[list[tuple[float, ...]], list[bool], list[float]]:
        """Return what to learn from about events."""
        rows = zip(self.alike, self.story, self.weight, self.asked, strict=True)
        kept = [row[:3] for row in rows if row[3]]
        return [row[0] for row in kept], [row[1] for row in kept], [row[2] for row in kept]


@click.command()
@click.option("--folder", default="../shared/dedupe", type=click.Path(exists=True, path_type=Path))
def learn(folder: Path) -> None:
    """Print the weights learnt on the streams in FOLDER, and on half of its stories."""
    streams = Pairs()
    for name in ("stream-nl", "stream-ar"):
        rows = list(read(folder / f"{name}.jsonl"))
        collect(rows, streams, 1.0)
        collect(squeezed(rows), streams, WEIGHT_SQUEEZED)
    stories = Pairs()
    large = list(read(folder / "stories-dev.jsonl"))
    collect(large, stories, WEIGHT_OF_STORIES, lambda row: half_of(str(row["story"])) == 0)
    click.echo(_table("headline", *fit(streams.alike, streams.headline, streams.weight)))
    both = zip(streams.of_events(), stories.of_events(), strict=True)
    click.echo(_table("story", *fit(*(some + more for some, more in both))))  # type: ignore[operator]


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the rows of a file, an object a line."""
    with path.open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def half_of(name: str) -> int:
    """Return in which half of the data a story is: 0 to learn from, 1 to be tried on."""
    return int(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest(), 16) % HALVES


def squeezed(rows: Iterable[Mapping[str, Any]], to: float = SQUEEZED) -> list[dict[str, Any]]:
    """Return *rows* in a tenth of their time."""
    all_rows = list(rows)
    first = all_rows[0]["time"]
    return [{**row, "time": first + (row["time"] - first) * to} for row in all_rows]


def collect(
    rows: Iterable[Mapping[str, Any]],
    pairs: Pairs,
    weight: float,
    wanted: Callable[[Mapping[str, Any]], bool] = lambda _: True,
) -> None:
    """Add to *pairs* what is compared while *rows* come in, with the groups that an editor made of them.

    Only the pairs of rows that are *wanted* are learnt from.
    """
    window = timedelta(hours=72)
    index = dedupe.Index(window)
    seen: list[Mapping[str, Any]] = []
    numbers: dict[str, int] = {}
    for number, row in enumerate(rows):
        published = datetime.fromtimestamp(row["time"], UTC)
        source = row.get("source", "")
        entry = Entry(
            str(number),
            row["title"],
            published,
            row.get("link"),
            row.get("summary", ""),
            language=row.get("language"),
        )
        arrival = dedupe.arrival(xxh32_intdigest(source.encode()), source, "", entry, False, source)
        new, rarities = side_of(arrival.facts, published, index.frequencies)
        for trace in index.candidates(new, rarities) if wanted(row) else ():
            old = index.side(trace)
            different = difference(new, old)
            alike = compare(new, old, different, rarities, index.rate)
            if certain(new, old, different, alike) is None:
                other = seen[trace.row]
                pairs.alike.append(tuple(alike))
                pairs.headline.append("headline" in row and row["headline"] == other["headline"])
                pairs.story.append(row["story"] == other["story"])
                pairs.weight.append(weight)
                pairs.asked.append(may_be_one_event(different, alike))
        seen.append(row)
        headline = numbers.setdefault(str(row.get("headline", f"row {number}")), number)
        known = Known(number, 0, b"", headline, "", arrival.facts, published, published, False, revision=1)
        index.learn([known])


def fit(
    alike: list[tuple[float, ...]], same: list[bool], weight: list[float]
) -> tuple[dict[str, float], float]:
    """Return the weight of each part of a likeness, and the base: logistic regression, signs bound."""
    values, target = np.array(alike), np.where(same, 1.0, -1.0)
    scale = values.std(axis=0) + 1e-9
    scaled, weights, count = values / scale, np.array(weight), len(Likeness._fields)

    def loss(x: np.ndarray) -> tuple[float, np.ndarray]:
        margin = target * (scaled @ x[:count] + x[count])
        slope = -weights * target / (1 + np.exp(np.clip(margin, -50, 50)))
        penalty = (x[:count] ** 2).sum() / (2 * STRENGTH)
        gradient = np.append(scaled.T @ slope + x[:count] / STRENGTH, slope.sum())
        return float((weights * np.logaddexp(0, -margin)).sum() + penalty), gradient

    bounds = [_bound(name) for name in Likeness._fields] + [(None, None)]
    found = minimize(loss, np.zeros(count + 1), jac=True, method="L-BFGS-B", bounds=bounds)
    learnt = {name: float(found.x[at] / scale[at]) for at, name in enumerate(Likeness._fields)}
    return learnt, float(found.x[count])


def _bound(name: str) -> tuple[float | None, float | None]:
    if name in EITHER:
        return None, None
    return (None, 0.0) if name in AGAINST else (0.0, None)


def _table(name: str, weights: dict[str, float], base: float) -> str:
    lines = [f"{part} = {weight:.2f}" for part, weight in weights.items() if abs(weight) >= 0.005]
    return "\n".join((f"[{name}]", f"base = {base:.2f}", f"[{name}.weights]", *lines, ""))


if __name__ == "__main__":
    learn()
