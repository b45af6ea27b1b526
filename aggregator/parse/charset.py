"""Charset: the bytes of a document to UTF-8, whatever their publisher thinks that they are.

What is declared is believed where the bytes agree with it: a byte order mark before the header, the header
before the XML declaration (RFC 7303). Bytes that do not agree are repaired one by one, so that one stray
byte spoils one letter and not the document.
"""

from __future__ import annotations

import codecs
import re

_MARKS = (  # UTF-32 first: its little-endian mark begins with that of UTF-16
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF8, "utf-8"),
)
_SHAPES = (  # where the zeroes stand around a first character of ASCII tells its width (XML 1.0, appendix F)
    (re.compile(rb"\0\0\0[^\0]"), "utf-32-be"),
    (re.compile(rb"[^\0]\0\0\0"), "utf-32-le"),
    (re.compile(rb"\0[^\0]\0[^\0]"), "utf-16-be"),
    (re.compile(rb"[^\0]\0[^\0]\0"), "utf-16-le"),
)
_EBCDIC = b"\x4c\x6f\xa7\x94"  # "<?xm"
_DECLARATION = re.compile(r"<\?xml\b[^>]*?\?>")
_DECLARATION_BYTES = re.compile(rb"<\?xml(?![\w\x80-\xff])[^>]*?\?>")
_SPACE = re.compile(rb"(?:\xef\xbb\xbf|[ \t\r\n])+")
_STEP = 65_536  # bytes
_DECLARED = re.compile(r"""<\?xml\b[^>]*?\bencoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?\s*([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
# Encodings that hide markup in harmless bytes, or that are none of text; browsers refuse them as well.
_NEVER = {"utf-7", "hz", "punycode", "idna", "unicode-escape", "raw-unicode-escape", "undefined"}
_NOT_XML = bytes({*range(0x20)} - {0x09, 0x0A, 0x0D})


def as_utf8(body: bytes, content_type: str) -> bytes:
    """Return *body* as UTF-8, without byte order mark, XML declaration and what XML forbids.

    What is UTF-8 is never made into text: one emoji in it, and that takes four times the memory.
    """
    plain = body if _is_utf8(body, content_type) else as_text(body, content_type).encode("utf-8", "replace")
    start = _SPACE.match(plain)
    after = start.end() if start else 0
    declared = _DECLARATION_BYTES.match(plain, after)
    plain = plain[declared.end() if declared else after :].translate(None, _NOT_XML)
    for noncharacter in ("\ufffe".encode(), "\uffff".encode()):
        plain = plain.replace(noncharacter, b"")
    return plain


def _is_utf8(body: bytes, content_type: str) -> bool:
    """Say whether `as_text` would take *body* for UTF-8 without a fault."""
    if body.startswith(tuple(mark for mark, _ in _MARKS[:4])) or any(s.match(body) for s, _ in _SHAPES):
        return False
    names = [] if body.startswith(codecs.BOM_UTF8) else _names(body, content_type)
    if body.startswith(_EBCDIC) or (names and names[0] not in {"utf-8", "cp1252"}):
        return False
    if any(name.startswith("iso2022") for name in names):
        return False
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(body), _STEP):
            decoder.decode(body[at : at + _STEP])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def as_text(body: bytes, content_type: str) -> str:
    """Return *body* as text; *content_type* is the header, charset and all."""
    for mark, name in _MARKS:
        if body.startswith(mark):
            return _believed(body[len(mark) :], name)
    for shape, name in _SHAPES:
        if shape.match(body):
            return _believed(body, name)
    if body.startswith(_EBCDIC):
        return _ebcdic(body)
    return _eight_bit(body, _names(body, content_type))


def is_binary(body: bytes) -> bool:
    """Return whether *body* has zero bytes near its beginning that no wide encoding explains, nor markup."""
    if body.lstrip()[:1] in {b"<", b"{"}:
        return False
    wide = body.startswith(tuple(mark for mark, _ in _MARKS[:4])) or any(
        shape.match(body) for shape, _ in _SHAPES
    )
    return b"\0" in body[:1000] and not wide


def _believed(body: bytes, name: str) -> str:
    return _mixed(body) if name == "utf-8" else body.decode(name, "replace")


def _ebcdic(body: bytes) -> str:
    declared = _DECLARED.match(body[:200].decode("cp037"))
    name = _known(declared[1]) if declared else None
    return body.decode(name if name and name.startswith("cp") else "cp037", "replace")


def _names(body: bytes, content_type: str) -> list[str]:
    """Return the encodings that the header and the XML declaration name, those that we know."""
    head = body[:1000].decode("latin-1").lstrip()
    found = (_CHARSET.search(content_type), _DECLARED.match(head))
    return [name for match in found if match and (name := _known(match[1]))]


def _known(name: str) -> str | None:
    """Return Python's name of a text encoding of single bytes or sequences, None for all others."""
    try:
        known = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    # A declaration that can be read as ASCII is not in UTF-16, whatever it says.
    wide = known.name.startswith(("utf-16", "utf-32"))
    text = getattr(known, "_is_text_encoding", True)
    return None if wide or not text or known.name.replace("_", "-") in _NEVER else _superset(known.name)


def _superset(name: str) -> str:
    """Return the encoding that is really meant, as browsers read those names (WHATWG Encoding, 4.2)."""
    return {"ascii": "utf-8", "iso8859-1": "cp1252", "gb2312": "gb18030", "gbk": "gb18030"}.get(name, name)


def _eight_bit(body: bytes, names: list[str]) -> str:
    if body.isascii() and not any(name.startswith("iso2022") for name in names):
        return body.decode("ascii")
    for name in names:
        # Text in another encoding is next to never valid UTF-8 by chance: Latin-1 is often declared for it.
        for likely in ("utf-8", name) if name == "cp1252" else (name,):
            try:
                return body.decode(likely)
            except UnicodeDecodeError:
                continue
    return _mixed(body) if not names or names[0] in {"utf-8", "cp1252"} else _repaired(body, names[0])


def _repaired(body: bytes, name: str) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body.decode(name, "replace")


def _mixed(body: bytes) -> str:
    """Return UTF-8 as text, with the bytes that are none taken as windows-1252; all, if most are none."""
    text = body.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    others = len(text) - len(text.encode("ascii", "ignore")) - wrong
    return body.decode("cp1252", "replace") if wrong > others else body.decode("utf-8", "draad-windows-1252")


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


codecs.register_error("draad-windows-1252", _as_windows_1252)
