"""JSON Feed 1.1. Members come in the order of its specification; ours begin with an underscore."""

from __future__ import annotations

import json
from typing import Any

from aggregator.model import Edition, Enclosure, FormerTitle, Headline, Person, Site, Source
from aggregator.publish import wording


def document(edition: Edition) -> bytes:
    """Return *edition*, which is clean, as JSON Feed."""
    return json.dumps(_feed(edition), ensure_ascii=False, separators=(",", ":")).encode()


def _feed(edition: Edition) -> dict[str, Any]:
    return _known(
        version="https://jsonfeed.org/version/1.1",
        title=edition.title,
        home_page_url=wording.home(edition),
        feed_url=wording.address(edition, "json"),
        next_url=_next(edition),
        description=edition.site.description,
        authors=[_person(Person(edition.site.title, edition.site.link))],
        language=edition.site.language,
        hubs=[{"type": "WebSub", "url": edition.hub}] if edition.hub else [],
    ) | {"items": [_item(headline, edition.site) for headline in edition.headlines]}


def _next(edition: Edition) -> str | None:
    """Return where older items are: on the next page, or else in the archive before."""
    found = dict(wording.neighbours(edition, "json"))
    return found.get("next") or found.get("prev-archive")


def _item(headline: Headline, site: Site) -> dict[str, Any]:
    entry = headline.entry
    html = wording.content(headline, site)
    return _known(
        id=headline.guid,
        url=wording.article(headline, site),
        title=entry.title,
        content_html=html,
        content_text="" if html else entry.summary or entry.title,  # one of the two must be there
        summary=entry.summary,
        image=entry.image,
        date_published=headline.published.isoformat(),
        date_modified=headline.updated.isoformat(),
        authors=[_person(person) for person in wording.authors(headline)],
        tags=list(entry.categories),
        language=entry.language,
        attachments=[_attachment(enclosure) for enclosure in entry.enclosures],
        _sources=[_source(source) for source in headline.sources],
        _story=_story(headline),
        _corrections=[_correction(former) for former in headline.formerly],
    )


def _correction(former: FormerTitle) -> dict[str, str]:
    """Return what the headline said before its publisher corrected it."""
    return {"title": former.title, "until": former.until.isoformat()}


def _story(headline: Headline) -> dict[str, int] | None:
    """Return which story the headline belongs to, if others tell it too, and how many headlines that has."""
    if headline.story is None or not headline.related:
        return None
    return {"id": headline.story, "headlines": len(headline.related) + 1}


def _known(**members: Any) -> dict[str, Any]:
    """Return *members* without those that say nothing."""
    return {name: value for name, value in members.items() if value not in (None, "", [])}


def _person(person: Person) -> dict[str, Any]:
    return _known(name=person.name, url=person.link)


def _attachment(enclosure: Enclosure) -> dict[str, Any]:
    return _known(url=enclosure.link, mime_type=enclosure.type, size_in_bytes=enclosure.length)


def _source(source: Source) -> dict[str, Any]:
    return {
        "title": source.title,
        "url": source.link,
        "source": source.key,
        "feed": source.feed,
        "time": source.published.isoformat(),
    }
