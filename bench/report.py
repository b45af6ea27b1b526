"""Notes of which a part is written by a benchmark, and the rest by hand."""

from __future__ import annotations

from pathlib import Path

END = "<!-- end of figures -->"


def keep(path: Path, title: str, name: str, figures: str) -> None:
    """Put *figures* between the marks of the note at *path*; what was written around them by hand stays."""
    begin = f"<!-- figures: written by python -m bench {name} -->"
    text = path.read_text("utf-8") if path.exists() else f"# {title}\n\n{begin}\n{END}\n"
    before, _, rest = text.partition(begin)
    _, _, after = rest.partition(END)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{before}{begin}\n\n{figures.strip()}\n\n{END}{after}", "utf-8")
