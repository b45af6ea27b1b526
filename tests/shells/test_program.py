"""The program as its users meet it: started, stopped, killed, misconfigured, and asked for help."""

from __future__ import annotations

import json
import signal
import sqlite3
import time
from collections import Counter
from pathlib import Path

import feedparser
import pytest
from program import Program, alive, get, headlines, health, run, run_cold, wait_until, write_configuration
from publisher import Answer, Publisher, conditional

RSS = {"Content-Type": "application/rss+xml"}


def rss(*titles: str) -> bytes:
    items = "".join(
        f"<item><guid>tag:{name}</guid><link>https://kust.example/{name}</link>"
        f"<title>Headline {name}</title></item>"
        for name in titles
    )
    return f'<rss version="2.0"><channel><title>Kustkrant</title>{items}</channel></rss>'.encode()


@pytest.fixture
def folder(tmp_path: Path, publisher: Publisher) -> Path:
    """A folder with a feeds.yaml of one feed that has two headlines."""
    publisher.answers["/feed"] = conditional(rss("one", "two"), '"1"')
    write_configuration(tmp_path, publisher.url("/feed"))
    return tmp_path


def test_the_first_start_makes_a_store_polls_and_serves(folder: Path) -> None:
    with Program("serve", "--port", "0", cwd=folder, cold=True) as program:
        address = program.address()
        wait_until(lambda: headlines(address) == ["Headline one", "Headline two"])
        assert "Headline one" in get(address)
        assert health(address)["status"] == "ok"
        assert json.loads(get(f"{address}healthz")) == {"status": "ok"}
    assert (folder / "ticker.db").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_within_five_seconds_and_leaves_no_process_behind(
    folder: Path, number: signal.Signals
) -> None:
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: bool(headlines(address)))
        family = program.family()
        began = time.monotonic()
        program.signal(number)
        assert program.wait() == 0
        wait_until(lambda: not alive(family))
        assert time.monotonic() - began < 5


def test_it_stops_in_time_while_publishers_keep_it_waiting(tmp_path: Path, publisher: Publisher) -> None:
    publisher.answers["/slow"] = Answer(rss("one"), headers=RSS, delay=60)
    write_configuration(tmp_path, *(publisher.url(f"/slow?{n}") for n in range(20)))
    for n in range(20):
        publisher.answers[f"/slow?{n}"] = publisher.answers["/slow"]
    with Program("serve", "--port", "0", cwd=tmp_path) as program:
        program.address()
        wait_until(lambda: len(publisher.log) > 0)
        began = time.monotonic()
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
        assert time.monotonic() - began < 5


def test_when_it_is_killed_its_pages_and_workers_end_too(folder: Path) -> None:
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: bool(headlines(address)))
        family = program.family()
        program.signal(signal.SIGKILL)
        wait_until(lambda: not alive(family))


def test_pages_that_are_killed_are_started_again(folder: Path) -> None:
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: bool(headlines(address)))
        for process in program.pages():
            process.kill()
        program.says("starting them again")
        wait_until(lambda: _answers(address))
        assert headlines(address) == ["Headline one", "Headline two"]


def test_killed_in_the_middle_of_a_poll_and_started_again_it_has_everything_once(
    tmp_path: Path, publisher: Publisher
) -> None:
    names = [f"{feed}-{n}" for feed in range(40) for n in range(5)]
    for feed in range(40):
        own = (name for name in names if name.startswith(f"{feed}-"))
        publisher.answers[f"/{feed}"] = Answer(rss(*own), headers=RSS, delay=0.02 * feed)
    write_configuration(tmp_path, *(publisher.url(f"/{feed}") for feed in range(40)))
    for asked in (5, 15, 30):
        publisher.log.clear()
        with Program("poll", cwd=tmp_path) as program:
            wait_until(lambda asked=asked: len(publisher.log) >= asked or program._process.poll() is not None)
            program.signal(signal.SIGKILL)
            program.wait()
    assert run("poll", cwd=tmp_path).returncode == 0
    with sqlite3.connect(tmp_path / "ticker.db") as store:
        told = Counter(title for (title,) in store.execute("SELECT title FROM entries"))
        lines = store.execute("SELECT count(*) FROM headlines").fetchone()
        sound = store.execute("PRAGMA integrity_check").fetchone()
    assert told == Counter(f"Headline {name}" for name in names)
    assert (lines, sound) == ((200,), ("ok",))


def test_an_edited_configuration_is_taken_in_and_a_broken_one_is_told(
    folder: Path, publisher: Publisher
) -> None:
    publisher.answers["/other"] = Answer(rss("three"), headers=RSS)
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) == 2)
        path = folder / "feeds.yaml"
        good = path.read_text()
        path.write_text(good + "  - oops: 1\n")
        program.says(r"oops: unknown key")
        assert [feed["key"] for feed in health(address)["feeds"]] == ["feed1"]
        path.write_text(good + f"  - {{url: '{publisher.url('/other')}', key: other}}\n")
        wait_until(lambda: len(headlines(address)) == 3)
        path.unlink()
        program.says("stays in force.*\n(.*\n)*.*stays in force")
        assert len(headlines(address)) == 3


