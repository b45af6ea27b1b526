"""What an item forgets to close ends with the item; what is sound is left as it is."""

from __future__ import annotations

import time

import pytest

from aggregator.model import Document, Response
from aggregator.parse import parse
from aggregator.parse.sections import closed

OPEN = {
    "cdata in the summary": "<title>p</title><{s}><![CDATA[ <b>x</b></{s}>",
    "cdata in the title": "<title><![CDATA[p</title><{s}>x</{s}>",
    "cdata twice": "<title><![CDATA[p</title><{s}><![CDATA[x</{s}>",
    "cdata closed half": "<title>p</title><{s}><![CDATA[ x ]></{s}>",
    "cdata and an ampersand": "<title>p & q</title><{s}><![CDATA[ x </{s}>",
    "cdata before the item's end": "<title>p</title><![CDATA[",
    "comment": "<title>p</title><!-- x <{s}>x</{s}>",
    "comment of HTML": "<title>p</title><!--><{s}>x</{s}>",
    "instruction": "<title>p</title><?php echo <{s}>x</{s}>",
}
SOUND = {
    "an item in cdata": "<item><![CDATA[</item><item>]]></item><item><![CDATA[]]>]]&gt;</item>",
    "an item in a comment": "<item><!-- </item><item> --></item><item><!-- <? --></item>",
    "a comment for mail programs": "<item><![CDATA[<!--[if mso]><!--></item><item><!--[endif]-->]]></item>",
    "an example of cdata": "<item><![CDATA[<item><![CDATA[x]]]]><![CDATA[></item>]]></item><item/>",
    "the beginning of cdata as text": "<item><![CDATA[ <![CDATA[ ]]></item><item><![CDATA[]]></item>",
    "ends without beginnings": "<item> --> ?> </item><item><![CDATA[ --> ]]></item>",
    "a section between items": "<item/><!-- <item></item> <? --><item/>",
}
MANY = 40_000
SLOW = {
    "elements": "<item>" + "<a><![CDATA[</a>" * MANY + "</item>",
    "items": "<item><![CDATA[</item>" * MANY,
    "items and an end": "<item><![CDATA[</item>" * MANY + "]]>",
    "beginnings": "<item>" + "<a><![CDATA[" * MANY + "</a></item>",
    "all kinds": "<item><a><![CDATA[</a><!--<?</item>" * MANY,
    "names": "<item>" + ("<" + "a" * 290 + "<![CDATA[") * 7000 + "</item>",
}


def _feed(atom: bool, poison: str, place: int) -> str:
    item, summary, name = ("entry", "summary", "id") if atom else ("item", "description", "guid")
    items = [
        f"<{item}><{name}>{n}</{name}><title>good {n}</title>"
        f"<{summary}><![CDATA[<i>{n}</i>]]></{summary}></{item}>"
        for n in range(5)
    ]
    items.insert(place, f"<{item}>{poison.replace('{s}', summary)}</{item}>")
    inside = "<title>T</title>" + "\n".join(items)
    if atom:
        return f'<feed xmlns="http://www.w3.org/2005/Atom">{inside}</feed>'
    return f'<rss version="2.0"><channel>{inside}</channel></rss>'


def _parsed(body: str) -> Document:
    return parse(Response("https://x.test/f", 200, body.encode()), max_body=2_000_000, max_entries=1000)


@pytest.mark.parametrize("poison", OPEN.values(), ids=OPEN)
@pytest.mark.parametrize("place", [0, 2, 5], ids=["first", "third", "last"])
@pytest.mark.parametrize("atom", [False, True], ids=["rss", "atom"])
def test_what_one_item_leaves_open_does_not_swallow_the_others(poison: str, place: int, atom: bool) -> None:
    entries = _parsed(_feed(atom, poison, place)).entries
    told = [(entry.title and entry.title.value, entry.summary and entry.summary.value) for entry in entries]
    assert [each for each in told if "p" not in str(each[0])] == [
        (f"good {n}", f"<i>{n}</i>") for n in range(5)
    ]
    assert len(told) == 6 and str(told[place][0]).startswith("p")


@pytest.mark.parametrize("body", SOUND.values(), ids=SOUND)
def test_what_is_sound_is_left_as_it_is(body: str) -> None:
    assert closed(body.encode()) == body.encode()


@pytest.mark.parametrize("body", SLOW.values(), ids=SLOW)
def test_a_document_made_of_beginnings_takes_no_longer_than_any_other(body: str) -> None:
    begun = time.process_time()
    closed(body.encode())
    assert time.process_time() - begun < 5
