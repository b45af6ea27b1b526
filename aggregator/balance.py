"""Balance: intricate markup written again as a plain nest of allowed elements, before it is sanitised.

Frames of other sites and videos become links on the way. What comes out is not safe yet, only simple.
"""

from __future__ import annotations

import re
from html import escape, unescape

from aggregator.links import host, resolve
from aggregator.text import MARKUP
from aggregator.videos import video_page


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


DEEPEST = 256  # levels; deeper ones are left out. Browsers stop at 512, html5ever is quadratic in it
PLAY = "▶ "  # before the link to a video: words for it stand in no language yet

TAGS = _words(
    """
    a abbr audio b bdi bdo blockquote br caption cite code col colgroup dd del details dfn div dl dt
    em figcaption figure h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt ruby s samp small
    source span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr
    """
)
ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href"},
    "abbr": {"title"},
    "audio": {"src"},
    "col": {"span"},
    "colgroup": {"span"},
    "img": {"alt", "data-lazy-src", "data-original", "data-src", "height", "src", "srcset", "style", "width"},
    "li": {"value"},
    "ol": {"reversed", "start", "type"},
    "source": {"src", "type"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
}

_VOID = _words("br col hr img source wbr")
_BLOCKS = _words("address article aside center dialog fieldset footer form header main nav section")
_RENAMED = (
    dict.fromkeys(_BLOCKS, "div")
    | dict.fromkeys(("listing", "plaintext", "xmp"), "pre")
    | {"h1": "h2", "strike": "s", "acronym": "abbr", "tt": "code", "menu": "ul", "dir": "ul"}
)
_TABLE = _words("caption table tbody td tfoot th thead tr")
_SEALED = _words("caption table td th")  # an end tag of another element does not reach beyond them
_ENDS = {  # what a start tag ends by itself when it stands on top
    **dict.fromkeys(("li", "dt", "dd"), frozenset({"li", "dt", "dd", "p"})),
    "p": frozenset({"p"}),
    **dict.fromkeys(("td", "th"), frozenset({"td", "th", "p"})),
    "tr": frozenset({"tr", "td", "th", "p"}),
    **dict.fromkeys(
        ("tbody", "thead", "tfoot"), frozenset({"tbody", "thead", "tfoot", "tr", "td", "th", "p"})
    ),
}
_NAMES = frozenset().union(*ATTRIBUTES.values())
_ATTRIBUTE = re.compile(
    r"""(?<![\w:-])([a-z][\w:-]*+)(?:\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?""", re.IGNORECASE
)


def balanced(markup: str, base: str | None) -> str:
    """Return *markup* with the allowed elements only, each closed where it ends, none too deep."""
    written: list[str] = []
    open_: list[str] = []
    frames = _Frames(base, written, open_)
    position = 0
    for token in MARKUP.finditer(markup):
        written.append(markup[position : token.start()].replace("<", "&lt;"))
        position = token.end()
        name = (token["name"] or token["mute"] or "").lower()
        name = _RENAMED.get(name, name)
        if name in _FRAMES:
            frames.meet(name, token)
        elif token["end"]:
            written += _end(name, open_)
        elif name in TAGS:
            written += _start(name, token["attributes"], open_)
    written.append(markup[position:].replace("<", "&lt;"))
    written += [f"</{name}>" for name in reversed(open_)]
    return "".join(written)


def _start(name: str, attributes: str, open_: list[str]) -> list[str]:
    ended = []
    while open_ and open_[-1] in _ENDS.get(name, ()):
        ended.append(f"</{open_.pop()}>")
    if len(open_) >= DEEPEST or (name == "source" and open_[-1:] != ["audio"]):
        return ended
    if name not in _VOID:
        open_.append(name)
    return [*ended, f"<{name}{_rewritten(attributes)}>"]


def _end(name: str, open_: list[str]) -> list[str]:
    """Return the end tags that close the innermost *name*, and whatever was left open in it."""
    if name not in open_:
        return []
    for place in range(len(open_) - 1, -1, -1):
        if open_[place] == name:
            ended = [f"</{inner}>" for inner in reversed(open_[place:])]
            del open_[place:]
            return ended
        if open_[place] in _SEALED and name not in _TABLE:
            return []
    return []


