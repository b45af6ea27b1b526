"""Templates of the admin's: file by file in place of ours, and never at the cost of a page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

import invented
import pytest
from werkzeug.test import Client

from aggregator.shells.web import create_app, front
from aggregator.shells.web.site import site_files
from aggregator.shells.web.templates import Templates
from aggregator.shells.web.words import TEMPLATES
from aggregator.store import Store

ERROR = (TEMPLATES / "error.html").read_text("utf-8")
PARTS = (TEMPLATES / "parts.html").read_text("utf-8")
BASE = (TEMPLATES / "base.html").read_text("utf-8")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The admin's folder, with nothing in it."""
    (tmp_path / "templates" / "static").mkdir(parents=True)
    return tmp_path / "templates"


@pytest.fixture
def read(filled: Store, own: Path) -> Callable[[], Client]:
    """Return a way to start the pages with what lies in the folder."""

    def start() -> Client:
        app = create_app(filled, lambda: invented.NOW, templates=Templates(own))
        return Client(front(app, filled, lambda: invented.NOW, recheck=0))

    return start


def test_a_template_of_the_admins_is_used_and_all_others_are_ours(
    own: Path, read: Callable[[], Client], client: Client
) -> None:
    (own / "base.html").write_text(
        BASE.replace('<footer class="foot">', '<p>Ours & own</p><footer class="foot">')
    )
    page = read().get("/").text
    assert page.replace("<p>Ours & own</p>", "", 1) == client.get("/").text


def test_a_page_whose_template_changed_has_another_etag(
    own: Path, read: Callable[[], Client], client: Client
) -> None:
    before = client.get("/").headers["ETag"]
    assert read().get("/", headers={"If-None-Match": before}).status_code == 304
    (own / "parts.html").write_text(PARTS.replace("Follow us", "Elsewhere"))
    assert read().get("/", headers={"If-None-Match": before}).status_code == 200


def test_what_a_template_of_the_admins_fills_in_is_escaped_and_under_the_same_policy(
    own: Path, read: Callable[[], Client], client: Client
) -> None:
    (own / "base.html").write_text(BASE.replace("<body>", "<body>{{ '<script>' }}{% include 'own.html' %}"))
    (own / "own.html").write_text("{{ '<i>' ~ page.frame.site }}")
    answer = read().get("/")
    assert "<body>&lt;script&gt;&lt;i&gt;De Draad" in answer.text
    assert answer.headers["Content-Security-Policy"] == client.get("/").headers["Content-Security-Policy"]


def test_a_stylesheet_and_a_picture_of_the_admins_are_served_by_their_versions(
    own: Path, read: Callable[[], Client], client: Client
) -> None:
    (own / "static" / "style.css").write_text("a { color: red }")
    (own / "static" / "logo.webp").write_bytes(b"RIFF")
    (own / "base.html").write_text(BASE.replace("<body>", "<body>{{ page.frame.static('logo.webp') }}"))
    reader = read()
    page = reader.get("/").text
    style = page.partition('rel="stylesheet" href="')[2].partition('"')[0]
    logo = page.partition("<body>")[2].partition("\n")[0]
    assert style not in client.get("/").text
    assert reader.get(style).text == "a { color: red }"
    assert "immutable" in reader.get(style).headers["Cache-Control"]
    assert (reader.get(logo).data, reader.get(logo).content_type) == (b"RIFF", "image/webp")
    assert reader.get("/static/logo.webp").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["../feeds.yaml", "%2e%2e/feeds.yaml", "../base.html", "..%2fbase.html", ".x.css"]
)
def test_no_request_reaches_beyond_the_static_files(own: Path, read: Callable[[], Client], path: str) -> None:
    (own.parent / "feeds.yaml").write_text("secret")
    (own / "base.html").write_text(BASE)
    (own / "static" / ".x.css").write_text("secret")
    assert read().get(f"/static/{path}").status_code == 404


