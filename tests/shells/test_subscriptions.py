"""The commands that bring feeds into feeds.yaml, as processes of their own."""

from __future__ import annotations

import os
import pty
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from program import RUN, Program, health, run, wait_until, write_configuration
from publisher import Answer, Asked, Publisher, redirect

HTML = {"Content-Type": "text/html"}
LIST = """<opml version="2.0"><body><outline text="Kust">
  <outline type="rss" text="Nieuw" xmlUrl="{new}"/>
  <outline type="rss" text="Oud" xmlUrl="{old}"/>
  <outline type="rss" text="Kwaad" xmlUrl="file:///etc/passwd"/>
</outline></body></opml>"""
AROUND = "# mine\r\npoll: {allow_networks: [127.0.0.0/8], floor: 1s}   # all of it\r\nfeeds:\r\n"


def rss(title: str = "Kustkrant") -> Answer:
    item = f"<item><guid>tag:{title}</guid><title>Headline of {title}</title></item>"
    body = f'<rss version="2.0"><channel><title>{title}</title>{item}</channel></rss>'
    return Answer(body.encode(), headers={"Content-Type": "application/rss+xml"})


def page(*links: str) -> Answer:
    return Answer(f"<!doctype html><html><head>{''.join(links)}</head></html>".encode(), headers=HTML)


