"""Kinds: what one value may be. The file's text goes in; a value comes out, or UnfitError tells why not."""

from __future__ import annotations

import re
from datetime import timedelta
from difflib import get_close_matches
from ipaddress import ip_interface
from zoneinfo import ZoneInfo, available_timezones

from aggregator.text import language_tag, shorten, slug

DURATION = "^(?=[0-9])([0-9]{1,7}w)?([0-9]{1,7}d)?([0-9]{1,7}h)?([0-9]{1,7}m)?([0-9]{1,7}s)?$"
SIZE = "^[0-9]{1,12}(\\.[0-9]{1,3})? ?[kKmMgG]?i?[bB]?$"
KEY = "^[^\\W_][\\w.-]{0,99}$"
_UNITS = ("weeks", "days", "hours", "minutes", "seconds")
_LENGTHS = (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1))
_LONGEST = timedelta(days=36_500)  # dates must stay within datetime's years when it is added or taken away
_LARGEST = 1_000_000_000  # bytes, all of which may be in memory at once
_WHOLE = re.compile(r"[+-]?(0|[1-9][0-9]{0,11})")
_FACTORS = {"": 1, "k": 1000, "m": 1000**2, "g": 1000**3, "ki": 1024, "mi": 1024**2, "gi": 1024**3}


class UnfitError(ValueError):
    """A value that is not what its key wants: what was found, what is wrong with it, what to do."""

    def __init__(self, found: str, wrong: str, remedy: str) -> None:
        super().__init__(f"{found} {wrong}; {remedy}".lstrip())
        self.wrong = wrong


def quoted(text: str) -> str:
    """Return *text* as a message quotes it: on one line, not too long."""
    return f"'{shorten(' '.join(text.split()), 80)}'"


