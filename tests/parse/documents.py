"""Documents made up by chance: of what feeds are made of, in any order, and then damaged."""

from __future__ import annotations

import re

from hypothesis import strategies as st

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "media": "http://search.yahoo.com/mrss/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "x": "urn:example:extension",
}
_DECLARED = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in NAMES.items())
_ROOTS = {
    "rss": (f'<rss version="2.0"{_DECLARED}', "<channel>", "item", "</channel></rss>"),
    "old": (f'<rss version="0.91"{_DECLARED}', "<channel>", "item", "</channel></rss>"),
    "atom": (f'<feed xmlns="{NAMES["atom"]}"{_DECLARED}', "", "entry", "</feed>"),
    "prefixed": (f"<atom:feed{_DECLARED}", "", "atom:entry", "</atom:feed>"),
    "rdf": (f'<rdf:RDF xmlns="http://purl.org/rss/1.0/"{_DECLARED}', "", "item", "</rdf:RDF>"),
}
_PLAYER = "https://player.vimeo.com/video/76979871"
_TEXTS = (
    *("", " ", "word", " two words\n", "a &amp; b", "&lt;b&gt;bold&lt;/b&gt;", "1 &lt; 2", "&amp;eacute;"),
    *(
        "<![CDATA[</item><item>]]>",
        "<![CDATA[<p>a</p>]]>",
        "<!-- </item> -->x",
        "é",
        "Ã©",
        "\x93q\x94",
        "今日",
    ),
    *(
        "Mon, 23 Nov 2020 10:00:00 +0100",
        "2020-11-23T10:00:00Z",
        "30 Feb 2020",
        "http://b.test/a?b=1&amp;c=2",
    ),
    *(
        "/path",
        "4711",
        "true",
        "ed@paper.test (The Editor)",
        "Ann (ed@paper.test)",
        "List&lt;int&gt;",
        "&#8230;",
    ),
    *(
        "a, b,,c",
        "daily",
        "nl",
        "en_US",
        "tag:x.test,2020:1",
        "&nbsp;",
        "<div>x</div>",
        "<em>x</em>",
        "<?x y?>",
    ),
    "<x:y><item/></x:y>",
)
_ELEMENTS = (
    *(
        "title",
        "link",
        "description",
        "guid",
        "pubDate",
        "author",
        "category",
        "comments",
        "source",
        "enclosure",
    ),
    *(
        "id",
        "updated",
        "published",
        "summary",
        "content",
        "subtitle",
        "rights",
        "issued",
        "modified",
        "created",
    ),
    *(
        "image",
        "language",
        "ttl",
        "generator",
        "managingEditor",
        "lastBuildDate",
        "copyright",
        "docs",
        "cloud",
    ),
    *(
        "name",
        "email",
        "uri",
        "contributor",
        "unknown",
        "textInput",
        "skipHours",
        "post-id",
        "body",
        "tagline",
    ),
    *("content:encoded", "dc:creator", "dc:date", "dc:title", "dc:subject", "dc:language", "dc:description"),
    *(
        "dc:rights",
        "dc:identifier",
        "dcterms:modified",
        "dcterms:valid",
        "feedburner:origLink",
        "slash:comments",
    ),
    *(
        "itunes:author",
        "itunes:summary",
        "itunes:subtitle",
        "itunes:image",
        "itunes:keywords",
        "itunes:owner",
    ),
    *("itunes:explicit", "itunes:category", "media:content", "media:thumbnail", "media:group", "media:title"),
    *("media:description", "media:keywords", "media:credit", "media:player", "sy:updatePeriod", "thr:total"),
    *(
        "sy:updateFrequency",
        "wfw:commentRss",
        "thr:in-reply-to",
        "x:y",
        "x:title",
        "atom:link",
        "atom:author",
    ),
    *("atom:updated", "rdf:li", "items", "item", "entry", "channel"),
)
_ATTRIBUTES = (
    *(
        ' type="html"',
        ' type="text"',
        ' type="xhtml"',
        ' type="image/jpeg"',
        ' type="Text/HTML"',
        ' mode="base64"',
    ),
    *(' href="http://b.test/a"', ' href=""', ' href="/a"', ' rel="self"', ' rel="hub"', ' rel="Enclosure"'),
    *(
        ' url="http://b.test/a.jpg"',
        ' rel="replies"',
        ' length="5"',
        ' medium="image"',
        ' isPermaLink="false"',
    ),
    *(' ispermalink="false"', ' term="a"', ' label="b"', ' domain="c"', ' scheme="d"', ' thr:count="3"'),
    *(' rdf:about="u:1"', ' rdf:resource="u:1"', ' text="a"', ' src="/a"', ' width="9"', ' fileSize="3"'),
    *(
        ' xml:lang="nl"',
        ' xml:lang=""',
        ' xml:base="http://b.test/c/"',
        ' xml:base="d/"',
        ' base="/e"',
        ' lang="de"',
    ),
    *(
        ' x:href="http://c.test/"',
        ' xmlns:y="urn:y"',
        ' xmlns:dc="urn:dc"',
        ' xmlns="urn:z"',
        ' lastmod="2020"',
    ),
)
_TEXT = st.sampled_from(_TEXTS)
_ATTRIBUTE = st.lists(st.sampled_from(_ATTRIBUTES), max_size=2, unique_by=lambda one: one.partition("=")[0])
_NAME = st.sampled_from(_ELEMENTS)