def alternate(href: str, title: str = "") -> str:
    return f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a feeds.yaml of one feed, its lines ending as on Windows."""
    (tmp_path / "feeds.yaml").write_bytes(f"{AROUND}  - https://old.example/rss # old\r\n".encode())
    return tmp_path


def yaml(folder: Path) -> str:
    return (folder / "feeds.yaml").read_bytes().decode()


def added(folder: Path) -> str:
    """Return what was written behind the feed that was there."""
    return yaml(folder).removeprefix(f"{AROUND}  - https://old.example/rss # old\r\n").replace("\r\n", "\n")


def write_list(
    folder: Path, new: str = "https://new.example/rss", old: str = "http://old.example/rss"
) -> None:
    (folder / "list.opml").write_text(LIST.format(new=new, old=old))


def test_import_adds_what_is_new_and_tells_of_the_rest(folder: Path) -> None:
    write_list(folder)
    told = run("import", "list.opml", cwd=folder)
    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout.splitlines() == [
        "there already: line 3: http://old.example/rss is there already, as 'old-example',"
        " with https://old.example/rss",
        "refused: line 4: url: 'file:///etc/passwd' is no web address; only http: and https: can be asked",
        "list.opml: 1 feed added to feeds.yaml, 1 there already, 1 refused",
    ]
    assert added(folder) == "  - url: https://new.example/rss\n    title: Nieuw\n    categories: [Kust]\n"
    again = run("import", "list.opml", cwd=folder)
    assert again.returncode == 0
    assert "0 feeds added to feeds.yaml, 2 there already" in again.stdout


def test_import_reads_stdin_and_makes_a_feeds_yaml(tmp_path: Path) -> None:
    given = LIST.format(new="https://new.example/rss", old="https://old.example/rss")
    told = run("import", "-", cwd=tmp_path, given=given)
    assert "stdin: 2 feeds added to feeds.yaml" in told.stdout
    assert run("check", cwd=tmp_path).stdout == "feeds.yaml: no mistakes; 2 feeds\n"


def test_a_dry_run_only_tells(folder: Path) -> None:
    write_list(folder)
    before = yaml(folder)
    told = run("import", "--dry-run", "list.opml", cwd=folder)
    assert told.stdout.startswith("would be added: Nieuw: https://new.example/rss\n")
    assert "1 feed would be added to feeds.yaml" in told.stdout
    assert yaml(folder) == before


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "list.opml: cannot be read: No such file or directory"),
        ("<opml>", "list.opml:1: this is no XML: the file ends before the list does; export it again"),
        ("<opml/>", "list.opml: names no feed"),
        ("<opml><outline xmlUrl='x:y'/></opml>", "list.opml: names no feed that can be added"),
        ("<opml>" + " " * 10_000_000 + "</opml>", "list.opml: larger than 10 MB; is it a list of feeds?"),
    ],
)
def test_a_list_that_cannot_be_used_leaves_all_as_it_was(
    folder: Path, document: str | None, why: str
) -> None:
    if document is not None:
        (folder / "list.opml").write_text(document)
    before = yaml(folder)
    told = run("import", "list.opml", cwd=folder)
    assert (told.returncode, told.stderr) == (1, f"{why}\n")
    assert yaml(folder) == before


def test_a_mistake_in_feeds_yaml_is_told_first(folder: Path) -> None:
    write_list(folder)
    (folder / "feeds.yaml").write_text("feeds: []\nkeep: long\n")
    told = run("import", "list.opml", cwd=folder)
    assert (told.returncode, told.stderr) == (1, "feeds.yaml:2: keep: 'long' is no duration; try 30m or 2h\n")
    assert yaml(folder) == "feeds: []\nkeep: long\n"


def test_mode_and_link_of_feeds_yaml_stay(folder: Path) -> None:
    write_list(folder)
    (folder / "feeds.yaml").rename(folder / "real.yaml")
    (folder / "real.yaml").chmod(0o640)
    (folder / "feeds.yaml").symlink_to("real.yaml")
    assert run("import", "list.opml", cwd=folder).returncode == 0
    assert (folder / "feeds.yaml").readlink() == Path("real.yaml")
    assert stat.S_IMODE((folder / "real.yaml").stat().st_mode) == 0o640
    assert "new.example" in yaml(folder)
    assert sorted(path.name for path in folder.iterdir()) == ["feeds.yaml", "list.opml", "real.yaml"]


def test_a_place_that_cannot_be_written_is_told(folder: Path) -> None:
    write_list(folder)
    told = run("--config", "nowhere/feeds.yaml", "import", "list.opml", cwd=folder)
    assert told.returncode == 1
    assert told.stderr.startswith("nowhere/feeds.yaml: cannot be written, and is as it was: No such file")
    told = run("--config", ".", "import", "list.opml", cwd=folder)
    assert (told.returncode, "this is a folder" in told.stderr) == (1, True)


def test_a_running_program_takes_in_what_is_imported(tmp_path: Path, publisher: Publisher) -> None:
    publisher.answers["/old"], publisher.answers["/new"] = rss("Oud"), rss("Nieuw")
    write_configuration(tmp_path, publisher.url("/old"))
    write_list(tmp_path, publisher.url("/new"), publisher.url("/old"))
    with Program("serve", "--port", "0", cwd=tmp_path) as program:
        address = program.address()
        assert run("import", "list.opml", cwd=tmp_path).returncode == 0
        wait_until(lambda: {feed["title"] for feed in health(address)["feeds"]} == {"Oud", "Nieuw"})
        wait_until(lambda: all(feed["state"] == "ok" for feed in health(address)["feeds"]))


def test_export_is_what_the_page_gives_and_can_be_imported_again(
    tmp_path: Path, publisher: Publisher
) -> None:
    publisher.answers["/a"] = rss("Kust & krant")
    path = write_configuration(tmp_path, publisher.url("/a"))
    path.write_text(path.read_text().replace("key: 'feed1'", "key: a, categories: [x, 'y, z'], language: nl"))
    assert 'text="a" title="a"' in run("export", cwd=tmp_path).stdout  # nobody was asked yet
    assert not (tmp_path / "ticker.db").exists()
    run("poll", cwd=tmp_path)
    run("publish", "site", cwd=tmp_path)
    told = run("export", "list.opml", cwd=tmp_path)
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")
    document = (tmp_path / "list.opml").read_bytes()
    assert document == (tmp_path / "site" / "feeds.opml").read_bytes()
    assert document == run("export", cwd=tmp_path).stdout.encode()
    (tmp_path / "feeds.yaml").unlink()
    run("import", "list.opml", cwd=tmp_path)
    assert yaml(tmp_path) == (
        f'feeds:\n  - url: {publisher.url("/a")}\n    key: a\n    title: "Kust & krant"\n'
        '    categories: [x, "y, z"]\n    language: nl\n'
    )


def test_export_keeps_passwords_and_feeds_yaml(folder: Path) -> None:
    (folder / "feeds.yaml").write_text("feeds: ['https://me:secret@a.example/']\n")
    told = run("export", cwd=folder)
    assert (told.returncode, "secret" in told.stdout) == (0, False)
    assert told.stderr == "1 address without the password that feeds.yaml has\n"
    told = run("export", "feeds.yaml", cwd=folder)
    assert (told.returncode, "name another file" in told.stderr) == (1, True)
    assert "secret" in yaml(folder)


def test_add_takes_the_address_of_a_feed(folder: Path, publisher: Publisher) -> None:
    publisher.answers["/feed"] = rss()
    told = run("add", publisher.url("/feed#top").replace("http:", "feed:"), cwd=folder)
    assert (told.returncode, told.stderr) == (0, "")
    url = publisher.url("/feed")
    assert told.stdout == f"feeds.yaml: added 'kustkrant': Kustkrant (RSS 2.0, 1 headline): {url}\n"
    assert added(folder) == f"  - url: {url}\n    title: Kustkrant\n"
    again = run("add", url, cwd=folder)
    assert (again.returncode, again.stdout) == (0, f"feeds.yaml: has it already, as 'kustkrant': {url}\n")
    assert len(publisher.log) == 1


def test_add_writes_key_title_and_categories(folder: Path, publisher: Publisher) -> None:
    publisher.answers["/feed"] = rss()
    url = publisher.url("/feed")
    options = ("--key", "kust", "--title", "De Kust: alles", "--category", "a", "--category", "b")
    assert run("add", url, *options, cwd=folder).returncode == 0
    assert added(folder) == (
        f'  - url: {url}\n    key: kust\n    title: "De Kust: alles"\n    categories: [a, b]\n'
    )


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (
            ("file:///etc/passwd",),
            "url: 'file:///etc/passwd' is no web address; only http: and https: can be asked",
        ),
        (("a.example", "--category", ""), "--category: is empty; write something"),
        (("a.example", "--key", "a b"), "--key: 'a b' cannot stand in an address; try a-b"),
        (
            ("a.example", "--key", "Old-Example"),
            "--key: 'Old-Example' is the name of another feed; choose another",
        ),
        (("http://10.0.0.1/",), "http://10.0.0.1/: "),
    ],
)
def test_what_cannot_be_added_is_told(folder: Path, arguments: tuple[str, ...], why: str) -> None:
    before = yaml(folder)
    told = run("add", *arguments, cwd=folder)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(why)
    assert len(told.stderr.splitlines()) == 1
    assert yaml(folder) == before


def test_only_networks_that_feeds_yaml_allows_are_asked(tmp_path: Path, publisher: Publisher) -> None:
    publisher.answers["/feed"] = rss()
    told = run("add", publisher.url("/feed"), cwd=tmp_path)  # there is no feeds.yaml
    assert (told.returncode, "allow_networks" in told.stderr) == (1, True)
    assert publisher.log == []
    assert list(tmp_path.iterdir()) == []


def test_a_page_leads_to_no_other_network(folder: Path, publisher: Publisher) -> None:
    publisher.answers["/news"] = page(alternate("http://10.0.0.1/feed"), alternate("/inside"))
    publisher.answers["/inside"] = redirect("http://[fd00::1]/feed")
    told = run("add", publisher.url("/news"), cwd=folder)
    assert (told.returncode, told.stderr.count("refused to ask")) == (1, 2)
    assert added(folder) == ""


def test_a_bare_host_is_asked_by_https(folder: Path, publisher: Publisher) -> None:
    told = run("add", publisher.url("/feed").removeprefix("http://"), cwd=folder)
    assert told.returncode == 1
    assert told.stderr.startswith(publisher.url("/feed").replace("http:", "https:"))


def test_the_feed_of_a_page_is_found_and_what_moved_for_good_is_written_where_it_is(
    folder: Path, publisher: Publisher
) -> None:
    publisher.answers |= {
        "/": redirect("/home"),
        "/home": page(alternate("wp.json"), alternate("/old-feed", "Comments"), alternate("/gone")),
        "/wp.json": Answer(b'{"version": 1}', headers={"Content-Type": "application/json"}),
        "/old-feed": redirect("/moved", 301),
        "/moved": redirect("/new-feed", 308),
        "/new-feed": rss(),
    }
    told = run("add", publisher.url("/"), cwd=folder)
    assert (told.returncode, told.stderr) == (0, "")
    assert added(folder).startswith(f"  - url: {publisher.url('/new-feed')}\n")


def test_a_link_header_names_feeds_as_well(folder: Path, publisher: Publisher) -> None:
    link = '</a.css>; rel=preload, <feed.rss>; rel="alternate"; type="application/rss+xml"'
    publisher.answers["/news/"] = Answer(b"plain text", headers={"Link": link})
    publisher.answers["/news/feed.rss"] = rss()
    assert run("add", publisher.url("/news/"), cwd=folder).returncode == 0
    assert publisher.url("/news/feed.rss") in added(folder)
    assert len(publisher.log) == 2


def test_a_feed_that_the_text_of_a_page_links_to_is_found(folder: Path, publisher: Publisher) -> None:
    publisher.answers["/"] = page('</head><a href="/about">us</a><a href="/nieuws.rss">RSS</a>')
    publisher.answers["/nieuws.rss"] = rss()
    assert run("add", publisher.url("/"), cwd=folder).returncode == 0
    assert [asked.path for asked in publisher.log] == ["/", "/nieuws.rss"]


def test_the_usual_places_are_asked_one_after_the_other_up_to_the_first_feed(
    folder: Path, publisher: Publisher
) -> None:
    publisher.answers |= {"/news": page(), "/feed": page(), "/feed.xml": rss(), "/rss.xml": rss("Another")}
    assert run("add", publisher.url("/news"), cwd=folder).returncode == 0
    assert [asked.path for asked in publisher.log] == ["/news", "/feed", "/rss", "/feed.xml"]
    assert publisher.most_at_once[""] == 1
    assert publisher.url("/feed.xml") in added(folder)


def test_a_host_that_wants_to_be_left_alone_is(folder: Path, publisher: Publisher) -> None:
    publisher.answers |= {"/news": page(), "*": Answer(status=429, headers={"Retry-After": "600"})}
    told = run("add", publisher.url("/news"), cwd=folder)
    assert told.returncode == 1
    assert [asked.path for asked in publisher.log] == ["/news", "/feed"]


def test_a_host_that_told_the_program_to_wait_is_not_asked(folder: Path, publisher: Publisher) -> None:
    publisher.answers |= {"/old": Answer(status=503, headers={"Retry-After": "3600"}), "/feed": rss()}
    write_configuration(folder, publisher.url("/old"))
    run("poll", cwd=folder)
    told = run("add", publisher.url("/feed"), cwd=folder)
    assert told.returncode == 1
    assert "127.0.0.1 asked to be left alone for a while; try again later" in told.stderr
    assert [asked.path for asked in publisher.log] == ["/old"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (page(), "this web page names no feed, and there is none at the usual places; look for its address"),
        (page(alternate("/x")), "none of the feeds that are named there can be read: http"),
        (Answer(b"hello"), "this is text, but no feed: neither XML nor JSON"),
        (Answer(status=404), "127.0.0.1 answers 404 Not Found: there is no feed at this address"),
    ],
)
def test_a_place_without_a_feed_is_told(folder: Path, publisher: Publisher, answer: Answer, why: str) -> None:
    publisher.answers["/news"] = answer
    told = run("add", publisher.url("/news"), cwd=folder)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.startswith(f"{publisher.url('/news')}: {why}")
    assert added(folder) == ""


@pytest.fixture
def several(publisher: Publisher) -> str:
    """The address of a page with three feeds, one of which cannot be read."""
    publisher.answers |= {
        "/": page(alternate("/a"), alternate("/broken"), alternate("/b")),
        "/a": rss("Kustkrant"),
        "/b": Answer(b'{"version": "https://jsonfeed.org/version/1.1", "title": "Kust [b]", "items": []}'),
        "/broken": Answer(b"<rss"),
    }
    return publisher.url("/")


def test_where_there_are_several_and_nobody_can_be_asked_they_are_told(
    folder: Path, publisher: Publisher, several: str
) -> None:
    told = run("add", several, cwd=folder)
    assert (told.returncode, told.stdout) == (1, "")
    assert told.stderr.splitlines() == [
        f"{several}: has 2 feeds; name one of them, or take the first with --first:",
        f"  1. Kustkrant (RSS 2.0, 1 headline): {publisher.url('/a')}",
        f"  2. Kust [b] (JSON Feed 1.1, 0 headlines): {publisher.url('/b')}",
    ]
    assert added(folder) == ""


def test_the_first_of_several_is_taken_where_that_is_said(
    folder: Path, publisher: Publisher, several: str
) -> None:
    assert run("add", "--first", several, cwd=folder).returncode == 0
    assert added(folder) == f"  - url: {publisher.url('/a')}\n    title: Kustkrant\n"


def test_on_a_terminal_it_asks_which(folder: Path, publisher: Publisher, several: str) -> None:
    output, status = on_a_terminal("add", several, answers=["3", "2"], cwd=folder)
    assert status == 0, output
    assert f"1. Kustkrant (RSS 2.0, 1 headline): {publisher.url('/a')}" in output
    assert len(re.findall("Which one", output)) == 2  # there is no third
    assert added(folder) == f'  - url: {publisher.url("/b")}\n    title: "Kust [b]"\n'


def test_what_is_there_already_is_told_among_several(
    folder: Path, publisher: Publisher, several: str
) -> None:
    run("add", "--first", several, cwd=folder)
    before = yaml(folder)
    told = run("add", "--first", several, cwd=folder)
    assert told.stdout == f"feeds.yaml: has it already, as 'kustkrant': {publisher.url('/a')}\n"
    assert f"{publisher.url('/a')} (there already)" in run("add", several, cwd=folder).stderr
    assert yaml(folder) == before


def test_a_feeds_yaml_that_changes_meanwhile_is_left_as_it_is(folder: Path, publisher: Publisher) -> None:
    feed = rss()

    def changed(_: Asked) -> Answer:
        with (folder / "feeds.yaml").open("a") as file:
            file.write("# by somebody else\n")
        return feed

    publisher.answers["/feed"] = changed
    told = run("add", publisher.url("/feed"), cwd=folder)
    assert (told.returncode, "was changed by somebody else meanwhile" in told.stderr) == (1, True)
    assert added(folder) == "# by somebody else\n"


def on_a_terminal(*arguments: str, answers: list[str], cwd: Path) -> tuple[str, int]:
    """Run a command at a terminal where somebody types; return what was shown, and the exit status."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, str(RUN), *arguments], cwd=cwd, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    os.write(ours, "".join(f"{answer}\n" for answer in answers).encode())  # it waits there for who reads
    output = b""
    try:
        while chunk := os.read(ours, 1000):
            output += chunk
    except OSError:  # EIO: the other side is closed, for good
        pass
    finally:
        os.close(ours)
    return output.decode(), process.wait(60)