BROKEN = {
    "syntax": ("error.html", "{% block content %}\n{% if %}", "error.html:2: "),
    "never closed": ("error.html", "{% block content %}\n\n", "error.html:1: "),
    "filter": ("error.html", "\n{{ page|nosuch }}", "error.html:2: No filter named 'nosuch'"),
    "macro": (
        "error.html",
        '\n{% from "parts.html" import nosuch %}',
        "error.html:2: parts.html has no macro",
    ),
    "name": ("error.html", "\n\n{{ page.nosuch }}", "error.html:3: UndefinedError: "),
    "include": ("error.html", "{% include 'gone.html' %}", "error.html:1: TemplateNotFound: "),
    "itself": ("error.html", "{% extends 'error.html' %}", "error.html:1: RecursionError: "),
    "bytes": ("error.html", b"\xff", "error.html:1: cannot be read: "),
    "folder": ("error.html", None, "error.html:1: cannot be read: "),
    "file": (
        "base.html",
        BASE.replace("<body>", "{{ page.frame.static('gone.png') }}"),
        "KeyError: 'gone.png'",
    ),
    "lacking": (
        "parts.html",
        PARTS.replace("macro links", "macro likns"),
        "parts.html:1: lacks the macro 'links'",
    ),
    "changed": (
        "parts.html",
        PARTS.replace("macro links(links)", "macro links()"),
        "parts.html:1: TypeError: ",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_in_place_of_a_broken_template_ours_is_used_and_one_line_tells_why(
    own: Path, read: Callable[[], Client], client: Client, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    file, text, told = BROKEN[name]
    if text is None:
        (own / file).mkdir()
    else:
        (own / file).write_bytes(text if isinstance(text, bytes) else text.encode())
    faults = Templates(own).faults
    reader = read()
    with caplog.at_level(logging.ERROR):
        for _ in range(3):
            assert reader.get("/nothing-here").text == client.get("/nothing-here").text
    faults += [record.getMessage() for record in caplog.records]
    assert len(faults) == 1
    assert told in faults[0]
    assert faults[0].startswith(f"{own / file}:")
    assert faults[0].endswith(f"; mend it and restart; until then our own {file} is used")


def test_what_else_the_admin_wrote_stays_where_one_file_is_broken(
    own: Path, read: Callable[[], Client], caplog: pytest.LogCaptureFixture
) -> None:
    (own / "base.html").write_text(BASE.replace("<body>", "<body>mine"))
    (own / "ticker.html").write_text("{{ nosuch }}")
    (own / "article.html").write_text("{% macro %}")
    assert "<body>mine" in read().get("/").text


def test_files_that_cannot_be_served_are_told(own: Path) -> None:
    (own / "static" / "face.woff2").write_bytes(b"x")
    (own / "static" / "style.css").mkdir()
    (own / "static" / "gone.png").symlink_to("nowhere")
    templates = Templates(own)
    names = [str(own / "static" / name) for name in ("face.woff2", "gone.png", "style.css")]
    assert [fault.partition(": ")[0] for fault in templates.faults] == names
    assert templates.files == Templates(None).files


@pytest.mark.parametrize("folder", [None, TEMPLATES, TEMPLATES / "nowhere", TEMPLATES / "base.html"])
def test_without_a_folder_of_the_admins_and_in_a_checkout_nothing_is_overridden(folder: Path | None) -> None:
    templates = Templates(folder)
    assert (templates.faults, templates.own_files) == ([], {})


def test_the_site_as_files_is_made_by_the_admins_templates(filled: Store, own: Path) -> None:
    (own / "base.html").write_text(BASE.replace("<body>", "<body>mine"))
    (own / "static" / "style.css").write_text("a { background: url(paper.png) }")
    (own / "static" / "paper.png").write_bytes(b"PNG")
    files = dict(site_files(filled, lambda: invented.NOW, Templates(own)))
    assert b"<body>mine" in files["index.html"]
    assert (files["static/style.css"], files["static/paper.png"]) == (
        b"a { background: url(paper.png) }",
        b"PNG",
    )
