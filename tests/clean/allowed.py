"""What may stand in a page and in an article: lists of our own, written from the templates, not the code.

Each function returns the faults that it finds, in words; none is an empty list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from lxml import etree, html


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WEB = r"https?://[!-~]+"
_OURS = r"(?:/[!-~]*)?#?[\w-]*"
_LINK = rf"{_WEB}|mailto:[!-~]*"
_ANY = r".*"

# In an article
ELEMENTS = _words(
    """
    a abbr audio b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt em
    figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small source span
    strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr
    """
)
ATTRIBUTES = {
    "href": _LINK,
    "src": rf"{_WEB}|data:image/(png|jpeg|jpg|gif|webp|avif);base64,[A-Za-z0-9+/=]+",
    "rel": "nofollow noopener noreferrer",
    "dir": "ltr|rtl|auto",
    "lang": "[a-z0-9-]{2,35}",
    "alt": _ANY,
    "title": _ANY,
    "loading": "lazy",
    "decoding": "async",
    "referrerpolicy": "no-referrer",
    "controls": "(controls)?",
    "preload": "none",
    "reversed": "(reversed)?",
    "type": "[a1i]|(audio|video)/[a-z0-9.+-]+",
    "scope": "(row|col)(group)?",
    "datetime": "[0-9tpzwdhmsy:+. -]*",
    **dict.fromkeys(["width", "height", "colspan", "rowspan", "span"], "[0-9]{1,5}"),
    **dict.fromkeys(["start", "value"], "-?[0-9]{1,6}"),
}

# Around it
_EVERYWHERE = {
    "class": r"[a-z ]+",
    "id": r"[a-z-]+|line-\d+|day-[\d-]+",
    "lang": ATTRIBUTES["lang"],
    "dir": ATTRIBUTES["dir"],
    "hidden": "(hidden)?",
    "aria-current": "page|true",
    "aria-hidden": "true",
    "aria-label": r"[\w:.,;%() –-]+",
    "aria-labelledby": r"[a-z-]+|day-[\d-]+",
    "role": "status|search|separator|img",
    "itemscope": "(itemscope)?",
    "itemtype": r"https://schema\.org/(NewsArticle|Organization|Person)",
    "itemprop": "[A-Za-z ]+",
}
_DRAWN = {
    "preserveaspectratio": "none",
    "preserveAspectRatio": "none",
    "aria-hidden": "true",
    "focusable": "false",
}
_FORMS = {f"data-{form}": r"[\w{} ]+" for form in ("zero", "one", "two", "few", "many", "other")}
_FRAME: dict[str, dict[str, str]] = {
    "a": {"href": rf"{_OURS}|{_LINK}", "rel": "noopener|next|prev"},
    "aside": {"tabindex": "0"},
    "audio": {"controls": "(controls)?", "preload": "none", "src": _WEB},
    "button": {"type": "button|submit", "data-copy": _WEB, "data-copied": r"[\w ]+", **_FORMS},
    "div": {"data-live": _OURS, "data-look": r"\d+", "aria-live": "polite"},
    "form": {"action": r"/search|/read/\d+/reactions", "method": "post"},
    "img": {"src": _WEB, "alt": "", "decoding": "async", "referrerpolicy": "no-referrer"},
    "input": {
        "type": "search",
        "name": "q",
        "placeholder": r"[\w ]+",
        "maxlength": "200",
        "autocomplete": "off",
        "value": _ANY,
    },
    "li": {"data-id": r"\d+", "data-link": _WEB},
    "link": {
        "rel": "canonical|alternate|icon|apple-touch-icon|manifest|stylesheet",
        "type": "[a-z]+/[a-z+]+",
        "title": _ANY,
        "href": rf"/[!-~]*|{_WEB}",
    },
    "meta": {
        "charset": "utf-8",
        "name": "viewport|color-scheme|description|robots",
        "property": "(og|article):[a-z_]+",
        "content": _ANY,  # words that others show, as text
    },
    "script": {"src": r"/static/page\.js\?v=\w+", "defer": "(defer)?", "data-worker": r"/sw\.js"},
    "details": {"open": "(open)?"},
    "section": {"data-day": r"\d{4}-\d\d-\d\d"},
    "th": {"scope": "col"},
    "svg": {"viewbox": "[0-9 ]+", "viewBox": "[0-9 ]+", "width": r"\d+", "height": r"\d+", **_DRAWN},
    "path": {"d": "[A-Za-z0-9 .,-]*", **_DRAWN},
    "time": {"datetime": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"},
    "video": {"controls": "(controls)?", "preload": "none", "src": _WEB},
}
_BARE = _words(
    """
    article b bdi body button caption code dd del details dialog div dl dt figcaption figure footer h1 h2
    head header html kbd main mark nav ol p pre section span summary table tbody td thead title tr ul
    """
)

# Controls but for line feeds and tabs; what turns the text around it, which an article's box shuts in.
HARMFUL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NO_TAG = re.compile(rf"<(?!/?(?:{'|'.join(ELEMENTS)})[\s>])")


def article(markup: str) -> list[str]:
    """Return what is wrong with *markup* as a feed reader would put it into its page."""
    faults = [f"character {found[0]!r}" for found in HARMFUL.finditer(markup)]
    faults += [f"{markup[found.start() :][:200]!r}" for found in _NO_TAG.finditer(markup)]
    tree = html.document_fromstring(f"<!doctype html><body><hr>{markup}", parser=_parser())
    faults += [f"{name} on the page" for each in (tree, tree.body) for name in each.attrib]
    frame = {tree, tree.body, *tree.iter("head")}
    return faults + [fault for each in tree.iter() if each not in frame for fault in _in_article(each)]


def page(document: str) -> list[str]:
    """Return what is wrong with one of our pages."""
    faults = [f"character {found[0]!r}" for found in HARMFUL.finditer(document)]
    tree = html.document_fromstring(document, parser=_parser())
    bodies = {body for body in tree.iter("div") if body.get("class") == "body"}
    inside = {each for body in bodies for each in body.iterdescendants()}
    for element in tree.iter():
        faults += _in_article(element) if element in inside else _in_frame(element)
        if element not in inside and element not in bodies:
            faults += [
                f"{text!r} turns" for text in (element.text, element.tail) if TURNING.search(text or "")
            ]
    return faults


def words(text: str) -> list[str]:
    """Return what is wrong with *text* as words: a title, a name."""
    wrong = HARMFUL.search(text) or TURNING.search(text) or "\n" in text or len(text) > 1000
    return [f"{text[:200]!r} is not clean"] if wrong else []


def _parser() -> html.HTMLParser:
    return html.HTMLParser(huge_tree=True)


def _in_article(element: Any) -> Iterator[str]:
    if element.tag not in ELEMENTS:
        yield f"<{element.tag}> in an article: {etree.tostring(element)[:200]!r}"
        return
    said = (element.text, element.tail, *element.attrib.values())
    yield from (f"{text[:200]!r} in an article" for text in said if HARMFUL.search(text or ""))
    for name, value in element.attrib.items():
        if name not in ATTRIBUTES or not re.fullmatch(ATTRIBUTES[name], value, re.DOTALL):
            yield f"<{element.tag} {name}={value[:200]!r}> in an article"


def _in_frame(element: Any) -> Iterator[str]:
    if element.tag not in _FRAME and element.tag not in _BARE:
        yield f"<{element.tag}> in the page: {etree.tostring(element)[:200]!r}"
        return
    allowed = _FRAME.get(element.tag, {}) | _EVERYWHERE
    for name, value in element.attrib.items():
        if name not in allowed or not re.fullmatch(allowed[name], value, re.DOTALL):
            yield f"<{element.tag} {name}={value[:200]!r}> in the page"


# The merged feeds

_ADDRESSES = {  # of elements and attributes, without namespaces
    "link": ("", "href"),
    "comments": ("",),
    "commentRss": ("",),
    "enclosure": ("url",),
    "content": ("url", "src"),
    "thumbnail": ("url",),
    "source": ("url",),
    "uri": ("",),
    "generator": ("uri",),
}


def rss(document: bytes) -> list[str]:
    """Return what is wrong with a merged RSS feed."""
    tree = etree.fromstring(document, etree.XMLParser(huge_tree=True, resolve_entities=False))
    faults = _xml(tree)
    for item in tree.iter("item"):
        faults += article(item.findtext("{http://purl.org/rss/1.0/modules/content/}encoded") or "")
        faults += article(item.findtext("description") or "")
        guid = item.find("guid")
        if guid.get("isPermaLink") != "false" and not re.fullmatch(_WEB, guid.text):
            faults.append(f"guid {guid.text!r} as a link")
    for title in tree.iter("title", "source", "category"):
        faults += words(unescape(title.text or ""))  # escaped once more where it is like markup
    markup = [title.text for title in tree.iter("title") if re.search(r"<[a-z!/?]", title.text or "", re.I)]
    return faults + [f"a title with markup: {text[:200]!r}" for text in markup]


def atom(document: bytes) -> list[str]:
    """Return what is wrong with a merged Atom feed."""
    tree = etree.fromstring(document, etree.XMLParser(huge_tree=True, resolve_entities=False))
    faults = _xml(tree)
    name = "{http://www.w3.org/2005/Atom}"
    for content in tree.iter(f"{name}content"):
        faults += (
            article(content.text or "") if content.get("type") == "html" else ["content of another type"]
        )
    for title in tree.iter(f"{name}title", f"{name}summary", f"{name}name"):
        faults += words(told(title))
        if title.get("type", "text") not in {"text", "html"}:
            faults.append("a title that is no text")
        if title.get("type") == "html" and "<" in (title.text or ""):
            faults.append(f"a title with markup: {title.text[:200]!r}")
    return faults


def told(title: Any) -> str:
    """Return the words of an Atom title, which may be declared as HTML (RFC 4287, 3.1.1)."""
    text = title.text or ""
    return unescape(text) if title.get("type") == "html" else text


def json_feed(document: bytes) -> list[str]:
    """Return what is wrong with a merged JSON feed."""
    feed = json.loads(document)
    faults = [fault for item in feed["items"] for fault in article(item.get("content_html", ""))]
    for item in feed["items"]:
        names = [author["name"] for author in item["authors"]]
        titles = [source["title"] for source in item["_sources"]]
        for text in (item["title"], item.get("summary", ""), *names, *titles, *item.get("tags", [])):
            faults += words(text)
    addresses = [value for name, value in members(feed) if name in {"url", "image", "feed", "home_page_url"}]
    return faults + [f"address {link!r}" for link in addresses if link and not re.fullmatch(_WEB, link)]


def members(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each member that is no object or list, and what it is called."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from members(member, key)
    elif isinstance(value, list):
        for member in value:
            yield from members(member, name)
    else:
        yield name, value


def _xml(tree: Any) -> list[str]:
    faults = []
    for element in tree.iter():
        if not isinstance(element.tag, str):
            faults.append(f"a comment or an instruction: {etree.tostring(element)[:200]!r}")
            continue
        kind = etree.QName(element)
        for name in _ADDRESSES.get(kind.localname, ()) if "slash" not in (kind.namespace or "") else ():
            value = element.get(name) if name else (element.text or "").strip()
            if value and not re.fullmatch(_WEB, value):
                faults.append(f"<{element.tag} {name}={value[:200]!r}>")
    return faults