def test_a_second_program_on_one_store_says_so_and_serves(folder: Path, publisher: Publisher) -> None:
    with Program("serve", "--port", "0", cwd=folder) as first:
        address = first.address()
        wait_until(lambda: len(headlines(address)) == 2)
        with Program("serve", "--port", "0", cwd=folder) as second:
            assert headlines(second.address()) == ["Headline one", "Headline two"]
            second.says("another program polls this store")
        refused = run("poll", cwd=folder)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "another program polls this store" in refused.stderr
    assert len(publisher.log) == 1


def test_a_port_in_use_is_told_in_one_sentence(folder: Path, publisher: Publisher) -> None:
    port = publisher.url().rpartition(":")[2].strip("/")
    refused = run("serve", "--port", port, cwd=folder)
    assert refused.returncode == 1
    assert (
        refused.stderr.strip()
        == f"cannot listen on 127.0.0.1:{port}: Address already in use; try another --port"
    )


def test_poll_tells_what_came_of_each_feed_and_ends_well_though_one_failed(
    folder: Path, publisher: Publisher
) -> None:
    write_configuration(folder, publisher.url("/feed"), publisher.url("/missing"))
    publisher.answers["/missing"] = Answer(status=404)
    told = run("poll", cwd=folder)
    assert (told.returncode, told.stderr) == (0, "")
    assert "feed1" in told.stdout
    assert "404" in told.stdout
    assert (
        "2 of 2 feeds asked: 1 with news, 0 unchanged, 1 failed; 2 new entries, 2 new headlines"
        in told.stdout
    )


@pytest.mark.parametrize(("items", "size"), [(1000, 9_300), (1, 9_500_000)])
def test_an_honest_feed_of_nearly_the_largest_size_is_read(
    tmp_path: Path, publisher: Publisher, items: int, size: int
) -> None:
    paragraph = "<p>قال المتحدث <b>اليوم</b> إن القرار سيطبق الشهر المقبل.</p>"
    text = paragraph * (size // len(paragraph.encode()))
    item = "<item><guid>{}</guid><title>Storm {}</title><description><![CDATA[{}]]></description></item>"
    body = "".join(item.format(number, number, text) for number in range(items))
    feed = f"<rss version='2.0'><channel><title>Kustkrant</title>{body}</channel></rss>".encode()
    assert 9_000_000 < len(feed) < 10_000_000
    publisher.answers["/large"] = Answer(feed)
    write_configuration(tmp_path, publisher.url("/large"))
    assert f" {items} new entr" in run("poll", cwd=tmp_path).stdout


def test_a_poll_of_all_right_after_is_conditional_and_finds_nothing_new(
    folder: Path, publisher: Publisher
) -> None:
    run("poll", cwd=folder)
    assert "0 of 1 feeds asked" in run("poll", cwd=folder).stdout
    assert "1 of 1 feeds asked: 0 with news, 1 unchanged" in run("poll", "--all", cwd=folder).stdout
    assert [asked.headers.get("if-none-match") for asked in publisher.log] == [None, '"1"']


@pytest.mark.postgres
def test_on_postgresql_it_is_the_same_program(folder: Path, postgres: str) -> None:
    path = folder / "feeds.yaml"
    path.write_text(f"store: '{postgres}'\n{path.read_text()}")
    assert "2 new headlines" in run("poll", cwd=folder).stdout
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        assert headlines(address) == ["Headline one", "Headline two"]
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
    assert not (folder / "ticker.db").exists()


def test_ctrl_c_ends_a_poll_and_the_next_one_goes_on(tmp_path: Path, publisher: Publisher) -> None:
    publisher.answers["/fast"] = Answer(rss("one"), headers=RSS)
    publisher.answers["/slow"] = [Answer(rss("two"), headers=RSS, delay=60), Answer(rss("two"), headers=RSS)]
    write_configuration(tmp_path, publisher.url("/fast"), publisher.url("/slow"))
    with Program("poll", cwd=tmp_path) as program:
        wait_until(lambda: len(publisher.log) == 2)
        program.signal(signal.SIGINT)
        assert program.wait() == 1
        assert "Traceback" not in program.output
    assert "1 failed" not in run("poll", cwd=tmp_path).stdout
    assert "of 2 feeds asked" in run("poll", cwd=tmp_path).stdout


def test_a_quiet_poll_says_nothing(folder: Path) -> None:
    told = run("poll", "--quiet", cwd=folder)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


def test_a_mistake_in_feeds_yaml_is_told_with_its_line_and_all_at_once(tmp_path: Path) -> None:
    (tmp_path / "feeds.yaml").write_text(
        "poll:\n  every: 30 minuts\nfeedz: []\nfeeds: [https://a.example/]\n"
    )
    for command in ("check", "poll", "serve"):
        told = run(command, cwd=tmp_path)
        assert told.returncode == 1
        assert told.stderr.splitlines() == [
            "feeds.yaml:2: every: '30 minuts' is no duration; try 30m or 2h",
            "feeds.yaml:3: feedz: unknown key; did you mean 'feeds'?",
        ]
    assert not (tmp_path / "ticker.db").exists()


def test_no_feeds_yaml_is_the_users_problem_and_wrong_usage_is_its_own(tmp_path: Path) -> None:
    missing = run_cold("check", cwd=tmp_path)
    assert missing.returncode == 1
    assert "feeds.yaml" in missing.stderr
    assert "Traceback" not in missing.stderr
    assert run_cold("chekc", cwd=tmp_path).returncode == 2


def test_check_with_fetch_tells_of_each_feed_and_stores_nothing(folder: Path, publisher: Publisher) -> None:
    page = b'<html><link rel="alternate" type="application/rss+xml" href="/real.rss"></html>'
    publisher.answers["/page"] = Answer(page, headers={"Content-Type": "text/html"})
    write_configuration(folder, publisher.url("/feed"), publisher.url("/page"))
    told = run("check", "--fetch", cwd=folder)
    assert told.returncode == 0
    assert "feed1: «Kustkrant», 2 entries" in told.stdout
    assert publisher.url("/real.rss") in told.stdout.replace("\n", "")
    assert "1 of 2 feeds answer" in told.stdout
    assert not (folder / "ticker.db").exists()


def test_the_schema_is_json_and_knows_the_keys(tmp_path: Path) -> None:
    schema = json.loads(run("schema", cwd=tmp_path).stdout)
    assert {"site", "poll", "feeds", "dedupe"} <= set(schema["properties"])


def test_help_names_every_command(tmp_path: Path) -> None:
    told = run("--help", cwd=tmp_path).stdout
    commands = "serve poll check demo publish copy explain group add import export schema"
    for command in commands.split():
        assert f"  {command}" in told


def test_a_command_beside_a_running_program_leaves_its_address_alone(folder: Path) -> None:
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: bool(headlines(address)))
        assert run("publish", "site", cwd=folder).returncode == 0
        assert json.loads(get(f"{address}feed.json"))["feed_url"] == f"{address}feed.json"