def _rewritten(attributes: str) -> str:
    return "".join(f' {name}="{value}"' for name, value in _attributes(attributes).items() if name in _NAMES)


def _attributes(written: str) -> dict[str, str]:
    """Return the attributes in a tag, the first of each name, still with their references."""
    found: dict[str, str] = {}
    for name, *values in _ATTRIBUTE.findall(written) if written.strip() else ():
        found.setdefault(name.lower(), "".join(values).replace('"', "&quot;"))
    return found


# Frames: what is of another site is not embedded but linked to, a video with its picture

_FRAMES = _words("iframe embed object source video")
_MOST_FRAMES = 50
_NO_TITLE = re.compile(
    r"(?:\w+ )?(?:video ?)?player(?: embed)?", re.IGNORECASE
)  # as those of video sites say


class _Frames:
    """Writes links in place of the frames of an article, one for each address."""

    def __init__(self, base: str | None, written: list[str], open_: list[str]) -> None:
        self._base, self._written, self._open = base, written, open_
        self._linked: set[str] = set()
        self._video: dict[str, str] | None = None  # the attributes of the one that is open
        self._place, self._around = 0, list[str]()  # where it stands in what is written, and in what

    def meet(self, name: str, token: re.Match[str]) -> None:
        """Take in a tag of an element that is a frame, or a source of something."""
        if name == "video":
            self._end_video() if token["end"] else self._begin_video(token["attributes"])
        elif token["end"]:
            return
        elif name != "source":
            self._link(_attributes(token[0]))
        elif self._video is None:
            self._written += _start(name, token["attributes"], self._open)
        elif not self._video.get("src"):
            self._video["src"] = _attributes(token["attributes"]).get("src", "")
            self._show()

    def _begin_video(self, attributes: str) -> None:
        if self._video is None:
            self._video = _attributes(attributes)
            self._place, self._around = len(self._written), list(self._open)
            self._written.append("")
            self._show()

    def _show(self) -> None:
        """Write the link where the video began, which may never end."""
        given = self._video or {}
        if page := self._new(given.get("src", "")):
            self._written[self._place] = _figure(page, given.get("title", ""), given.get("poster", ""))

    def _end_video(self) -> None:
        """Leave out what stood in the video: it is for browsers without videos."""
        if self._video is not None and self._open[: len(self._around)] == self._around:
            del self._written[self._place + 1 :], self._open[len(self._around) :]
        self._video = None

    def _link(self, given: dict[str, str]) -> None:
        source = given.get("src", "") or given.get("data", "")
        if given.get("data-src") and not source.startswith(("http", "/")):  # it waits to be seen
            source = given["data-src"]
        if {given.get("width"), given.get("height")} & {"0", "1"}:  # nobody is meant to see it
            return
        if page := self._new(source):
            title = given.get("title", "")
            is_video = page != resolve(unescape(source), self._base)
            label = _within(title) or _written(host(page))
            plain = f'<p><a href="{escape(page)}">{label}</a></p>'
            self._written.append(_figure(page, title, "") if is_video else plain)

    def _new(self, source: str) -> str | None:
        """Return the page to link to, None where there is none or it has its link already."""
        address = resolve(unescape(source), self._base)
        page = (video_page(address) or address) if address else None
        if page is None or page in self._linked or len(self._linked) >= _MOST_FRAMES:
            return None
        self._linked.add(page)
        return page


def _figure(page: str, title: str, poster: str) -> str:
    image = f'<img src="{_within(poster)}" alt="">' if poster else ""
    caption = f"<figcaption>{_within(title)}</figcaption>" if title and not _NO_TITLE.fullmatch(title) else ""
    return f'<figure><a href="{escape(page)}">{image}{PLAY}{_written(site_of(page))}</a>{caption}</figure>'


def _within(value: str) -> str:
    """Return the *value* of an attribute, still with its references, where it ends neither value nor text."""
    return value.replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def _written(text: str) -> str:
    return escape(text, quote=False)


def site_of(page: str) -> str:
    """Return what people call the site of a video."""
    return host(page).removeprefix("www.")
