"""The words of the page, in the language that the site speaks: phrases, plurals, dates.

Four languages are a table (templates/words.toml), not yet a dependency; no locale of the process is asked.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import aggregator

_PACKAGE = Path(aggregator.__file__).parent
TEMPLATES = (
    next(  # in the wheel they lie inside the package; in a checkout, and installed from one, beside it
        folder for folder in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if folder.is_dir()
    )
)
LANGUAGES = ("en", "nl", "fr", "ar")


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says in one language: `words["search"]`, in templates `words.search`."""

    language: str
    table: Mapping[str, Any]
    names: Mapping[str, str]  # of languages, each by its own name

    def __getitem__(self, phrase: str) -> str:
        return str(self.table["words"][phrase])

    @property
    def direction(self) -> str:
        return str(self.table["direction"])

    def say(self, phrase: str, **parts: str) -> str:
        """Return a phrase with its *parts* filled in."""
        return self[phrase].format(**parts)

    def count(self, what: str, number: int) -> str:
        """Return *number* of something, in the plural that the language has for it."""
        forms = self.table["counts"][what]
        return str(forms[PLURALS[self.language](number)]).format(n=number)

    def forms(self, what: str) -> Mapping[str, str]:
        """Return each plural form of *what*, by CLDR's names: a script counts where we cannot."""
        forms: Mapping[str, str] = self.table["counts"][what]
        return forms

    def rule(self, rule: str) -> str:
        """Return in words why an entry is thought to be the same news."""
        rules = self.table["rules"]
        return str(rules.get(rule, rules["other"]))

    def because(self, rule: str) -> str:
        """Return the same where the words that decided follow."""
        return self.say("because", why=self.rule(rule))

    def state(self, state: str) -> str:
        """Return the state of a source in words."""
        return str(self.table["states"][state])

    def error(self, status: int) -> tuple[str, str]:
        """Return the heading and the sentence of an error page."""
        heading, sentence = self.table["errors"].get(str(status), self.table["errors"]["other"])
        return heading, sentence

    def language_name(self, code: str) -> str:
        """Return what the speakers of a language call it; the code where nobody told us."""
        return self.names.get(code, code)

    def full_date(self, day: date) -> str:
        """Return `maandag 23 november 2026`."""
        return self._with_weekday(day, self._day(day, "day_year"))

    def day_heading(self, day: date, today: date) -> str:
        """Return `Vandaag, 23 november`, `Zondag 15 november`; with its year where that is another one."""
        short = self._day(day, "day" if day.year == today.year else "day_year")
        match today - day:
            case timedelta(days=0):
                return str(self.table["today_day"]).format(day=short)
            case timedelta(days=1):
                return str(self.table["yesterday_day"]).format(day=short)
            case _:
                return capital(self._with_weekday(day, short))

    def moment(self, local: datetime, today: date) -> str:
        """Return `15:30` for today, `22 november, 15:30` for other days."""
        if local.date() == today:
            return f"{local:%H:%M}"
        return self.full_moment(local, "day" if local.year == today.year else "day_year")

    def full_moment(self, local: datetime, form: str = "day_year") -> str:
        """Return `23 november 2026, 15:30`."""
        day = self._day(local.date(), form)
        return str(self.table["moment"]).format(day=day, time=f"{local:%H:%M}")

    def _day(self, day: date, form: str) -> str:
        number = self.table["first"] if day.day == 1 else day.day
        month = self.table["months"][day.month - 1]
        return str(self.table[form]).format(day=number, month=month, year=day.year)

    def _with_weekday(self, day: date, text: str) -> str:
        weekday = self.table["weekdays"][day.weekday()]
        return str(self.table["weekday_day"]).format(weekday=weekday, day=text)


@cache
def speak(language: str) -> Words:
    """Return the words of *language*, or English where the page does not speak it."""
    table = tomllib.loads((TEMPLATES / "words.toml").read_text(encoding="utf-8"))
    spoken = language if language in LANGUAGES else "en"
    return Words(spoken, MappingProxyType(table[spoken]), MappingProxyType(table["languages"]))


def capital(text: str) -> str:
    """Return *text* with a capital at its beginning and nothing else changed."""
    return text[:1].upper() + text[1:]


def _germanic(number: int) -> str:
    return "one" if number == 1 else "other"


def _french(number: int) -> str:
    return "one" if number in {0, 1} else "other"


def _arabic(number: int) -> str:
    if number in {0, 1, 2}:
        return ("zero", "one", "two")[number]
    if 3 <= number % 100 <= 10:
        return "few"
    return "many" if number % 100 >= 11 else "other"


# CLDR's plural rules, for whole numbers.
PLURALS: Mapping[str, Callable[[int], str]] = {
    "en": _germanic,
    "nl": _germanic,
    "fr": _french,
    "ar": _arabic,
}