_FAMILIAR = tuple(  # elements with the attributes that they have in real feeds
    f"{name}{attributes}"
    for name, choices in {
        "title": ("", "", ' type="html"', ' type="text"', ' xml:lang="fr"'),
        "link": (
            "",
            "",
            ' href="/a"',
            ' rel="self" href="u:1"',
            ' rel="enclosure" href="/f" type="image/jpeg"',
        ),
        "atom:link": (
            ' rel="replies" href="/r" thr:count="3"',
            ' href="/b" type="Text/HTML"',
            ' rel="hub" href="h"',
        ),
        "description": ("", "", ' xml:base="http://b.test/q/"', ' type="plain"'),
        "guid": ("", ' isPermaLink="false"', ' isPermaLink="true"'),
        "category": ("", "", ' term="a"', ' term="a" label="b"', ' domain="c"', ' scheme="d"'),
        "enclosure": (' url="http://b.test/a.mp3" type="Audio/MPEG" length="5"', ' url=""'),
        "content": (' type="html"', "", ' type="html" xml:base="/x/"', ' src="/a" type="text/plain"'),
        "summary": ("", ' type="html"', ' type="text" xml:lang="de_AT"'),
        "source": ("", ' url="http://c.test/"'),
        "itunes:category": (' text="a"',),
        "itunes:image": (' href="http://b.test/i.png"',),
        "media:content": (
            ' url="u:1" medium="image" width="3"',
            ' url="u:2" type="video/mp4" fileSize="8"',
            f' url="{_PLAYER}" type="text/html"',
        ),
        "media:thumbnail": (' url="u:3"', ' url="u:4" width="9"'),
        "media:description": ("", ' type="plain"'),
        "media:player": (' url="u:5"', f' URL="{_PLAYER}"', f' url="{_PLAYER}" height="9"'),
        "media:group": ("",),
        "thr:in-reply-to": (' ref="u:6"',),
        "x:y": ("", ' z="1"'),
        "image": ("",),
        **dict.fromkeys(("id", "pubDate", "updated", "published", "dc:date", "dcterms:modified"), ("",)),
        **dict.fromkeys(("author", "dc:creator", "itunes:author", "contributor", "itunes:owner"), ("",)),
        **dict.fromkeys(
            ("content:encoded", "dc:title", "dc:description", "itunes:summary", "subtitle"), ("",)
        ),
        **dict.fromkeys(
            ("itunes:subtitle", "media:title", "media:keywords", "itunes:keywords", "dc:subject"), ("",)
        ),
        **dict.fromkeys(
            ("comments", "slash:comments", "wfw:commentRss", "feedburner:origLink", "thr:total"), ("",)
        ),
        **dict.fromkeys(("language", "dc:language", "ttl", "sy:updatePeriod", "sy:updateFrequency"), ("",)),
        **dict.fromkeys(
            ("generator", "copyright", "lastBuildDate", "post-id", "name", "uri", "email"), ("",)
        ),
    }.items()
    for attributes in choices
)
_PLAIN_TEXT = st.sampled_from([text for text in _TEXTS if not re.search(r"&nbsp|<(?![!?])", text)])


