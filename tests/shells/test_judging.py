"""The commands that show how headlines are matched, as processes of their own."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from program import run, write_configuration

ROWS = (
    {"id": "a", "title": "Zware aardbeving treft Zeerijp, kracht 3.4", "source": "nos", "time": 0},
    {"id": "b", "title": "ZWARE AARDBEVING TREFT ZEERIJP, kracht 3.4", "source": "nu", "time": 60},
    {"id": "c", "title": "Museum in Sète opent nieuwe zaal", "source": "nu", "time": 120},
)


def lines(*rows: object) -> str:
    return "".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)


def told(process: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    assert (process.returncode, process.stderr) == (0, "")
    return [json.loads(line) for line in process.stdout.splitlines()]


def test_headlines_of_a_file_are_grouped(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text(lines(*ROWS), encoding="utf-8")
    assert told(run("group", "rows.jsonl", cwd=tmp_path)) == [
        {"id": "a", "headline": "a", "story": "a", "rule": "founded", "score": 1.0},
        {"id": "b", "headline": "a", "story": "a", "rule": "title", "score": 0.98},
        {"id": "c", "headline": "c", "story": "c", "rule": "founded", "score": 1.0},
    ]


@pytest.mark.parametrize("arguments", [("group",), ("group", "-")])
def test_headlines_on_stdin_are_grouped_and_empty_lines_passed_over(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    found = told(run(*arguments, cwd=tmp_path, given="\n" + lines(*ROWS) + "\n"))
    assert [row["headline"] for row in found] == ["a", "a", "c"]


def test_pairs_are_titles_or_objects(tmp_path: Path) -> None:
    given = lines(
        {"a": ROWS[0]["title"], "b": ROWS[1]},
        {"a": "AEX sluit hoger", "b": "AEX sluit lager", "language": "nl"},
    )
    assert told(run("group", "--pairs", cwd=tmp_path, given=given)) == [
        {"same": True, "rule": "title", "score": 0.98},
        {"same": False, "rule": "founded", "score": 1.0},
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{oops", "this line is no JSON"),
        ('"a title"', "a line must be a JSON object: {…}"),
        ('{"id": 1}', 'a headline needs a "title" that is text'),
        ('{"title": "A", "time": "noon"}', '"time" must be a number: seconds since 1970'),
        (
            '{"title": "A", "time": 1e99}',
            '"time" is no moment that a calendar knows; it counts seconds since 1970',
        ),
    ],
)
def test_a_bad_line_is_told_with_its_file_and_number(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "rows.jsonl").write_text(lines(ROWS[0]) + line + "\n", encoding="utf-8")
    process = run("group", "rows.jsonl", cwd=tmp_path)
    assert (process.returncode, process.stderr) == (1, f"rows.jsonl:2: {said}\n")


def test_a_bad_pair_on_stdin_is_told_with_its_number(tmp_path: Path) -> None:
    process = run("group", "--pairs", cwd=tmp_path, given='{"a": "A headline"}\n')
    assert (process.returncode, process.stderr) == (1, 'stdin:1: a headline needs a "title" that is text\n')


def test_two_titles_are_explained_without_a_configuration(tmp_path: Path) -> None:
    process = run("explain", "Koning opent brug", "KONING OPENT BRUG", cwd=tmp_path)
    assert (process.returncode, process.stderr) == (0, "")
    assert process.stdout.startswith("One headline: the second has the same words in its title as the first")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("99", "there is no headline 99; its id is the number in its address, /read/ID"),
        ("Koning", "give a headline's id, as in /read/ID, or two titles, each in quotes"),
    ],
)
def test_what_cannot_be_explained_is_told_in_one_sentence(tmp_path: Path, what: str, said: str) -> None:
    write_configuration(tmp_path, "https://nos.example/feed")
    process = run("explain", what, cwd=tmp_path)
    assert (process.returncode, process.stdout, process.stderr) == (1, "", f"{said}\n")
