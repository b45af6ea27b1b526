"""Write the starting tables of word frequencies: which stems of a language say little because all use them.

What goes in is the package wordfreq, which is not in the lock files (`pip install wordfreq` in an environment
of its own); what goes out are `aggregator/dedupe/frequencies/XX.txt`. Run it anew when the stemmer changes:
`python -m bench.frequencies`. The tables are not under the project's licence: see NOTICE.md beside them.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from aggregator.text import fold

DEDUPE = Path(__file__).parent.parent / "aggregator" / "dedupe"
# Their words are pairs of characters to us, and wordfreq's are not.
WITHOUT_BLANKS = frozenset({"zh", "ja", "ko", "th"})

Stem = Callable[[str], str]


@click.command()
@click.option("--stems", default=3000, show_default=True, help="Lines in a table.")
def frequencies(stems: int) -> None:
    """Write a table for each language that has a list of word classes and is known to wordfreq."""
    # Here, so that the other benchmarks run without them.
    from wordfreq import available_languages, get_frequency_dict

    from aggregator.dedupe.stems import stem

    known = available_languages("small")
    for language in sorted(path.stem for path in (DEDUPE / "languages").glob("*.toml")):
        if language in known and language not in WITHOUT_BLANKS:
            words = get_frequency_dict(language, wordlist="best")
            table = "".join(_lines(_by_stem(words, stem), stems))
            (DEDUPE / "frequencies" / f"{language}.txt").write_text(table, encoding="utf-8")


def _by_stem(words: dict[str, float], stem: Stem) -> dict[str, float]:
    """Return how often each stem is met, as a share of all words: the sum over the words that have it."""
    shares: defaultdict[str, float] = defaultdict(float)
    for word, share in words.items():
        folded = fold(word)
        if len(folded) > 1 and folded.isalpha():
            shares[stem(folded)] += share
    return shares


def _lines(shares: dict[str, float], stems: int) -> Iterator[str]:
    """Yield `stem zipf`, most frequent first: zipf is log10 of the uses in 10^9 words, here × 100."""
    # Equal shares in the order of the alphabet, so that a second run writes the same files.
    for stem, share in sorted(shares.items(), key=lambda pair: (-pair[1], pair[0]))[:stems]:
        yield f"{stem} {round(100 * math.log10(share * 1e9))}\n"


if __name__ == "__main__":
    frequencies()
