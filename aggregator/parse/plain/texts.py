"""Texts: titles, summaries and contents, which may be markup."""

from __future__ import annotations

from typing import Any

from feedparser.mixin import _FeedParserMixin

from aggregator.parse.plain.told import SCOPE, Attributes, Begin, End, Told, UnsureError, mended

_TYPES = {"text": "text/plain", "plain": "text/plain", "html": "text/html"}
_TYPES |= {kind: kind for kind in _TYPES.values()}


def construct(name: str, default: str = "text/plain") -> Begin:
    """Return the beginning of a text that may be markup."""

    def begin(told: Told, attributes: Attributes) -> End:
        _open_construct(told, attributes, default)
        return end

    def end(told: Told) -> None:
        detail = _detail(told)
        told.keep(name, detail["value"])
        told.context[f"{name}_detail"] = detail

    return begin


def _open_construct(told: Told, attributes: Attributes, default: str, also: str = "type") -> None:
    told.open_text(attributes, {"type", also, *SCOPE})
    kind = _TYPES.get(attributes.get("type", default).lower()) if attributes else default
    if kind is None:
        raise UnsureError
    told.kind = kind


def _detail(told: Told) -> dict[str, Any]:
    """Return the text that has just ended, and what it is."""
    text, kind, language = told.said(), told.kind, told.language
    if kind == "text/plain" and ("<" in text or "&" in text) and not told.version.startswith("atom"):
        kind = "text/html" if _FeedParserMixin.looks_like_html(text) else kind
    language = language.replace("_", "-") if language else None
    return {"type": kind, "language": language, "base": told.base, "value": mended(text)}


def title(told: Told, attributes: Attributes) -> End:
    _open_construct(told, attributes, "text/plain")
    return _end_title


def _end_title(told: Told) -> None:
    detail = _detail(told)
    if not -1 < told.title_depth <= told.depth:
        told.keep("title", detail["value"])
        told.context["title_detail"] = detail
    if detail["value"]:
        told.title_depth = told.depth


def media_title(told: Told, attributes: Attributes) -> End:
    _open_construct(told, attributes, "text/plain")
    return _end_media_title


def _end_media_title(told: Told) -> None:
    before = told.title_depth
    _end_title(told)
    told.title_depth = before


def other_title(told: Told, attributes: Attributes) -> End:
    """Read the title of an image or of a source, which only makes later titles moot."""
    _open_construct(told, attributes, "text/plain")
    return _end_other_title


def _end_other_title(told: Told) -> None:
    if told.said():
        told.title_depth = told.depth


def description(told: Told, attributes: Attributes) -> End:
    return _summarised(told, attributes, "text/html", _end_description)


def summary(told: Told, attributes: Attributes) -> End:
    return _summarised(told, attributes, "text/plain", _end_summary)


def _summarised(told: Told, attributes: Attributes, default: str, end: End) -> End:
    """Begin a summary; a second one is the content, where there is none yet."""
    if "summary" in told.context and not told.has_content:
        return content(told, attributes)
    _open_construct(told, attributes, default)
    return end


def _end_description(told: Told) -> None:
    detail, name = _detail(told), "subtitle" if told.levels is None else "summary"
    told.keep(name, detail["value"])
    told.context[f"{name}_detail"] = detail


def _end_summary(told: Told) -> None:
    detail = _detail(told)
    told.keep("summary", detail["value"])
    told.context["summary_detail"] = detail


def content(told: Told, attributes: Attributes) -> End:
    _open_construct(told, attributes, "text/plain", "src")
    told.has_content = True
    return _end_content


def encoded(told: Told, attributes: Attributes) -> End:
    _open_construct(told, attributes, "text/html")
    told.has_content = True
    return _end_content


def _end_content(told: Told) -> None:
    detail = _detail(told)
    told.context.setdefault("content", []).append(detail)
    told.context.setdefault("summary", detail["value"])