def test_publish_writes_the_site_and_the_second_time_nothing(folder: Path) -> None:
    run("poll", cwd=folder)
    first = run("publish", "site", cwd=folder)
    assert first.returncode == 0, first.stderr
    page = (folder / "site" / "index.html").read_text()
    assert "Headline one" in page
    feed = feedparser.parse((folder / "site" / "feed.rss").read_bytes())
    assert [entry.title for entry in feed.entries] == ["Headline one", "Headline two"]
    assert (folder / "site" / "read" / "1" / "index.html").exists()
    assert ": 0 written," in run("publish", "site", cwd=folder).stdout


def test_the_demo_moves_needs_no_network_and_leaves_nothing_behind(tmp_path: Path) -> None:
    with Program("demo", "--port", "0", "--pace", "0.5", cwd=tmp_path) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) > 30)
        count = health(address)["entries"]
        wait_until(lambda: health(address)["entries"] > count + 2)
        assert {feed["state"] for feed in health(address)["feeds"]} <= {"ok", "failing"}
        family = program.family()
        program.signal(signal.SIGINT)
        assert program.wait() == 0
        wait_until(lambda: not alive(family))
    assert [path.name for path in tmp_path.iterdir() if not path.name.startswith("log-")] == []


def _answers(address: str) -> bool:
    try:
        return "Headline" in get(address)
    except OSError:
        return False


def test_templates_beside_the_file_are_used_and_a_broken_one_is_told_once(folder: Path) -> None:
    """Both by the processes that serve and by the command that writes files."""
    own = folder / "templates"
    (own / "static").mkdir(parents=True)
    (own / "static" / "style.css").write_text("a { color: teal }")
    (own / "sources.html").write_text('{% extends "base.html" %}{% block content %}<p>Mine</p>{% endblock %}')
    (own / "ticker.html").write_text("\n{% if %}")
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: headlines(address) == ["Headline one", "Headline two"])
        assert "Headline one" in get(address)
        assert "<p>Mine</p>" in get(f"{address}sources")
        assert get(f"{address}static/style.css") == "a { color: teal }"
        assert program.output.count(f"{own}/ticker.html:2: ") == 1
    done = run("publish", "site", cwd=folder)
    assert (done.returncode, done.stderr.count(f"{own}/ticker.html:2: ")) == (0, 1)
    assert "<p>Mine</p>" in (folder / "site" / "sources" / "index.html").read_text()
    assert "Headline one" in (folder / "site" / "index.html").read_text()
