"""Facts: what is worth knowing of an entry before any two are compared. Made once, where it is parsed."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from xxhash import xxh3_64_digest, xxh32_intdigest

from aggregator.dedupe.lexicon import load_all
from aggregator.dedupe.packing import pack
from aggregator.dedupe.words import words_of
from aggregator.findable import findable
from aggregator.links import canonical, host, is_article
from aggregator.model import Arrival, Entry, Facts
from aggregator.names import title_key
from aggregator.text import plain

TAG_DATE = "2026"  # of the tags that we make: it never moves (RFC 4151)
LONGEST_KEY = 500  # characters; PostgreSQL indexes 2,700 bytes

_SEPARATOR = "\x1f"  # cannot occur in clean text


def arrival(feed: int, key: str, url: str, entry: Entry, alone: bool, name: str) -> Arrival:
    """Return *entry* of the *feed* (its row) called *key*, with its facts, ready to be decided upon.

    *name* is the feed's title, by which it may sign the titles of its entries.

    Its uid follows the row, which stays when an admin renames the feed; its tag follows *url* and *key*, so
    that two stores filled from one feeds.yaml publish the same ids.
    """
    tag = f"tag:{host(url) or 'localhost'},{TAG_DATE}:{_name(key, entry.id).hex()}"
    body = plain(entry.content)
    found_by = findable(entry.title, entry.summary, body)
    return Arrival(
        feed, _name(str(feed), entry.id), tag, entry, _facts(entry, body, feed, name, alone), found_by, alone
    )


def _name(feed: str, entry_id: str) -> bytes:
    """Return 16 bytes that name an entry everywhere: ids are unique within their feed only."""
    return blake2b(f"{feed}{_SEPARATOR}{entry_id}".encode(), digest_size=16).digest()


def with_words(facts: Facts, title: str, language: str | None) -> Facts:
    """Return *facts* with the words of the title, where they have none."""
    if facts.words:
        return facts
    return replace(facts, words=pack(words_of(title, "", (language or "").partition("-")[0], ()), 0))


def prepare() -> None:
    """Load what `arrival` needs: the lists of words, labels and tails of all languages."""
    load_all()
    words_of("Live: the title of an article (video) - Paper", "And more.", "", ("Paper",))


def _facts(entry: Entry, body: str, feed: int, name: str, alone: bool) -> Facts:
    """Return what is worth knowing of *entry*, whose text is *body*, before any two are compared.

    One that stands alone is compared with nothing but itself: it gets no words, which cost the most.
    """
    link = canonical(entry.link) if entry.link else ""
    site = host(link) if link else ""
    publishers = tuple(filter(None, (name, site)))
    language = (entry.language or "").partition("-")[0]
    words = None if alone else words_of(entry.title, entry.summary, language, publishers)
    noticeable = (entry.title, entry.summary, body, link)
    everything = (
        entry.title,
        entry.summary,
        entry.content,
        entry.link,
        entry.authors,
        entry.categories,
        entry.enclosures,
        entry.image,
        entry.language,
        entry.published if entry.dated else None,
        entry.updated,
        entry.comments,
        entry.comments_link,
        entry.comments_feed,
    )
    return Facts(
        fingerprint=_digest(*noticeable),
        digest=_digest(*map(repr, everything)),
        link_key=_bounded(link) if entry.link and is_article(entry.link) else "",
        title_key=title_key(entry.title),
        words=pack(words, xxh32_intdigest((site or f"feed {feed}").encode())) if words else b"",
    )


def _bounded(link: str) -> str:
    """Return *link*, or a digest in its name where it is too long for a database's index."""
    return link if len(link) <= LONGEST_KEY else blake2b(link.encode(), digest_size=32).hexdigest()


def _digest(*texts: str) -> bytes:
    return xxh3_64_digest(_SEPARATOR.join(texts).encode())
