"""Stories in the store: what is folded can always be found, the same over SQLite and PostgreSQL."""

from __future__ import annotations

from newsroom import HOUR, NOON, bring, configuration, entry, replace

from aggregator.dedupe import Index
from aggregator.model import Choice, Html
from aggregator.store import Store

QUAKE = entry(
    "Zware aardbeving treft Zeerijp, schade in Loppersum",
    link="https://a.example/1",
    language="nl",
    summary="De beving had een kracht van 3.4, meldt het KNMI. Honderden huizen zijn beschadigd.",
)
HELP = entry(
    "Kabinet belooft Zeerijp snelle hulp na beving van 3.4",
    link="https://b.example/2",
    language="nl",
    summary="De minister reist vrijdag naar Loppersum om met bewoners over de aardbeving te praten.",
    published=NOON + HOUR,
)


def test_when_the_headline_that_speaks_for_a_story_is_dropped_the_others_are_shown(store: Store) -> None:
    store.accept(configuration("nos", "nu"), NOON)
    index = Index(72 * HOUR)
    bring(store, {"nos": [QUAKE]}, NOON, index)
    bring(store, {"nu": [HELP]}, NOON + HOUR, index)
    bring(store, {"nu": [replace(HELP, content=Html("<p>More.</p>"))]}, NOON + 2 * HOUR, index)
    assert titles(store) == [QUAKE.title]
    assert store.prune(NOON + 2 * HOUR) == 1
    assert titles(store) == [HELP.title]


def titles(store: Store) -> list[str]:
    return [line.entry.title for line in store.ticker(Choice(), None, 9)]