def describe(value: object) -> str:
    """Return in words what stands where something else is wanted."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return quoted(value)
    return "a list" if isinstance(value, list) else "keys and values"


def text(value: object) -> str:
    """Return text that may have several lines."""
    if value is None:
        raise UnfitError("", "an item with nothing in it", "remove it, or fill it in")
    if not isinstance(value, str):
        raise UnfitError(describe(value), "where text is wanted", "put it in quotes if it is text")
    return value.strip()


def line(value: object) -> str:
    """Return a line of text with something on it."""
    words = " ".join(text(value).split())
    if not words:
        raise UnfitError("", "is empty", "write something, or remove the key")
    return words


def duration(value: object) -> timedelta:
    """Return the time that `20s`, `15m`, `2h`, `1h30m`, `90d` or `1w` stands for."""
    written = text(value)
    if not (parts := re.fullmatch(DURATION, written)):
        raise UnfitError(quoted(written), "is no duration", "try 30m or 2h")
    numbers = (int(part[:-1]) if part else 0 for part in parts.groups())
    time = timedelta(**dict(zip(_UNITS, numbers, strict=True)))
    if not time:
        raise UnfitError(quoted(written), "is no time at all", "1s is the least")
    if time > _LONGEST:
        raise UnfitError(quoted(written), "is more than a hundred years", "try 90d")
    return time


def as_written(time: timedelta) -> str:
    """Return *time* as feeds.yaml has it."""
    seconds = int(time.total_seconds())
    unit, length = next((unit, length) for unit, length in _LENGTHS if seconds % length == 0)
    return f"{seconds // length}{unit}"


def size(value: object) -> int:
    """Return the bytes that `10MB`, `500kB`, `2 MiB` or `4096` stands for."""
    written = text(value)
    if not re.fullmatch(SIZE, written):
        raise UnfitError(quoted(written), "is no size", "try 10MB or 500kB")
    number, unit = re.fullmatch(r"([0-9.]+) ?(\w*)", written).groups()  # type: ignore[union-attr]
    bytes_ = int(float(number) * _FACTORS[unit.lower().removesuffix("b")])
    if not 1 <= bytes_ <= _LARGEST:
        raise UnfitError(
            quoted(written), "is nothing at all" if bytes_ < 1 else "is more than 1GB", "try 10MB"
        )
    return bytes_


def whole(value: object, least: int, most: int) -> int:
    """Return a whole number from *least* to *most*."""
    written = text(value)
    if not _WHOLE.fullmatch(written):
        bare = written.lstrip("0")
        meant = bare if _WHOLE.fullmatch(bare) else f"one from {least} to {most}"
        raise UnfitError(quoted(written), "is no whole number", f"write {meant}")
    number = int(written)
    if not least <= number <= most:
        raise UnfitError(
            quoted(written), f"is too {'small' if number < least else 'large'}", f"write {least} to {most}"
        )
    return number


def flag(value: object) -> bool:
    """Return what `true` or `false` says."""
    written = text(value)
    if written.lower() not in {"true", "false"}:
        raise UnfitError(quoted(written), "is neither true nor false", "write one of the two")
    return written.lower() == "true"


def one_of(value: object, options: tuple[str, ...]) -> str:
    """Return the one of *options* that was written."""
    written = text(value)
    if written not in options:
        close = did_you_mean(written, options)
        raise UnfitError(quoted(written), "cannot stand here", close or f"write one of {', '.join(options)}")
    return written


def did_you_mean(written: str, options: tuple[str, ...]) -> str:
    """Return a question that names the option which *written* looks like, or nothing."""
    close = get_close_matches(written.lower(), options, n=1)
    return f"did you mean '{close[0]}'?" if close else ""


def language(value: object) -> str:
    """Return a language as a BCP 47 tag in lower case."""
    tag = language_tag(text(value))
    if tag is None:
        raise UnfitError(quoted(text(value)), "is no language", "write its code, such as nl, fr or ar-ma")
    return tag


def timezone(value: object) -> str:
    """Return the name of a time zone of the IANA database."""
    written = text(value)
    try:
        ZoneInfo(written)
    except (OSError, ValueError, LookupError):  # a folder of the database, a path out of it, no such zone
        raise UnfitError(quoted(written), "is no time zone", _zone_like(written)) from None
    return written


def _zone_like(written: str) -> str:
    zones = {zone.lower(): zone for zone in sorted(available_timezones())}
    wanted = written.lower().replace(" ", "_")
    cities = [zone for name, zone in zones.items() if "/" in name and name.rpartition("/")[2] == wanted]
    close = [*cities, *(zones[name] for name in get_close_matches(wanted, zones, n=1))]
    return (
        f"did you mean '{close[0]}'?" if close else "write one such as Europe/Amsterdam or Africa/Casablanca"
    )


def key(value: object) -> str:
    """Return a feed's name in addresses."""
    written = text(value)
    if not re.fullmatch(KEY, written):
        fitting = slug(written)
        raise UnfitError(
            quoted(written), "cannot stand in an address", f"try {fitting}" if fitting else "use letters"
        )
    return written


def pattern(value: object) -> str:
    """Return a regular expression that compiles."""
    written = text(value)
    try:
        re.compile(written)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnfitError(quoted(written), "is no regular expression", f"look at {error}") from None
    if not written:
        raise UnfitError(
            "", "is empty, and every entry would match", "write a regular expression, or remove the key"
        )
    return written


def network(value: object) -> str:
    """Return a network in CIDR notation."""
    written = text(value)
    try:
        address = ip_interface(written)
    except ValueError:
        raise UnfitError(quoted(written), "is no network", "try 127.0.0.0/8 or fd00::/8") from None
    if address.ip != address.network.network_address:
        raise UnfitError(quoted(written), "is one address in a network", f"did you mean '{address.network}'?")
    return str(address.network)


def pair(value: object) -> tuple[str, str]:
    """Return two links, ids or titles."""
    if not isinstance(value, list) or len(value) != 2:
        raise UnfitError(describe(value), "where a pair is wanted", 'write ["the one", "the other"]')
    return line(value[0]), line(value[1])
