"""What a reader sees of stories, and of what the admin had moved: over HTTP, of a real store."""

from __future__ import annotations

from collections.abc import Callable

import invented
import pytest
from lxml import html
from newsroom import HOUR, bring, entry, replace
from werkzeug.test import Client

from aggregator.model import Choice, Headline, Matching
from aggregator.store import Store

QUAKE = "Zware aardbeving treft Zeerijp, schade in Loppersum"
HELP = "Kabinet belooft Zeerijp snelle hulp na beving van 3.4"
SHAKEN = "De beving had een kracht van 3.4, meldt het KNMI. Honderden huizen zijn beschadigd."
PROMISED = "De minister reist vrijdag naar Loppersum om met bewoners over de aardbeving te praten."


@pytest.fixture
def story(store: Store) -> Store:
    """A store in which two headlines tell one story."""
    earlier, now = invented.NOW - HOUR, invented.NOW
    quake = entry(QUAKE, published=earlier, summary=SHAKEN, language="nl", link="https://a.example/1")
    help_ = entry(HELP, published=now, summary=PROMISED, language="nl", link="https://b.example/2")
    bring(store, {"kustkrant": [quake]}, earlier)
    bring(store, {"natuurpost": [help_]}, now)
    return store


def headlines(store: Store) -> dict[str, Headline]:
    """Return the headlines by their titles, none of them folded."""
    return {headline.entry.title: headline for headline in store.articles(Choice(), 100)}


def test_a_story_is_one_line_that_folds_open(story: Store, reader: Callable[[Store], Client]) -> None:
    client = reader(story)
    page = html.document_fromstring(client.get("/").text)
    [line] = page.xpath('//li[@class="line"]')
    [fold] = line.xpath('.//details[@class="also story"]')
    assert fold.xpath("string(summary)").strip() == "+1 over dit nieuws"
    [other] = fold.xpath(".//li/span/a")
    assert {line.xpath('string(.//p[@class="headline"])'), other.text_content()} == {QUAKE, HELP}
    assert other.get("href") == f"/read/{headlines(story)[other.text_content()].id}"
    assert fold.xpath('string(.//span[@class="why"])').strip() in {"Kustkrant", "Natuurpost"}
    assert len(html.document_fromstring(client.get("/day/2026-11-23").text).xpath('//li[@class="line"]')) == 2


def test_each_article_of_a_story_leads_to_the_others_and_back_to_its_line(
    story: Store, reader: Callable[[Store], Client]
) -> None:
    client, found = reader(story), headlines(story)
    line = client.get("/").text.partition('id="line-')[2].partition('"')[0]
    for title, other in ((QUAKE, HELP), (HELP, QUAKE)):
        page = html.document_fromstring(client.get(f"/read/{found[title].id}").text)
        [link] = page.xpath('//section[@aria-labelledby="story"]//a')
        assert (link.text_content(), link.get("href")) == (other, f"/read/{found[other].id}")
        assert page.xpath('//p[@class="back"]/a/@href') == [f"/#line-{line}"]
        assert page.xpath('//li[@aria-current="true"]/@id') == [f"line-{line}"]


def test_a_story_is_named_in_the_merged_json_feed(story: Store, reader: Callable[[Store], Client]) -> None:
    items = reader(story).get("/feed.json").json["items"]  # type: ignore[index]
    stories = [item["_story"] for item in items]
    assert stories == [{"id": stories[0]["id"], "headlines": 2}] * 2


def test_a_headline_whose_entries_were_moved_leads_to_the_one_that_has_them_until_that_is_undone(
    story: Store, reader: Callable[[Store], Client]
) -> None:
    client, found = reader(story), headlines(story)
    said = Matching(same=((QUAKE, HELP),))
    story.accept(replace(invented.config(), matching=said), invented.NOW)
    [left] = headlines(story).values()
    [gone] = {headline.id for headline in found.values()} - {left.id}
    answer = client.get(f"/read/{gone}")
    assert (answer.status_code, answer.headers["Location"]) == (301, f"/read/{left.id}")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert "zelfde nieuws, zegt deze site" in client.get(f"/read/{left.id}").text
    story.accept(invented.config(), invented.NOW)
    assert client.get(f"/read/{gone}").status_code == 200
