"""/sources as people read it: how each source is, since or until when, and when it is asked next."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import invented
import pytest
import sqlalchemy as sa
from lxml import html
from newsroom import configuration, settlement, subscription
from werkzeug.test import Client

from aggregator.store import Store
from aggregator.store.tables import EPOCH, tallies

HOUR = timedelta(hours=1)
BEGAN = invented.NOW - 2 * HOUR


def told(store: Store, reader: Callable[[Store], Client], language: str) -> list[str]:
    """Return what the page says of each source, part by part."""
    feeds = [subscription(key, title=key) for key in ("busy", "well", "failing", "gone")]
    feeds.append(subscription("same-host", title="same-host", url="https://busy.example/other"))
    site = invented.config(language=language).site
    store.accept(configuration(*feeds, site=site), BEGAN)
    store.accept(configuration(*feeds, subscription("never", title="never"), site=site), invented.NOW)
    rows = {claim.subscription.key: claim.feed for claim in store.peek()}
    until, soon = invented.NOW + 3 * HOUR, invented.NOW + timedelta(minutes=10)
    failed = {"failures": 3, "status": 404, "error": "there is no feed"}
    settlements = [
        settlement(rows["failing"], BEGAN, **failed, next_due=BEGAN),
        settlement(rows["failing"], invented.NOW, **{**failed, "failures": 4}, next_due=soon),
        settlement(rows["gone"], BEGAN, failures=1, status=410, error="gone for good", gone=True),
        settlement(rows["well"], invented.NOW, next_due=soon),
        settlement(rows["same-host"], BEGAN, next_due=soon),
        settlement(
            rows["busy"],
            BEGAN,
            failures=1,
            status=503,
            error="overloaded",
            waiting=True,
            not_before=until,
            next_due=until,
            host_wait=("busy.example", until),
        ),
    ]
    for each in settlements:
        with store.ledger(each.at, [each]):
            pass
    tree = html.fromstring(reader(store).get("/sources").text)
    return [_told(row) for row in tree.xpath('//ul[@class="sources"]/li')]


def _told(row: html.HtmlElement) -> str:
    parts = map(_text, row.xpath('p[@class="state"] | p[@class="error"] | p[@class="facts"]/span'))
    return f"{_text(row.find('h2'))}: {' | '.join(parts)}"


def _text(element: html.HtmlElement) -> str:
    return " ".join(str(element.text_content()).split())


EXPECTED = {
    "en": [
        "failing: Failing since 14:05 | there is no feed | 4 failed tries in a row | last asked 16:05"
        " | next try 16:15",
        "gone: Gone since 14:05 | gone for good | 1 failed try | last asked 14:05",
        "busy: Waiting until 19:05: busy.example asked for it | overloaded | 1 failed try | last asked 14:05"
        " | next try 19:05",
        "same-host: Waiting until 19:05: busy.example asked for it when another of its feeds was polled"
        " | last asked 14:05 | next try 19:05",
        "never: Not asked yet | next round 16:05",
        "well: In order | last asked 16:05 | next round 16:15",
    ],
    "nl": [
        "failing: Storing sinds 14:05 | there is no feed | 4 mislukte pogingen op rij | laatst gevraagd 16:05"
        " | volgende poging 16:15",
        "gone: Opgeheven sinds 14:05 | gone for good | 1 mislukte poging | laatst gevraagd 14:05",
        "busy: Wacht tot 19:05: busy.example vroeg erom | overloaded | 1 mislukte poging"
        " | laatst gevraagd 14:05 | volgende poging 19:05",
        "same-host: Wacht tot 19:05: busy.example vroeg erom bij een andere feed van die server"
        " | laatst gevraagd 14:05 | volgende poging 19:05",
        "never: Nog niet gevraagd | volgende ronde 16:05",
        "well: In orde | laatst gevraagd 16:05 | volgende ronde 16:15",
    ],
    "fr": [
        "failing: En panne depuis 14:05 | there is no feed | 4 essais manqués de suite"
        " | dernière demande 16:05 | prochain essai 16:15",
        "gone: Supprimée depuis 14:05 | gone for good | 1 essai manqué | dernière demande 14:05",
        "busy: En attente jusqu’à 19:05 : busy.example l’a demandé | overloaded | 1 essai manqué"
        " | dernière demande 14:05 | prochain essai 19:05",
        "same-host: En attente jusqu’à 19:05 : busy.example l’a demandé pour un autre de ses flux"
        " | dernière demande 14:05 | prochain essai 19:05",
        "never: Pas encore interrogée | prochain passage 16:05",
        "well: En ordre | dernière demande 16:05 | prochain passage 16:15",
    ],
    "ar": [
        "failing: عطل منذ 14:05 | there is no feed | 4 محاولات فاشلة متتالية | آخر طلب 16:05"
        " | المحاولة المقبلة 16:15",
        "gone: أُغلق منذ 14:05 | gone for good | محاولة فاشلة واحدة | آخر طلب 14:05",
        "busy: ينتظر حتى 19:05: بطلب من busy.example | overloaded | محاولة فاشلة واحدة | آخر طلب 14:05"
        " | المحاولة المقبلة 19:05",
        "same-host: ينتظر حتى 19:05: بطلب من busy.example عند سؤال تغذية أخرى لديه | آخر طلب 14:05"
        " | المحاولة المقبلة 19:05",
        "never: لم يُسأل بعد | الجولة المقبلة 16:05",
        "well: سليم | آخر طلب 16:05 | الجولة المقبلة 16:15",
    ],
}


@pytest.mark.parametrize("language", EXPECTED)
def test_each_source_says_how_it_is_since_or_until_when_and_when_it_is_asked_next(
    store: Store, reader: Callable[[Store], Client], language: str
) -> None:
    assert told(store, reader, language) == EXPECTED[language]


@pytest.mark.parametrize(
    ("order", "first"),
    [
        ("state", "Sportlijn"),
        ("none such", "Sportlijn"),
        ("name", "Binnenhof Bericht"),
        ("headlines", "Kustkrant"),
        ("duplicates", "Natuurpost"),
        ("delay", "Kustkrant"),
        ("polled", "Sportlijn"),
        ("next", "Natuurpost"),
    ],
)
def test_sources_come_in_the_order_asked_for_and_the_link_to_it_is_current(
    client: Client, order: str, first: str
) -> None:
    tree = html.fromstring(client.get("/sources", query_string={"sort": order}).text)
    names = [_text(name) for name in tree.xpath('//ul[@class="sources"]/li/h2')]
    (current,) = tree.xpath('//nav[@class="orders"]/a[@aria-current]/@href')
    assert (names[0], len(names)) == (first, len(invented.FEEDS))
    assert current == ("/sources" if order in {"state", "none such"} else f"/sources?sort={order}")


def test_a_page_of_five_hundred_sources_stays_light(store: Store, reader: Callable[[Store], Client]) -> None:
    keys = [f"source-{number}" for number in range(500)]
    store.accept(configuration(*keys, site=invented.SITE), invented.NOW)
    today = (invented.NOW - EPOCH).days
    rows = [
        {
            "feed": claim.feed,
            "day": today - ago,
            "entries": 1 + claim.feed * ago % 97,
            "copies": 1,
            "waits": "6:9",
        }
        for claim in store.peek()
        for ago in range(30)
    ]
    with store._write() as connection:
        connection.execute(sa.insert(tallies), rows)
    page = reader(store).get("/sources", headers={"Accept-Encoding": "br"})
    assert page.headers["Content-Encoding"] == "br"
    assert len(page.data) < 60_000
