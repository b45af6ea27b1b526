"""Addresses: which ones a feed, a page, a hub or the store may have. A message never quotes a password."""

from __future__ import annotations

import re
from pathlib import Path

from aggregator.config.kinds import UnfitError, quoted, text
from aggregator.links import LONGEST, resolve, without_credentials

_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):(?![0-9])", re.IGNORECASE)
_MAIL = re.compile(r"(mailto:)?[!-?A-~]+@[!-?A-~]+\.[!-?A-~]+")
_POSTGRESQL = ("postgresql", "postgresql+psycopg", "postgres")


def shown(address: str) -> str:
    """Return *address* as a message quotes it: without user, password and query, which may be secrets."""
    bare = without_credentials(address)
    if "://" not in bare:
        bare = bare.rpartition("@")[2]
    path, mark, _ = bare.partition("?")
    return quoted(f"{path}{mark and '?…'}")


def web_address(value: object) -> str:
    """Return an absolute http or https address; it may hold credentials."""
    address = text(value)
    if wrong := _wrong_with(address):
        raise UnfitError(shown(address), *wrong)
    return address


def _wrong_with(address: str) -> tuple[str, str] | None:
    """Return what is wrong with *address*, and what to do."""
    if len(address) > LONGEST:
        return f"is longer than {LONGEST:,} characters", "write a shorter one"
    if any(sign.isspace() for sign in address):
        return "has white space in it", "write %20 for a space"
    scheme = match[1].lower() if (match := _SCHEME.match(address)) else ""
    if scheme in {"feed", "rss"}:
        return "is an address for feed readers", f"try {shown(_for_browsers(address))}"
    if not scheme or "." in scheme:
        return "lacks its http:// or https://", f"try {shown('https://' + address.lstrip('/'))}"
    if scheme not in {"http", "https"}:
        return "is no web address", "only http: and https: can be asked"
    if not re.match(r"https?://[^/?#]", address, re.IGNORECASE) or resolve(address, None) is None:
        return "has no host that can be asked", "write it like https://example.org/rss"
    return None


def _for_browsers(address: str) -> str:
    rest = address.partition(":")[2]
    return rest if re.match("https?:", rest) else "http://" + rest.lstrip("/")


def public_address(value: object) -> str:
    """Return a web address that others will see: nothing secret in it, spelt as browsers spell it."""
    address = web_address(value)
    if without_credentials(address) != address:
        raise UnfitError(shown(address), "holds a user or a password, which everyone would see", "remove it")
    return resolve(address, None) or address


def site_address(value: object) -> str:
    """Return the address of a site, with its trailing slash."""
    address = public_address(value)
    if "?" in address or "#" in address:
        raise UnfitError(shown(address), "is the address of one page", "end it before its ? or #")
    return address.rstrip("/") + "/"


def contact(value: object) -> str:
    """Return a web page or an e-mail address where publishers can reach the admin."""
    written = text(value)
    if _MAIL.fullmatch(written):
        return written
    if "://" not in written:
        raise UnfitError(
            shown(written), "is no web page and no e-mail address", "try https://example.org/about"
        )
    return public_address(written)


def store(value: object) -> str:
    """Return the SQLAlchemy URL of a store that the program knows."""
    url = text(value)
    scheme, mark, rest = url.partition("://")
    if mark and scheme in _POSTGRESQL and rest and not re.search(r"\s", rest):
        return f"postgresql+psycopg://{rest}"
    if not mark or scheme not in {"sqlite", "sqlite+pysqlite"}:
        remedy = "write sqlite:///ticker.db or postgresql+psycopg://user:password@host/name"
        raise UnfitError(shown(url), "is no store", remedy)
    file = rest.partition("?")[0].removeprefix("/")
    if file in {"", ":memory:"}:
        raise UnfitError(shown(url), "names no file to outlive the program", "try sqlite:///ticker.db")
    if not rest.startswith("/"):
        raise UnfitError(shown(url), "has a slash too few", f"try {shown(f'sqlite:///{rest}')}")
    if file.startswith("file:"):
        raise UnfitError(shown(url), "holds a second address", "write the path alone: sqlite:///ticker.db")
    return f"sqlite://{rest}"


def anchored(url: str, folder: Path) -> str:
    """Return the URL of a store with a relative SQLite file's path made absolute, starting from *folder*."""
    if not url.startswith("sqlite:///"):
        return url
    file, mark, query = url.removeprefix("sqlite:///").partition("?")
    return f"sqlite:///{(folder.absolute() / file).as_posix()}{mark}{query}"
