"""Sanitise: untrusted markup to Html. The only maker of that type; nh3 has the last word on what passes.

What comes out holds article markup only, absolute http(s) links, no script, style, form, frame or identifier,
and is legal in UTF-8 and XML 1.0. It is the same when it is sanitised again, so what a browser parses is what
was judged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import escape, unescape
from itertools import groupby

import nh3

from aggregator.balance import ATTRIBUTES, DEEPEST, PLAY, TAGS, balanced, site_of
from aggregator.links import resolve
from aggregator.model import Html
from aggregator.text import clean_characters, direction, few_marks, language_tag, plain, tidy


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


LONGEST = 1_000_000  # characters of one entry's markup; the rest is cut off
_MOST = 50_000  # tags or references; beyond it the text alone is kept

_CONTENTS_TOO = _words("iframe noembed noframes script select style svg template textarea title")
_REL = "nofollow noopener noreferrer"

# Elements that a parser nests as they are written: one pass over them is stable. All else is balanced first
# and looked at again afterwards: mutation XSS lives on trees that change when written and read again.
_INTRICATE = re.compile(
    r"</?(?!(?:a|b|blockquote|br|code|div|em|figcaption|figure|hr|i|img|li|ol|p|span|strong|sub|sup|ul)[\s/>])"
    r"[a-z]|<[^>]{2000}|<!\[|\]\]>",
    re.IGNORECASE,
)
_HEADING = re.compile(r"<(h[2-6])(?:\s[^<>]{0,2000})?>[^<]*</\1>")  # as stable, with nothing but words in it


def clean(markup: str, base: str | None) -> Html:
    """Return what is safe of an entry's *markup*, its links resolved against *base*.

    Without a usable *base* relative links and images are left out.
    """
    markup = clean_characters(markup[:LONGEST])
    if _too_much(markup):
        return _flattened(markup)
    plainly_nested = markup.count("<") <= DEEPEST and not _INTRICATE.search(_HEADING.sub("\0", markup))
    safe = _sanitised(markup, _cleaner(base)) if plainly_nested else _settled(markup, base)
    # A parser repeats unclosed formatting in each paragraph that follows: a kilobyte can make a megabyte.
    if safe is None or _too_much(safe) or len(safe) > min(LONGEST, 8 * len(markup) + 10_000):
        return _flattened(markup)
    return Html(safe)


def _too_much(markup: str) -> bool:
    return markup.count("<") > _MOST or markup.count("&") > _MOST


def _sanitised(markup: str, cleaner: nh3.Cleaner) -> str:
    # The parser has resolved the references by now, so that this sees the last of the control characters.
    safe = clean_characters(few_marks(cleaner.clean(markup)))
    if "<img" in safe:
        safe = _IMAGE.sub(_image, safe)
    if "<audio" in safe:  # nothing is asked for before somebody plays it
        safe = _PLAYER.sub(r'\1 controls="" preload="none">', safe)
    # A parser drops the first line break in pre; written once more, it survives the next one.
    return _PRE.sub(r"\1\n\n", safe) if "<pre" in safe else safe


def _settled(markup: str, base: str | None) -> str | None:
    """Return *markup* sanitised again and again until nothing changes; None if it never settles."""
    for _ in range(4):
        again = _sanitised(balanced(markup, base), _cleaner(base))
        if again == markup:
            return again
        markup = again
    return None


def _flattened(markup: str) -> Html:
    """Return the text alone, in one paragraph."""
    text = _escaped(plain(markup)[: LONGEST // 10])
    return Html(f"<p>{text}</p>" if text else "")


def _escaped(text: str) -> str:
    return escape(text, quote=False).replace("\xa0", "&nbsp;")  # as nh3 writes it


# What nh3 asks about each attribute that is allowed


@lru_cache(maxsize=64)
def _cleaner(base: str | None) -> nh3.Cleaner:
    def judged(tag: str, attribute: str, value: str) -> str | None:
        check = _VALUES.get(attribute)
        return check(value) if check else _address(tag, attribute, value, base)

    return nh3.Cleaner(
        tags=TAGS,
        clean_content_tags=_CONTENTS_TOO,
        attributes=ATTRIBUTES,
        attribute_filter=judged,
        link_rel=_REL,
        url_schemes={"http", "https", "mailto", "data"},
    )


def _matching(pattern: str) -> Callable[[str], str | None]:
    """Return a check that gives the first group of *pattern* if it covers the whole value, in lower case."""
    compiled = re.compile(rf"\s*{pattern}\s*", re.IGNORECASE)

    def checked(value: str) -> str | None:
        matched = compiled.fullmatch(value) if len(value) < 100 else None
        return matched[1].lower() if matched else None

    return checked


_small_number = _matching(r"([0-9]{1,3})")
_VALUES: dict[str, Callable[[str], str | None]] = {
    "alt": tidy,
    "colspan": _small_number,
    "datetime": _matching(r"([0-9tpzwdhmsy:+. -]{1,40}?)"),
    "dir": _matching("(ltr|rtl|auto)"),
    "height": _matching(r"([0-9]{1,5})(?:px)?"),
    "lang": language_tag,
    "rel": lambda value: _REL,
    "reversed": lambda value: "",
    "rowspan": _small_number,
    "scope": _matching("((?:row|col)(?:group)?)"),
    "span": _small_number,
    "start": _matching("(-?[0-9]{1,6})"),
    # Not for show: it tells an image that is not meant to be seen.
    "style": _matching(r".*?((?:display|visibility):\s?(?:none|hidden)|\b(?:width|height):\s?[01]px).*"),
    "title": tidy,
    "type": _matching(r"([a1i]|(?:audio|video)/[a-z0-9.+-]+)"),
    "value": _matching("(-?[0-9]{1,6})"),
    "width": _matching(r"([0-9]{1,5})(?:px)?"),
}

_MAIL = re.compile(r"mailto:([\w.+-]+@[\w.-]+(?:\?[!-;=?-~]*)?)", re.IGNORECASE | re.ASCII)
_INLINE_IMAGE = re.compile(r"data:image/(?:png|jpe?g|gif|webp|avif);base64,[A-Za-z0-9+/]{1,200000}={0,2}")


def _address(tag: str, attribute: str, value: str, base: str | None) -> str | None:
    """Return an absolute address that is safe in this place, or None."""
    if (
        attribute == "srcset"
    ):  # the first candidate, for an image that has nothing else; the others are dropped
        value = "".join(value.split()[:1]).rstrip(",")
    value = value.strip()
    if tag == "img" and _INLINE_IMAGE.fullmatch(value):
        return value
    mail = _MAIL.fullmatch(value) if tag == "a" and len(value) < 500 else None
    return f"mailto:{mail[1]}" if mail else resolve(value, base)


# Images: one at a time, as several attributes together tell what an image is

_IMAGE = re.compile(r"<img\b[^>]*>")  # nh3 writes &gt; in values
_PLAYER = re.compile(r"(<audio\b[^>]*)>")
_PRE = re.compile(r"(<pre\b[^>]*>)\n")
_WRITTEN = re.compile(r'([a-z-]+)="([^"]*)"')
_SOURCES = (
    "data-src",
    "data-lazy-src",
    "data-original",
    "src",
    "srcset",
)  # a lazy image's src is a placeholder
_PIXEL = ("data:image/gif;base64,R0lGODlhAQAB", "data:image/gif;base64,R0lGODdhAQAB")  # a GIF of 1×1


def _image(tag: re.Match[str]) -> str:
    """Return an image that asks for nothing before it is seen and tells nobody who reads, or nothing."""
    given = dict(_WRITTEN.findall(tag[0]))
    source = next((given[name] for name in _SOURCES if given.get(name)), "")
    sizes = {given[name] for name in ("width", "height") if name in given}
    if not source or source.startswith(_PIXEL) or "style" in given or (sizes and sizes <= {"0", "1"}):
        return ""
    kept = {name: given[name] for name in ("alt", "width", "height", "dir", "lang") if name in given}
    shown = {"src": source, **kept, "loading": "lazy", "decoding": "async", "referrerpolicy": "no-referrer"}
    return "<img " + " ".join(f'{name}="{value}"' for name, value in shown.items()) + ">"


_WATCHED = re.compile(rf'(<figure><a href="([^"]*)" rel="{_REL}">)(<img [^>]*>)?{PLAY}[^<]*</a>')


def with_videos(content: Html, pages: Iterable[str]) -> Html:
    """Return an article that ends with a link to each of these videos, unless it has that already."""
    for page in pages:
        href = f'href="{_escaped(page)}"'
        if href not in content and len(content) + len(page) < LONGEST - 1000:
            link = f'<a {href} rel="{_REL}">{PLAY}{_escaped(site_of(page))}</a>'
            content = Html(f"{content}<figure>{link}</figure>")
    return content


_SOURCE = re.compile(r'(?<=<img src=")(?:https?:)[^"]*')


def images_of(content: Html) -> tuple[str, ...]:
    """Return the addresses of the images in an article, but those that it holds itself."""
    return tuple(unescape(source) for source in _SOURCE.findall(content))


def with_images(content: Html, address: Callable[[str], str]) -> Html:
    """Return an article whose images come from where *address* has theirs."""
    return Html(_SOURCE.sub(lambda source: escape(address(unescape(source[0]))), content))


def has_video(content: Html) -> bool:
    """Say whether an article has a video: a link with its picture, or with words alone."""
    return bool(_WATCHED.search(content))


def with_words(content: Html, say: Callable[[str], str], language: str, picture: str | None) -> Html:
    """Return an article whose links to videos *say* in *language*, of a site's name, what they lead to.

    The first one gets the *picture*, an address, if it has none of its own.
    """
    image = _IMAGE.sub(_image, f'<img src="{escape(picture)}" alt="">') if picture else ""

    def told(link: re.Match[str]) -> str:
        nonlocal image
        shown, image = link[3] or image, ""
        words = _escaped(say(site_of(unescape(link[2]))))
        return f'{link[1]}{shown}{PLAY}<bdi lang="{language}" dir="{direction(language)}">{words}</bdi></a>'

    return Html(_WATCHED.sub(told, content))


def from_text(text: str) -> Html:
    """Return plain *text* as paragraphs, its bare http(s) addresses as links."""
    text = text[: LONGEST // 10]
    lines = [tidy(line) for line in text.splitlines()]
    paragraphs = [list(group) for filled, group in groupby(lines, bool) if filled]
    safe = "\n".join(f"<p>{'<br>'.join(map(_linked, paragraph))}</p>" for paragraph in paragraphs)
    return _flattened(escape(text)) if _too_much(safe) or len(safe) > LONGEST else Html(safe)


_BARE_LINK = re.compile(r"https?://[^\s<>\"]{3,2000}", re.IGNORECASE)


def _linked(line: str) -> str:
    """Return one line of text escaped, with its addresses made links."""
    written: list[str] = []
    position = 0
    for found in _BARE_LINK.finditer(line):
        shown = _without_punctuation(found[0])
        address = resolve(shown, None)
        if address is not None:
            link = f'<a href="{_escaped(address)}" rel="{_REL}">{_escaped(shown)}</a>'
            written += [_escaped(line[position : found.start()]), link]
            position = found.start() + len(shown)
    return "".join(written) + _escaped(line[position:])


def _without_punctuation(address: str) -> str:
    """Return *address* without what belongs to the sentence around it."""
    address = address.rstrip(".,;:!?'’”»…")
    return address.rstrip(")") if "(" not in address else address