def _element(tag: st.SearchStrategy[str], inside: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.tuples(tag, inside).map(lambda parts: f"<{parts[0]}>{parts[1]}</{parts[0].partition(' ')[0]}>")


def _inside(
    tag: st.SearchStrategy[str], text: st.SearchStrategy[str], parents: tuple[str, ...]
) -> st.SearchStrategy[str]:
    leaf = _element(tag, text)
    tree = _element(st.sampled_from(parents), st.lists(leaf, max_size=3).map("".join))
    return st.lists(st.one_of(leaf, leaf, leaf, leaf, leaf, _PERSON, tree), max_size=7).map("".join)


_PERSON = st.tuples(
    st.sampled_from(("author", "author", "contributor")),
    st.lists(st.sampled_from(("name", "email", "uri", "url")), unique=True),
    st.sampled_from(("A B", "c@d.test", "", "E (f@g.test)")),
).map(
    lambda parts: "".join(
        (f"<{parts[0]}>", *(f"<{name}>{parts[2]}</{name}>" for name in parts[1]), f"</{parts[0]}>")
    )
)
_ODD = _inside(st.tuples(_NAME, _ATTRIBUTE).map(lambda parts: parts[0] + "".join(parts[1])), _TEXT, _ELEMENTS)
_KNOWN = _inside(
    st.sampled_from(_FAMILIAR), _PLAIN_TEXT, ("source", "media:group", "image", "x:y", "media:content")
)


@st.composite
def documents(draw: st.DrawFn, odd: bool) -> bytes:
    """Return a document, in one of several encodings, nearly always sound XML; *odd*, or of what all have."""
    root, inside, item, end = _ROOTS[draw(st.sampled_from(sorted(_ROOTS)))]
    scope = st.sampled_from(
        ("", "", "", ' xml:lang="en"', ' xml:base="http://b.test/x/"', ' xml:lang="en_GB"')
    )
    parts = _ODD if odd else _KNOWN
    items = [f"<{item}{draw(scope)}>{draw(parts)}</{item}>" for _ in range(draw(st.integers(0, 3)))]
    head = draw(parts)
    if "rdf:RDF" in root:
        head = f'<channel rdf:about="u:0">{head}</channel>'
    doctype = draw(st.sampled_from(("", "", '<!DOCTYPE rss [<!ENTITY nbsp "&#160;">]>'))) if odd else ""
    text = f"{doctype}{root}{draw(scope)}>{inside}{head}{''.join(items)}{draw(_PLAIN_TEXT)}{end}"
    encoding = draw(st.sampled_from(("utf-8", "utf-8", "utf-8", "utf-16", "windows-1252")))
    return f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding, "xmlcharrefreplace")


@st.composite
def elements_changed(draw: st.DrawFn, body: bytes) -> bytes:
    """Return *body* with some of its elements doubled, moved, or left out: it stays sound."""
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        found = [match.span() for match in _ONE.finditer(body)]
        if not found:
            return body
        (start, end), (place, _) = draw(st.sampled_from(found)), draw(st.sampled_from(found))
        piece = body[start:end]
        match draw(st.sampled_from(("delete", "double", "rename", "describe"))):
            case "delete":
                body = body[:start] + body[end:]
            case "double":
                body = body[:place] + piece + body[place:]
            case "rename":
                name = draw(_NAME).encode()
                renamed = re.sub(rb"\A<[\w:.-]+|(?<=</)[\w:.-]+(?=>\Z)", name, piece)
                body = body[:start] + renamed + body[end:]
            case "describe":
                attribute = draw(st.sampled_from(_ATTRIBUTES)).encode()
                body = body[:start] + re.sub(rb"\A<[\w:.-]+", rb"\g<0>" + attribute, piece) + body[end:]
    return body


_ONE = re.compile(rb"<([A-Za-z][\w:.-]*)(?:\s[^<>]*)?>[^<]*</\1>")


@st.composite
def mutated(draw: st.DrawFn, body: bytes) -> bytes:
    """Return *body* with bytes deleted, doubled or swapped, or cut off."""
    for _ in range(draw(st.integers(min_value=1, max_value=3))):
        start = draw(st.integers(min_value=0, max_value=max(len(body) - 1, 0)))
        end = min(start + draw(st.sampled_from((1, 2, 7, 40, 400))), len(body))
        piece = body[start:end]
        place = draw(st.integers(min_value=0, max_value=len(body)))
        match draw(st.sampled_from(("delete", "double", "move", "cut", "swap"))):
            case "delete":
                body = body[:start] + body[end:]
            case "double":
                body = body[:place] + piece + body[place:]
            case "move":
                rest = body[:start] + body[end:]
                body = rest[:place] + piece + rest[place:]
            case "swap":
                body = body[:start] + piece[::-1] + body[end:]
            case "cut":
                body = body[:end]
    return body
