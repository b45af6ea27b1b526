"""Places: which elements may stand where. What is in no table makes us unsure."""

from __future__ import annotations

from aggregator.parse.plain.details import MEDIA, category, enclosure, guid, keywords, link, picture
from aggregator.parse.plain.people import PEOPLE, PERSON, author
from aggregator.parse.plain.texts import construct, content, description, encoded, other_title, summary, title
from aggregator.parse.plain.told import (
    ABOUT,
    OTHERS,
    SCOPE,
    Attributes,
    Begin,
    End,
    Place,
    Told,
    UnsureError,
    around,
    date,
    only,
    passed,
    skipping,
    word,
)


def _image(told: Told, attributes: Attributes) -> End:
    told.title_depth, told.place = -1, _IMAGE
    return None


def _source(told: Told, attributes: Attributes) -> End:
    told.title_depth, told.place = -1, _SOURCE
    return None


def _item(told: Told, attributes: Attributes) -> End:
    only(attributes, {ABOUT, *SCOPE})
    told.context, told.levels, told.title_depth, told.place = {}, {}, -1, _ENTRY
    told.entries.append(told.context)
    if about := attributes.get(ABOUT):
        told.context["id"] = about
    return _end_item


def _end_item(told: Told) -> None:
    told.context, told.levels, told.has_content = told.feed, None, False


def _rss(told: Told, attributes: Attributes) -> End:
    only(attributes, {"version", *SCOPE})
    if told.version.startswith("rss"):
        raise UnsureError
    number = attributes.get("version", "")
    told.version = "rss20" if number.startswith("2.") else _VERSIONS.get(number, "rss")
    _name_language(told)
    told.place = {"channel": _channel(_CHANNEL | {"item": _item})}
    return None


_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}


def _channel(place: Place) -> Begin:
    def begin(told: Told, attributes: Attributes) -> End:
        only(attributes, {ABOUT, *SCOPE})
        if told.is_over:
            raise UnsureError
        told.place = place
        return end

    def end(told: Told) -> None:
        told.is_over = True

    return begin


def _rdf(told: Told, attributes: Attributes) -> End:
    only(attributes, SCOPE)
    if told.version != "rss10":
        raise UnsureError
    told.place = {"channel": _channel(_CHANNEL), "item": _item, "image": _image}
    return None


def _atom(told: Told, attributes: Attributes) -> End:
    only(attributes, SCOPE)
    if told.version != "atom10":
        raise UnsureError
    _name_language(told)
    told.place = _CHANNEL | {"entry": _item}
    return None


def _name_language(told: Told) -> None:
    if told.language:
        told.feed["language"] = told.language.replace("_", "-")


ROOTS: Place = {"rss": _rss, "rdf_rdf": _rdf, "feed": _atom}
_IMAGE: Place = {"title": other_title, **skipping("link description url width height")}
_SOURCE: Place = {
    "title": other_title,
    **skipping("id updated link subtitle rights icon logo generator category"),
    "author": around(PEOPLE),
}
_DATES = {
    "published": "pubdate published issued dcterms_issued",
    "updated": "updated modified lastbuilddate dc_date dcterms_modified",
    "created": "created dcterms_created",
}
_BOTH: Place = {
    **{name: date(kept) for kept, names in _DATES.items() for name in names.split()},
    **dict.fromkeys(("title", "dc_title"), title),
    **dict.fromkeys(("description", "dc_description"), description),
    **dict.fromkeys(("subtitle", "itunes_subtitle"), construct("subtitle")),
    **dict.fromkeys(("guid", "id"), guid),
    **dict.fromkeys(("language", "dc_language"), word("language")),
    "itunes_summary": summary,
    "link": link,
    "contributor": around(PEOPLE, SCOPE),
    **skipping("copyright rights dc_rights dc_publisher dc_contributor generator icon logo docs rating"),
    **skipping("itunes_explicit itunes_block media_credit media_rating"),
    **skipping("site post-id"),  # of WordPress, in a namespace of their own
    OTHERS: passed,
}
_CHANNEL: Place = {
    **_BOTH,
    **{name: word(name) for name in ("ttl", "sy_updateperiod", "sy_updatefrequency")},
    "tagline": construct("subtitle"),
    "image": _image,
    "author": around(PEOPLE, SCOPE),
    "itunes_owner": around(PEOPLE),
    "itunes_category": around(skipping("itunes_category"), {"text"}),
    "skiphours": around(skipping("hour")),
    "skipdays": around(skipping("day")),
    "items": around({"rdf_seq": around(skipping("rdf_li"))}),
    **skipping("managingeditor webmaster dc_creator itunes_author cloud category dc_subject"),
    **skipping("itunes_image itunes_keywords media_keywords media_thumbnail media_category"),
}
_ENTRY: Place = {
    **_BOTH,
    **MEDIA,
    "media_group": around(MEDIA),
    "summary": summary,
    "content": content,
    "content_encoded": encoded,
    "enclosure": enclosure,
    **dict.fromkeys(("category", "dc_subject"), category),
    **dict.fromkeys(("author", "dc_creator", "itunes_author"), author),
    "itunes_keywords": keywords("http://www.itunes.com/"),
    "itunes_image": picture,
    "source": _source,
    **{name: word(name) for name in ("comments", "slash_comments", "wfw_commentrss", "thr_total")},
    "feedburner_origlink": word("feedburner_origlink"),
}
KNOWN = set().union(ROOTS, _CHANNEL, _ENTRY, PERSON, PEOPLE, _IMAGE, _SOURCE)
