"""Plots for docs/performance, where matplotlib is there (the extra `bench`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import click

try:
    from matplotlib import figure as drawing
except ImportError:
    drawing = None  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plot."""

    label: str
    points: Sequence[tuple[float, float]]


def plot(path: Path, title: str, across: str, up: str, lines: Sequence[Line]) -> None:
    """Draw *lines* on logarithmic axes into *path*; say so where that cannot be."""
    if drawing is None:
        click.echo(f"{path}: not drawn; `pip install -e .[bench]` brings matplotlib", err=True)
        return
    if not lines:
        return
    figure = drawing.Figure(figsize=(7, 4.5), layout="constrained")
    axes = figure.add_subplot(title=title, xlabel=across, ylabel=up, xscale="log", yscale="log")
    for line in lines:
        axes.plot(*zip(*line.points, strict=True), marker="o", markersize=3, label=line.label)
    axes.grid(alpha=0.3)
    axes.legend(fontsize="x-small")
    figure.savefig(path, metadata={"Date": None})
    click.echo(f"{path}: drawn", err=True)
