"""Reading: the feeds that a list of another program names, however it is spelt, and hostile as it may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from aggregator.errors import UserError
from aggregator.links import without_credentials
from aggregator.model import Listing
from aggregator.opml.writing import NAMESPACE, PREFIX, as_tag
from aggregator.text import language_tag, shorten, tidy

_DEEPEST = 100  # outlines in one another
_MOST_OUTLINES = 100_000
_MOST_FEEDS = 10_000
_MOST_CATEGORIES = 30  # of one feed
_LONGEST = 200  # characters of a title or a category
_FEED_ROOTS = {"rss", "feed", "rdf:rdf"}
_SCRAPED = ("xpath", "dotnotation", "dotpath", "css")

# What expat says, and what an admin should do about it.
_REMEDIES = {
    "not well-formed (invalid token)": "a sign that may not stand here; an & is written &amp; and a < &lt;",
    "mismatched tag": "a tag that was never opened, or one before it that was never closed",
    "undefined entity": "an entity (&…;) that XML does not know; write the letter itself",
    "no element found": "the file ends before the list does; export it again",
    "unclosed token": "the file ends in the middle of a tag; export it again",
    "junk after document element": "something stands behind the end of the list; remove it",
    "duplicate attribute": "an attribute stands twice in one tag; remove one",
}


@dataclass(frozen=True, slots=True)
class Outlines:
    """What an OPML document names: feeds, each address once; and a sentence on each of the others."""

    listings: tuple[Listing, ...]
    repeated: tuple[str, ...]
    refused: tuple[str, ...]


def outlines(document: str, name: str) -> Outlines:
    """Return the feeds that *document* names, in its order; raise UserError where it is no OPML.

    Every folder above a feed, and every step of its category attribute, is a category of it; a feed that
    stands in several folders is in all of them. *name* is that of the file, for messages. Addresses are as
    they are written there.
    """
    text = document.lstrip("\ufeff \t\r\n")
    reader = _Reader(name, document[: len(document) - len(text)].count("\n"))
    reader.read(text)
    listings = tuple(feed.listing() for feed in reader.feeds.values())
    return Outlines(listings, tuple(reader.repeated), tuple(reader.refused))


@dataclass(slots=True)
class _Named:
    """A feed, with all that its outlines say of it."""

    first: Listing
    folders: dict[str, None] = field(default_factory=dict)
    tags: dict[str, None] = field(default_factory=dict)

    def listing(self) -> Listing:
        """Return it with its categories: in the order of its tags, and spelt like its folders."""
        folders = {as_tag(folder): folder for folder in self.folders}
        named = [folders.get(tag, tag) for tag in self.tags]
        categories = tuple(dict.fromkeys([*named, *self.folders]))[:_MOST_CATEGORIES]
        return Listing(
            self.first.url, self.first.title, categories, self.first.language, self.first.key, self.first.line
        )


class _Reader:
    """Follows the outlines, and remembers which folders it is in."""

    def __init__(self, name: str, before: int) -> None:
        self.feeds: dict[str, _Named] = {}
        self.repeated: list[str] = []
        self.refused: list[str] = []
        self._name, self._before = name, before
        self._folders: list[str] = []  # one for each open element; "" for those that name no folder
        self._hidden = 0  # how many of the open elements are in a comment
        self._ours = f"{PREFIX}:key"
        self._count = 0
        # The text is in UTF-8 now, whatever it says of itself.
        self._parser = expat.ParserCreate("utf-8")
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def read(self, text: str) -> None:
        try:
            self._parser.Parse(text.encode("utf-8", "replace"), True)
        except expat.ExpatError as error:
            message = expat.ErrorString(error.code)
            told = _REMEDIES.get(message, message)
            raise self._wrong(f"this is no XML: {told}", error.lineno) from None

    def _refuse_doctype(self, *_: object) -> None:
        raise self._wrong("a document type (DOCTYPE), which no list of feeds needs; remove it")

    def _start(self, element: str, given: dict[str, str]) -> None:
        # Of two that differ in case only, the first counts.
        attributes = {name.lower(): value for name, value in reversed(given.items())}
        element = element.lower()
        if not self._folders and element != "opml":
            raise self._wrong(_instead(element))
        if len(self._folders) > _DEEPEST:
            raise self._wrong(f"outlines stand more than {_DEEPEST} deep; no list of feeds needs that")
        folder = ""
        self._hidden += bool(self._hidden) or attributes.get("iscomment", "").strip().lower() == "true"
        if element == "outline" and not self._hidden:
            self._count += 1
            if self._count > _MOST_OUTLINES:
                raise self._wrong(f"more than {_MOST_OUTLINES:,} outlines; import it in parts")
            folder = self._outline(attributes)
        if not self._folders and given.get(f"xmlns:{PREFIX}", NAMESPACE) != NAMESPACE:
            self._ours = ""
        self._folders.append(folder)

    def _end(self, _element: str) -> None:
        self._folders.pop()
        self._hidden -= bool(self._hidden)

    def _outline(self, attributes: Mapping[str, str]) -> str:
        """Take the feed that an outline names; return the name of the folder where it is one."""
        title = _line(attributes.get("title", "")) or _line(attributes.get("text", ""))
        kind = _line(attributes.get("type", "")).lower()
        address = tidy(attributes.get("xmlurl", ""))
        if not address and kind in {"rss", "atom", "feed"}:
            address = tidy(attributes.get("url", ""))  # the word of OPML 1.0
        if address and any(word in kind for word in _SCRAPED):
            self._refuse(
                f"{_shown(address)} is no feed but a page that the other program took apart ({kind})"
            )
        elif address:
            self._take(address, title, attributes)
        elif kind == "include" or (kind == "link" and attributes.get("url", "").lower().endswith(".opml")):
            address = _shown(tidy(attributes.get("url", "")))
            self._refuse(f"{address} is another list, which is not fetched; save it, and import it by itself")
        elif kind == "rss":
            self._refuse(f"'{title}' has no address (xmlUrl)")
        return "" if address else title

    def _take(self, address: str, title: str, attributes: Mapping[str, str]) -> None:
        named = self.feeds.get(address)
        if named is None:
            if len(self.feeds) == _MOST_FEEDS:
                raise self._wrong(f"more than {_MOST_FEEDS:,} feeds; import it in parts")
            language, key = language_tag(attributes.get("language")), _line(attributes.get(self._ours, ""))
            # In want of a title some put the address there, and we the key.
            own = "" if title in {address, key} else title
            named = _Named(Listing(address, own, (), language, key or None, self._line_number()))
            self.feeds[address] = named
            known = False
        else:
            known = all(folder in named.folders for folder in self._folders if folder)
        named.folders.update(dict.fromkeys(filter(None, self._folders)))
        named.tags.update(dict.fromkeys(_tags(attributes.get("category", ""))))
        if known:
            same = f"{_shown(address)} is the same as in line {named.first.line}"
            self.repeated.append(f"line {self._line_number()}: {same}")

    def _refuse(self, sentence: str) -> None:
        self.refused.append(f"line {self._line_number()}: {sentence}")

    def _wrong(self, message: str, line: int | None = None) -> UserError:
        at = self._line_number() if line is None else line + self._before
        return UserError(f"{self._name}:{at}: {message}")

    def _line_number(self) -> int:
        return self._before + self._parser.CurrentLineNumber


def _instead(element: str) -> str:
    if element in _FEED_ROOTS:
        return "this is a feed, not a list of feeds (OPML); give its address to the command `add`"
    what = "a web page" if element == "html" else "XML of another kind"
    return f"this is {what}, not a list of feeds (OPML); export the list anew"


def _tags(category: str) -> Iterator[str]:
    """Yield the tags that the category attribute names, the steps of a path one by one."""
    for path in category[:10_000].split(","):
        yield from filter(None, map(_line, path.split("/")))


def _line(text: str) -> str:
    return shorten(tidy(text[: 10 * _LONGEST]), _LONGEST)


def _shown(address: str) -> str:
    return shorten(without_credentials(address), _LONGEST)
