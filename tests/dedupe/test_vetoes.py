"""What tells two headlines apart though they share their words; and what does not."""

from __future__ import annotations

import pytest
from sided import beside, side

from aggregator.dedupe.rules import Veto, certain, forbids

PAIRS: list[tuple[Veto, str, str, str]] = [
    (
        "calendar",
        "nl",
        "Storing op het spoor bij Hengelo maandag verwacht",
        "Storing op het spoor bij Hengelo dinsdag verwacht",
    ),
    ("calendar", "fr", "Les soldes de Vire commencent en mars", "Les soldes de Vire commencent en avril"),
    ("calendar", "ar", "معرض الفرس بالجديدة يفتح يوم السبت", "معرض الفرس بالجديدة يفتح يوم الأحد"),
    ("calendar", "nl", "Fietsronde van Drenthe, dag 3 in beeld", "Fietsronde van Drenthe, dag 4 in beeld"),
    (
        "class",
        "nl",
        "Aardschok in het noorden van Kreta gevoeld",
        "Aardschok in het zuiden van Kreta gevoeld",
    ),
    ("class", "en", "Fire reported in the north of Leeds", "Fire reported in the south of Leeds"),
    (
        "opposite",
        "nl",
        "Olieprijs stijgt fors na besluit van Noorwegen",
        "Olieprijs daalt fors na besluit van Noorwegen",
    ),
    (
        "opposite",
        "ar",
        "أسعار الزيتون ترتفع في أسواق قلعة السراغنة",
        "أسعار الزيتون تنخفض في أسواق قلعة السراغنة",
    ),
    ("opposite", "en", "Grocer opens branch in Kendal", "Grocer closes branch in Kendal"),
    (
        "negation",
        "nl",
        "Wethouder van Goes treedt af na rapport",
        "Wethouder van Goes treedt niet af na rapport",
    ),
    ("negation", "en", "Brewer will move to Hull next year", "Brewer will not move to Hull next year"),
    ("number", "nl", "Bus botst op tram in Gent: 3 gewonden", "Bus botst op tram in Gent: 8 gewonden"),
    ("number", "ar", "حادث سير قرب بنكرير يخلف ٣ جرحى", "حادث سير قرب بنكرير يخلف ٨ جرحى"),
    ("number", "fr", "Guingamp bat Laval 2-1 en amical", "Guingamp bat Laval 3-1 en amical"),
    ("turned", "nl", "Roda verslaat Emmen met gemak", "Emmen verslaat Roda met gemak"),
    ("turned", "nl", "Volleybal: Sliedrecht wint 1-3 set 2", "Volleybal: Sliedrecht wint 2 set 1-3"),
    (
        "replaced",
        "nl",
        "Auto te water in Sneek: bestuurder gered",
        "Auto te water in Joure: bestuurder gered",
    ),
    (
        "replaced",
        "fr",
        "Incendie dans une grange à Falaise ce matin",
        "Incendie dans une grange à Argentan ce matin",
    ),
]


@pytest.mark.parametrize(("veto", "language", "one", "other"), PAIRS)
def test_a_word_that_makes_another_event_of_it_forbids_both_ways(
    veto: Veto, language: str, one: str, other: str
) -> None:
    new, old = side(one, language), side(other, language, source=2)
    for each in (beside(new, old, language), beside(old, new, language)):
        assert forbids(each.new, each.old, each.different, each.like) == veto


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("nl", "Storing op het spoor bij Hengelo", "Storing op het spoor bij Hengelo sinds maandag"),
        ("fr", "Les soldes de Vire commencent en mars", "En mars commencent les soldes de Vire"),
        ("nl", "Aardschok in het noorden van Kreta", "Aardschok gevoeld in het noorden van Kreta"),
        ("nl", "Olieprijs stijgt door besluit van Oslo", "Door Oslo gaat de olieprijs omhoog: besluit"),
        ("nl", "Wethouder van Goes treedt niet af", "Wethouder Goes treedt niet af na rapport"),
        ("nl", "Bus botst op tram in Gent", "Bus botst op tram in Gent: 3 gewonden"),
        ("nl", "Bus botst in Gent: drie gewonden", "Bus botst in Gent, 3 gewonden bij tram"),
        ("ar", "حادث سير قرب بنكرير يخلف ٣ جرحى", "حادث سير قرب بنكرير يخلف 3 جرحى"),
        ("ar", "أسعار الزيتون ترتفع في قلعة السراغنة", "ارتفاع أسعار الزيتون في قلعة السراغنة"),
        ("nl", "Ongeluk op A2 bij Vught: drie doden", "Drie doden bij ongeluk op A2 bij Vught"),
        ("en", "Hull beats Leeds 2-1 and goes top of the league", "Hull beats Leeds 2-1, goes top of league"),
        ("en", "Brewer will move to Hull", "Brewer to move to Hull next year"),
        ("nl", "Roda verslaat Emmen", "Roda verslaat Emmen met gemak"),
    ],
)
def test_everyday_rewording_trips_no_veto(language: str, one: str, other: str) -> None:
    each = beside(side(one, language), side(other, language, source=2), language)
    assert forbids(each.new, each.old, each.different, each.like) is None


