"""Text: markup to plain text, and the words of a title. Pure; what it gives is legal in UTF-8 and XML 1.0.

It makes no markup and decides nothing about safety: plain text is still escaped by whoever shows it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from html import unescape
from itertools import chain, groupby
from typing import Literal, NamedTuple
from unicodedata import bidirectional, category, normalize


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Scripts that write no blanks between words, and vowel signs of others that are no letters to `re`.
UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
VOWEL_SIGNS = "\u0900-\u0963\u0966-\u0dff\u0f00-\u0fff"
# What Arabic writes together with the next word, the longest first: and-the, with-the, like-the, so-the, …
ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")
PARTICLES = "وبلفك"

# XML 1.0 (2.2) forbids most controls and U+FFFE/FFFF; UTF-8 has no surrogates; the other noncharacters are
# legal in XML but discouraged, and no text needs them. C1 is left-over windows-1252, never meant.
_LEGAL_IN_BMP = "\t\n\r -~\xa0-\ud7ff\ue000-\ufdcf\ufdf0-\ufffd"
_LEGAL = _LEGAL_IN_BMP + "".join(f"{chr(p)}-{chr(p | 0xFFFD)}" for p in range(0x10000, 0x110000, 0x10000))
_BLANKS = "\x0b\x0c\x85"  # vertical tab, form feed, next line: illegal, but they part words
_SOUND = re.compile(f"[{_LEGAL_IN_BMP}]*+")  # most text by far, at a nanosecond a character
_ILLEGAL_BLANK = re.compile(f"[{_BLANKS}]")
_ILLEGAL = re.compile(f"[^{_LEGAL}{_BLANKS}]")
# Bidi embeddings, overrides and isolates reach beyond the text that they stand in; the others take no room
# and only hide one word from another. Joiners and marks (200C–200F, 061C) belong to Arabic spelling.
_JUNK = re.compile("[\xad\u180e\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc]")

# Letters, figures and signs that stand for themselves: none of the above, no marks, nothing that NFC would
# take apart. Nearly all text is made of these, and seen to be at a nanosecond a character.
_EASY = re.compile(
    "[\t\n\r -~\xa0-\xac\xae-\u02ff\u0370-\u0482\u048a-\u0556\u05d0-\u05ea\u0621-\u063f\u0641-\u064a"
    "\u0660-\u066d\u0671-\u06d3\u2010-\u2027\u2030-\u205e\u2070-\u20cf\u2100-\u29ff\u3001-\u3029"
    "\u3041-\u3096\u30a1-\u30fe\u3400-\u9fff\uac00-\ud7a3\uff01-\uff60]*+"
)

# A comment, an element whose contents are no text of the article, a tag, or a declaration. Each alternative
# takes all that it has looked at, up to the end if need be, and gives nothing back: the time is linear.
MARKUP = re.compile(
    r"""
    <!--(?:-?>|.*?(?:--!?>|\Z))
    | <(?P<mute>iframe|noembed|noframes|script|select|style|svg|template|textarea|title)(?=[\s/>])
        (?:[^>]*+(?<=/)>|.*?(?:</(?P=mute)(?=[\s/>])[^>]*+(?:>|\Z)|\Z))
    | <!\[CDATA\[ | \]\]>
    | <(?P<end>/?)(?P<name>[a-z][^\s/>]*+)
        (?P<attributes>(?:[^>=]|=\s*+(?:"[^"]*+(?:"|\Z)|'[^']*+(?:'|\Z)|[^\s>"']*+))*+)(?:>|\Z)
    | <[!?/][^>]*+(?:>|\Z)
    """,
    re.DOTALL | re.IGNORECASE | re.VERBOSE,
)
_INLINE = _words(
    """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd label m mark nobr q s samp
    small span strike strong sub sup time tt u var wbr
    """
)
# int() refuses numbers of more than 4,300 digits, and so html.unescape raises on them; no character has ten.
_ENDLESS_REFERENCE = re.compile(r"&#(?:[0-9]{10,}|x[0-9a-f]{10,});?", re.IGNORECASE)


def plain(markup: str) -> str:
    """Return *markup* as one line of plain text: without tags, its entities resolved once, tidy."""
    if "<" in markup:
        markup = MARKUP.sub(_in_place_of_tag, markup)
    if "&" in markup:
        markup = unescape(_ENDLESS_REFERENCE.sub("\ufffd", markup))
    return tidy(markup)


def _in_place_of_tag(tag: re.Match[str]) -> str:
    name = tag["name"]
    return " " if name and name.lower() not in _INLINE else ""


def tidy(text: str) -> str:
    """Return plain *text* on one line, NFC, without characters that are illegal, or reach beyond it."""
    if _EASY.fullmatch(text):
        return normalize("NFC", " ".join(text.split()))
    line = few_marks(" ".join(_JUNK.sub("", _ILLEGAL.sub("", text)).split()))
    return few_marks(normalize("NFC", line))  # again: some marks are made of two


def clean_characters(text: str) -> str:
    """Return *text* without what XML 1.0 and UTF-8 forbid; white space stays, in a legal form."""
    if _SOUND.fullmatch(text):
        return text
    return _ILLEGAL.sub("", _ILLEGAL_BLANK.sub(" ", text))


# Normalising sorts the marks on a letter in quadratic time (CPython), 100,000 of them in half a minute; and
# a tower of them covers the lines above. Hebrew with its accents has five; UAX 15 bounds them at 30.
_MOST_MARKS = 8
_TOWER = re.compile(rf"[^\w\x00-\x7f]{{{_MOST_MARKS + 1},}}")  # marks are no word characters to `re`


def few_marks(text: str) -> str:
    """Return *text* with the first marks only of those that are piled upon one letter."""
    return text if _EASY.fullmatch(text) else _TOWER.sub(_lowered, text)


def _lowered(tower: re.Match[str]) -> str:
    piles = (
        (tuple(signs)[:_MOST_MARKS] if are_marks else tuple(signs))
        for are_marks, signs in groupby(tower[0], lambda sign: category(sign)[0] == "M")
    )
    return "".join(chain.from_iterable(piles))


def shorten(text: str, length: int) -> str:
    """Return *text*, cut after a word and ended with `…` if it is longer than *length*."""
    if len(text) <= length:
        return text
    if length < 1:
        return ""
    cut = text[: length - 1]
    if not text[length - 1].isspace():
        head, _, tail = cut.rpartition(" ")
        # One long word, or a script without blanks, is cut where it stands.
        cut = head if len(tail) < length // 2 else cut
    return cut.rstrip(" ,;:.-–—\u200c\u200d") + "…"


# A full stop after one or two letters is an abbreviation or an initial; a lower-case letter goes on with the
# sentence. CJK full stops need no blank.
_SENTENCE_END = re.compile(r"""(?:(?:[!?…؟]|(?<=[^\W_]{3})\.)["'”’»)\]]*(?=\s+[^\s])|[。！？][」』”]?)""")


def first_sentence(text: str, length: int) -> str:
    """Return the first sentence of plain *text*, shortened to *length*: a title for what has none."""
    line = tidy(text)
    for end in _SENTENCE_END.finditer(line, 0, length + 2):
        following = line[end.end() :].lstrip()[:1]
        if end.end() <= length and not following.islower():
            return line[: end.end()]
    return shorten(line, length)


# Marks that readers leave out when they search: Latin, Greek and Cyrillic accents, Hebrew points, Arabic
# harakat with the hamza that NFKD takes off its carrier, tatweel, joiners and direction marks. The vowel
# signs of Indian scripts and the Japanese voicing mark are marks as well, but make another word: they stay.
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u061c\u0640"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08ca-\u08e1\u08e3-\u08ff"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u200c-\u200f\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f]"
)
_PLAIN_LETTERS = str.maketrans(
    {
        **dict.fromkeys("‘’‚‛′ʼʹ´`", "'"),
        **dict.fromkeys("“”„‟″«»", '"'),
        **dict.fromkeys("‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"),
        **dict.fromkeys("ٱآأإ", "ا"),
        **dict.fromkeys("ىی", "ي"),
    }
    | {"ة": "ه", "ک": "ك", "ؤ": "و", "ئ": "ي"}
    | {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)


def fold(text: str) -> str:
    """Return *text* as it is compared and searched: without case, accents, harakat and curly signs.

    Alef with its hamza counts as alef, alef maqsura as ya, ta marbuta as ha, as Arabic search engines do.
    """
    if text.isascii() and text.isprintable():
        return " ".join(text.lower().translate(_PLAIN_LETTERS).split())
    short = text.replace("…", "...")
    for page in _PAGES:
        with suppress(UnicodeEncodeError):
            written = short.encode(page.name)
            if not written.translate(None, page.known):
                return " ".join(written.translate(page.folded, page.dropped).decode(page.name).split())
    return _folded(text)


def _folded(text: str) -> str:
    # Twice: the capital of one decomposition may be the compatibility form of another.
    bare = normalize("NFKD", normalize("NFKD", few_marks(text)).casefold()).casefold()
    bare = _MARKS.sub("", normalize("NFKD", bare))  # first: to translate what is ASCII by then costs nothing
    return tidy(bare.translate(_PLAIN_LETTERS))


class _Page(NamedTuple):
    """A code page, and how its signs are folded where each gives one of the same page, or nothing."""

    name: str
    known: bytes
    dropped: bytes
    folded: bytes


def _page(name: str) -> _Page:
    one, none = {}, []
    for code in (bytes((number,)) for number in range(256)):
        sign = code.decode(name, "ignore")
        folded = " " if sign and sign in " \t\n\r\xa0" else _folded(sign)
        if sign and (_MARKS.fullmatch(sign) or sign == "\xad"):
            none.append(code)
        elif len(folded) == 1 and folded.encode(name, "ignore"):
            one[code] = folded.encode(name)
    return _Page(
        name, b"".join((*one, *none)), b"".join(none), bytes.maketrans(b"".join(one), b"".join(one.values()))
    )


_PAGES = tuple(map(_page, ("cp1252", "cp1256", "cp1251")))  # Western Europe; Arabic; Cyrillic


def slug(label: str) -> str:
    """Return *label* as a part of an address: its words, in any script, joined by `-`; '' if it has none."""
    folded = normalize("NFC", normalize("NFC", tidy(label[:400]).casefold()).casefold())
    words = "".join(sign if category(sign)[0] in "LNM" else " " for sign in folded).split()
    named = [word for word in (_from_first_letter(word) for word in words) if word]
    return "-".join(named)[:80].rstrip("-")


def _from_first_letter(word: str) -> str:
    """Return *word* without marks that have no letter to stand on."""
    return next((word[i:] for i, sign in enumerate(word) if category(sign)[0] != "M"), "")


# ISO 15924 scripts and the languages that are usually written in them (CLDR likely subtags).
_RTL_SCRIPTS = _words(
    """
    adlm arab aran armi avst chrs cprt elym garb hatr hebr hung khar lydi mand mani mend merc mero
    narb nbat nkoo orkh ougr palm phli phlp phnx prti rohg samr sarb sogd sogo syrc syre syrj syrn
    thaa yezi
    """
)
_RTL_LANGUAGES = _words(
    """
    acm acq aeb afb aii ajp apc apd ar arb arc ars ary arz ayl azb bal bqi brh ckb dv fa glk haz he
    hno iw ji khw ks lki lrc luz mzn nqo pes phl pnb prs ps rhg sam scl sd sdh skr syr tmr ug ur yi
    ydd
    """
)
_RTL_REGIONS = frozenset({"az-ir", "kk-cn", "kk-ir", "ku-iq", "ku-ir", "pa-pk", "uz-af", "tk-ir"})


def direction(language: str | None, text: str = "") -> Literal["ltr", "rtl"]:
    """Return which way *language* is written, or else which way the first strong character of *text* goes."""
    tag = language_tag(language)
    if tag is not None:
        parts = tag.split("-")
        script = next((part for part in parts[1:3] if len(part) == 4 and part.isalpha()), None)
        if script is not None:
            return "rtl" if script in _RTL_SCRIPTS else "ltr"
        leftward = parts[0] in _RTL_LANGUAGES or "-".join(parts[:2]) in _RTL_REGIONS
        return "rtl" if leftward else "ltr"
    strong = (kind for kind in map(bidirectional, text) if kind in ("L", "R", "AL"))
    return "ltr" if next(strong, "L") == "L" else "rtl"


_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*(?:-[a-z0-9](?:-[a-z0-9]{2,8})+)*")


def language_tag(value: str | None) -> str | None:
    """Return a declared language as a BCP 47 tag in lower case; None if it is none, or says nothing.

    Underscores and the charset of POSIX names are forgiven: `nl_NL.UTF-8` is `nl-nl`.
    """
    if value is None or len(value) > 64:
        return None
    tag = re.split(r"[.@]", value.strip().lower().replace("_", "-"), maxsplit=1)[0]
    says_something = tag.split("-")[0] not in {"und", "mul", "mis", "zxx"}
    return tag if len(tag) <= 35 and _LANGUAGE.fullmatch(tag) and says_something else None
