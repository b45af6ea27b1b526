"""An invented newsroom in four languages, for the tests of the page: nothing in it happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from newsroom import bring, configuration, entry, replace, settlement, subscription

from aggregator.dedupe import Index
from aggregator.model import Config, Enclosure, Entry, FollowLink, Html, Person, Site
from aggregator.store import Store

NOW = datetime(2026, 11, 23, 15, 5, tzinfo=UTC)  # 16:05 in Casablanca
LITTORAL = "Un parc solaire flottant pour 40 000 foyers"
RENT = "Kamer stemt in met uitstel van de nieuwe huurwet"
SOLAR = "Havenstad begint met de bouw van een drijvend zonnepark voor 40.000 huishoudens"
TRAIN = "افتتاح الخط الجديد للقطار السريع بين المدينتين قبل الموعد المحدد"
PODCAST = "Le petit port qui écoute la mer, premier épisode"
BODY = Html("""
<p>Met 98 tegen 52 stemmen nam de Kamer maandag het voorstel aan om de wet pas per januari 2028 te laten
ingaan. De indieners wezen op de achterstand bij ruim honderd gemeenten, die de benodigde gegevens nog niet
hebben verzameld.</p>
<p>Verhuurders en huurdersverenigingen reageren verdeeld. De een spreekt van gezond verstand, de ander van
verloren tijd. <a href="https://binnenhof.example/wet">De tekst van de wet</a> verandert niet.</p>
<blockquote><p>Een wet die niemand kan uitvoeren, helpt niemand aan een woning.</p></blockquote>
<h2>Wat er nu gebeurt</h2>
<ul><li>gemeenten krijgen tot de zomer voor hun registers;</li><li>de minister stuurt voor die tijd een
voortgangsbrief;</li><li>tot 2028 blijft de huidige regeling van kracht.</li></ul>
<table><tr><th>Jaar</th><th>Gemeenten gereed</th></tr><tr><td>2025</td><td>112</td></tr><tr><td>2026</td>
<td>238</td></tr></table>
<p>De Eerste Kamer behandelt het voorstel in februari.</p>
""")

SITE = Site(
    title="De Draad",
    link="https://draad.example/",
    description="De koppen van de dag",
    language="nl",
    timezone="Africa/Casablanca",
    follow=(FollowLink("Mastodon", "https://social.example/@draad"),),
)
FEEDS = (
    subscription("kustkrant", title="Kustkrant", categories=("Nederland", "Economie"), language="nl"),
    subscription("binnenhof", title="Binnenhof Bericht", categories=("Politiek",), language="nl", priority=5),
    subscription("natuurpost", title="Natuurpost", categories=("Natuur",), language="nl"),
    subscription("littoral", title="Le Littoral", categories=("Maghreb",), language="fr"),
    subscription("sada", title="صدى الشمال", categories=("Maghreb",), language="ar"),
    subscription("sportlijn", title="Sportlijn", categories=("Sport",), language="nl"),
    subscription("harbour", title="The Harbour Post", categories=("Economie",), language="en"),
)


def config(**site: object) -> Config:
    """Return the configuration of the invented site, with some of it said otherwise."""
    return configuration(*FEEDS, site=replace(SITE, **site))  # type: ignore[arg-type]


def fill(store: Store) -> None:
    """Let the newsroom publish a day and a half; two of its feeds are in trouble afterwards."""
    index = Index(timedelta(hours=72))
    bring(store, _YESTERDAY, NOW - timedelta(hours=20), index)
    bring(store, _TODAY, NOW - timedelta(minutes=20), index)
    bring(store, _CORRECTED, NOW - timedelta(minutes=10), index)
    bring(store, _LATEST, NOW - timedelta(minutes=1), index)
    rows = {claim.subscription.key: claim.feed for claim in store.peek()}
    trouble = [
        settlement(
            rows["sportlijn"], NOW, status=503, failures=3, error="the server answered 503; it is asked again"
        ),
        settlement(rows["harbour"], NOW, status=410, failures=1, error="the feed is gone (410)", gone=True),
    ]
    with store.ledger(NOW, trouble):
        pass


def at(time: str, title: str, language: str = "nl", day: int = 23, **values: object) -> Entry:
    """Return an entry of November 2026 at a time in Casablanca, which is an hour ahead of UTC."""
    hour, minute = map(int, time.split(":"))
    published = datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=1)
    return entry(title, published=published, language=language, **values)


_SHARED = {"link": "https://kustkrant.example/zonnepark?utm_source=rss"}
_TODAY = {
    "kustkrant": [
        at("15:58", SOLAR, **_SHARED),
        at("14:31", "Loodsen varen voor het eerst met een boot op waterstof"),
        at("12:40", "Veerdienst naar het eiland gaat twee keer zo vaak"),
        at("11:20", "Bakkers op de kade draaien nachtdienst voor de vloot"),
        at("8:47", "Universiteit opent centrum voor ontzilting"),
        at("0:12", "Nachttrein naar het zuiden rijdt weer na elf maanden"),
    ],
    "littoral": [
        at("15:59", LITTORAL, "fr", **_SHARED),
        at("11:05", "La récolte d’olives s’annonce meilleure que prévu", "fr"),
        at(
            "9:30",
            PODCAST,
            "fr",
            enclosures=(Enclosure("https://littoral.example/1.mp3", "audio/mpeg", 9_400_000),),
        ),
    ],
    "natuurpost": [
        at("16:01", "Drijvend zonnepark in aanbouw", **_SHARED),
        at(
            "14:22",
            "Zeldzame steenarend gezien boven de duinen: ‘Dit komt eens in de tien jaar voor’",
            comments=34,
        ),
        at("13:50", "Vissers en onderzoekers tellen samen de tonijn"),
    ],
    "sada": [
        at("16:02", "انطلاق أشغال محطة شمسية عائمة تكفي أربعين ألف منزل", "ar", **_SHARED),
        at("15:41", TRAIN, "ar"),
        at("10:15", "معرض الكتاب يفتح أبوابه بمشاركة مئتي ناشر", "ar"),
    ],
    "binnenhof": [
        at(
            "15:15",
            "Kamer verwerpt nieuwe huurwet",
            id="rent",
            link="https://binnenhof.example/huurwet",
            summary="De invoering schuift een jaar op. Gemeenten krijgen zo de tijd om hun registers op orde "
            "te brengen, zegt een ruime meerderheid.",
            content=BODY,
            authors=(Person("J. Verhoeven"),),
            categories=("Politiek", "Wonen"),
            comments=12,
            comments_link="https://binnenhof.example/huurwet#reacties",
        ),
        at("10:58", "Begrotingsdebat verplaatst naar donderdagavond"),
    ],
    "sportlijn": [
        at("12:12", "Marathonploeg wint estafette in 2:04:31"),
        at("9:05", "Schaatsbond kiest voor kunstijs in drie nieuwe steden"),
    ],
    "harbour": [
        at("15:20", "Floating solar farm to power 40,000 homes", "en", **_SHARED),
        at("13:02", "Pilot boats switch to hydrogen on the northern quays", "en"),
    ],
}
_CORRECTED = {"binnenhof": [replace(_TODAY["binnenhof"][0], title=RENT)]}
_LATEST = {
    "kustkrant": [at("15:09", RENT, link="https://kustkrant.example/huurwet")],
    "littoral": [at("16:04", "La pluie attendue dès mardi sur le littoral", "fr")],
}
_YESTERDAY = {
    "kustkrant": [
        at("18:00", "Filmfestival eert drie debuten", day=22),
        at("15:48", "Oude vuurtoren krijgt nieuwe lamp en een bewaker voor het weekend", day=22),
    ],
    "binnenhof": [at("17:15", "Treinverkeer hervat na storing van vier uur", day=22)],
    "littoral": [at("16:20", "Le vieux phare retrouve sa lumière", "fr", day=22)],
    "sada": [at("14:10", "مهرجان السينما يكرم ثلاثة أفلام أولى", "ar", day=22)],
}