def test_rare_words_exchanged_on_both_sides_are_two_events() -> None:
    new = side(
        "Zwemster Oosterwijk pakt goud in Samorin op de vlinderslag", "nl", "Ze zwom een dijk van een race."
    )
    old = side(
        "Zwemster Terpstra pakt goud in Samorin op schoolslag", "nl", "Het was haar eerste finale.", source=2
    )
    each = beside(new, old, "nl")
    assert forbids(each.new, each.old, each.different, each.like) == "swapped"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Toneelgroep Kaap speelt Medea in Sneek", "Recensie Medea van Toneelgroep Kaap: kil en traag"),
        ("Ferrell's jurk bij de finale", "Ferrell wint de finale met gemak"),
    ],
)
def test_a_name_and_two_things_of_its_bearer_are_too_little_where_only_titles_can_be_compared(
    one: str, other: str
) -> None:
    each = beside(side(one, "nl"), side(other, "nl", source=2), "nl")
    assert forbids(each.new, each.old, each.different, each.like) == "little"


HULL = "Hull theatre plays Medea for full house"


@pytest.mark.parametrize(
    ("language", "one", "other", "found"),
    [
        ("en", HULL, f"Review: {HULL}, slow and cold", "piece"),
        ("en", f"Review: {HULL}, cold and grey", f"Recap: {HULL}", "piece"),
        ("nl", "Kaap speelt Medea in Sneek", "Speelt Kaap volgend jaar weer Medea in Sneek?", "piece"),
        (
            "fr",
            "Le pont de Seyssel rouvre à Noël",
            "Pourquoi le vieux pont de Seyssel rouvre à Noël tôt",
            "piece",
        ),
        ("ar", "جسر قلعة السراغنة يفتح أمام المارة", "لماذا جسر قلعة السراغنة يفتح الآن أمام الناس", "piece"),
        # One word more or less: a text that two papers bought.
        ("en", "How to see the eclipse from Hull", "How to see the eclipse from rainy Hull", None),
        ("en", "Hull theatre reviews its Medea", "Hull theatre reviews its Medea again", None),  # no review
    ],
)
def test_reviews_guides_and_questions_are_each_papers_own_where_only_titles_can_be_compared(
    language: str, one: str, other: str, found: str | None
) -> None:
    new, old = side(one, language), side(other, language, source=2)
    each = beside(new, old, language)
    assert forbids(*each) == found
    assert forbids(*beside(new, old._replace(source=1), language)) != "piece"
    assert certain(*each) is None or found is None


def test_home_and_away_exchanged_is_another_match() -> None:
    each = beside(side("Lille-Rennes : 1-3", "fr"), side("Rennes-Lille : 1-3", "fr", source=2), "fr")
    assert forbids(each.new, each.old, each.different, each.like) == "turned"


def test_a_few_words_behind_a_title_make_no_other_headline() -> None:
    title = "Vakbond en NS sluiten akkoord over rooster conducteurs"
    each = beside(side(f"{title} - De Spoorbode", "nl"), side(title, "nl", source=2), "nl")
    assert certain(*each) == "tail"
    piece = beside(side(f"{title}: reacties op straat", "nl"), side(title, "nl", source=2), "nl")
    assert certain(*piece) is None
    number = beside(side(f"{title} van 2027", "nl"), side(title, "nl", source=2), "nl")
    assert certain(*number) is None


def test_one_agencys_text_at_two_papers_is_one_whatever_the_titles_exchange() -> None:
    text = "De gemeente Sneek liet woensdag weten dat het carillon van de Martinikerk hersteld is."
    new = side("Auto te water in Sneek: bestuurder gered", "nl", text)
    old = side("Auto te water in Joure: bestuurder gered", "nl", text, source=2)
    each = beside(new, old, "nl")
    assert forbids(each.new, each.old, each.different, each.like) is None
    same = beside(new, old._replace(source=1), "nl")
    assert forbids(same.new, same.old, same.different, same.like) == "replaced"


def test_one_source_does_not_tell_one_headline_twice_in_two_days() -> None:
    each = beside(side("Sluis Weert kapot", "nl", hours=13), side("Sluis bij Weert kapot", "nl"), "nl")
    assert forbids(each.new, each.old, each.different, each.like) == "source"


def test_the_same_title_differs_in_nothing() -> None:
    each = beside(side("Sluis bij Weert kapot", "nl"), side("SLUIS BIJ WEERT KAPOT", "nl"))
    assert (each.different.new, each.different.old, each.different.is_of_kind) == (set(), set(), False)
