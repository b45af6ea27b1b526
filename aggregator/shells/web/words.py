"""The words of the page, in the language that the site speaks: sentences, plurals, dates.

In the code stand English sentences; translators keep the others in templates/locale/*/LC_MESSAGES/page.po
(docs/translating.md). Months, weekdays and numbers are CLDR's, by Babel; no locale of the process is asked.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

import aggregator

_PACKAGE = Path(aggregator.__file__).parent
TEMPLATES = (
    next(  # in the wheel they lie inside the package; in a checkout, and installed from one, beside it
        folder for folder in (_PACKAGE / "templates", _PACKAGE.parent / "templates") if folder.is_dir()
    )
)
# Whose dates and numbers each language has: 23 November, not November 23; Morocco's months and digits.
LOCALES: Mapping[str, str] = {"en": "en_GB", "nl": "nl", "fr": "fr", "ar": "ar_MA"}
LANGUAGES = tuple(LOCALES)
# What speakers call their language. CLDR knows too, but in the whole locale of each: 15 MB for these.
NAMES: Mapping[str, str] = {
    "ar": "العربية",
    "ber": "ⵜⴰⵎⴰⵣⵉⵖⵜ",
    "ca": "Català",
    "da": "Dansk",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fa": "فارسی",
    "fr": "Français",
    "fy": "Frysk",
    "he": "עברית",
    "it": "Italiano",
    "nl": "Nederlands",
    "no": "Norsk",
    "pl": "Polski",
    "pt": "Português",
    "sv": "Svenska",
    "tr": "Türkçe",
    "uk": "Українська",
    "zgh": "ⵜⴰⵎⴰⵣⵉⵖⵜ",
}
_SAMPLES = 201  # the first numbers, among which each plural form of our languages is met


@dataclass(frozen=True, slots=True)
class Words:
    """What the page says in one language, with the names that gettext has for asking it."""

    language: str
    locale: Locale
    catalogue: gettext.NullTranslations

    @property
    def direction(self) -> str:
        return self.locale.text_direction

    def of_templates(self) -> dict[str, Any]:
        """Return what templates call: names that the extraction of sentences knows."""
        asked = {"_": self.gettext, "ngettext": self.ngettext, "pgettext": self.pgettext, "forms": self.forms}
        return {"words": self, **asked}

    def gettext(self, sentence: str, **parts: str) -> str:
        """Return a sentence with its *parts* filled in."""
        return _filled(self.catalogue.gettext(sentence), parts)

    def pgettext(self, context: str, sentence: str, **parts: str) -> str:
        """Return a sentence of which English alone does not tell the meaning."""
        return _filled(self.catalogue.pgettext(context, sentence), parts)

    def ngettext(self, one: str, many: str, number: int) -> str:
        """Return *number* of something, which the sentences call `{n}`, in the plural of the language."""
        return self.catalogue.ngettext(one, many, number).format(n=self.number(number))

    def forms(self, one: str, many: str) -> dict[str, str]:
        """Return each plural form, by CLDR's names: a script counts where we cannot."""
        numbers = {self.locale.plural_form(number): number for number in reversed(range(_SAMPLES))}
        return {form: self.catalogue.ngettext(one, many, number) for form, number in numbers.items()}

    def rule(self, rule: str) -> str:
        """Return in words why an entry is thought to be the same news."""
        rules = {
            "cut": self.gettext("same headline, cut short"),
            "tail": self.gettext("same headline, a few words longer"),
            "flood": self.gettext("held out of the ticker"),
            "founded": self.gettext("brought it first"),
            "link": self.gettext("same article: same address"),
            "same": self.gettext("same news, this site says"),
            "title": self.gettext("same headline"),
        }
        return rules.get(rule) or self.gettext("same news")

    def because(self, rule: str) -> str:
        """Return the same where the words that decided follow."""
        return self.gettext("{why}:", why=self.rule(rule))

    def state(self, state: str) -> str:
        """Return the state of a source in words."""
        return {
            "failing": self.pgettext("state of a source", "Failing"),
            "gone": self.pgettext("state of a source", "Gone"),
            "never": self.pgettext("state of a source", "Not asked yet"),
            "ok": self.pgettext("state of a source", "In order"),
            "waiting": self.pgettext("state of a source", "Waiting"),
        }[state]

    def error(self, status: int) -> tuple[str, str]:
        """Return the heading and the sentence of an error page."""
        match status:
            case 404:
                heading = self.gettext("Not found")
                sentence = self.gettext(
                    "There is nothing at this address. It may have been a headline that is no longer kept."
                )
            case 405:
                heading = self.gettext("Not allowed")
                sentence = self.gettext("This address can only be read.")
            case 500:
                heading = self.gettext("Something went wrong")
                sentence = self.gettext("That is our fault, and it has been noted. Try again in a moment.")
            case 503:
                heading = self.gettext("Back in a moment")
                sentence = self.gettext("The headlines cannot be read right now. Try again in a moment.")
            case _:
                heading = self.gettext("Something went wrong")
                sentence = self.gettext("This request could not be answered.")
        return heading, sentence

    def language_name(self, code: str) -> str:
        """Return what the speakers of a language call it; the code where nobody told us."""
        return NAMES.get(code, code)

    def number(self, number: int) -> str:
        """Return `12.345`."""
        return format_decimal(number, locale=self.locale)

    def share(self, share: float) -> str:
        """Return a share of one as `12%`."""
        return format_percent(share, locale=self.locale)

    def full_date(self, day: date) -> str:
        """Return `maandag 23 november 2026`."""
        return self._with_weekday(day, self._day(day, has_year=True))

    def day_heading(self, day: date, today: date) -> str:
        """Return `Vandaag, 23 november`, `Zondag 15 november`; with its year where that is another one."""
        short = self._day(day, day.year != today.year)
        match today - day:
            case timedelta(days=0):
                return self.gettext("Today, {day}", day=short)
            case timedelta(days=1):
                return self.gettext("Yesterday, {day}", day=short)
            case _:
                return capital(self._with_weekday(day, short))

    def month(self, day: date) -> str:
        """Return `november 2026`."""
        return format_date(day, self.locale.datetime_skeletons["yMMMM"].pattern, self.locale)

    def short_weekdays(self) -> tuple[str, ...]:
        """Return the days of the week from Monday on, in short."""
        names = self.locale.days["stand-alone"]["short"]
        return tuple(str(names[day]) for day in range(7))

    def moment(self, local: datetime, today: date) -> str:
        """Return `15:30` for today, `22 november, 15:30` for other days."""
        if local.date() == today:
            return f"{local:%H:%M}"
        return self._moment(local, local.year != today.year)

    def full_moment(self, local: datetime) -> str:
        """Return `23 november 2026, 15:30`."""
        return self._moment(local, has_year=True)

    def _moment(self, local: datetime, has_year: bool) -> str:
        day, time = self._day(local.date(), has_year), f"{local:%H:%M}"
        return self.gettext("{day}, {time}", day=day, time=time)

    def _day(self, day: date, has_year: bool) -> str:
        formats = self.locale.date_formats if has_year else self.locale.datetime_skeletons
        pattern = formats["long" if has_year else "MMMMd"].pattern
        if day.day == 1:  # "1er novembre", which CLDR does not tell
            first = self.pgettext("first day of a month", "1")
            pattern = pattern.replace("d", f"'{first}'", 1)
        return format_date(day, pattern, self.locale)

    def _with_weekday(self, day: date, text: str) -> str:
        return self.gettext("{weekday} {day}", weekday=format_date(day, "EEEE", self.locale), day=text)


@cache
def speak(language: str) -> Words:
    """Return the words of *language*, or English where the page does not speak it."""
    known = spoken(language)
    return Words(known, Locale.parse(LOCALES[known]), _catalogue(known))


def spoken(language: str) -> str:
    """Return *language*, or English where the page does not speak it."""
    return language if language in LOCALES else "en"


def catalogue_path(language: str) -> Path:
    """Return where the translators of *language* keep its sentences."""
    return TEMPLATES / "locale" / language / "LC_MESSAGES" / "page.po"


def capital(text: str) -> str:
    """Return *text* with a capital at its beginning and nothing else changed."""
    return text[:1].upper() + text[1:]


def _catalogue(language: str) -> gettext.NullTranslations:
    """Return the sentences of *language*, compiled as we start: there is no compiled file to forget."""
    if language == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    with catalogue_path(language).open("rb") as file:
        write_mo(compiled, read_po(file, locale=LOCALES[language]))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


def _filled(sentence: str, parts: Mapping[str, str]) -> str:
    return sentence.format(**parts) if parts else sentence
