"""feeds.yaml is broken, emptied or removed while the program runs: the last good one stays."""

from __future__ import annotations

from pathlib import Path

from outage import RSS, rss
from program import Program, headlines, health, wait_until
from publisher import Answer, Publisher


def test_whatever_becomes_of_feeds_yaml_is_told_once_and_the_last_good_one_stays(
    folder: Path, publisher: Publisher
) -> None:
    path, away = folder / "feeds.yaml", folder / "away.yaml"
    good = path.read_text()
    with Program("serve", "--port", "0", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) == 2)
        told = 0

        def is_told(words: str) -> None:
            nonlocal told
            told += 1
            wait_until(lambda: program.output.count("stays in force") == told, lambda: program.output)
            said = program.output.rpartition("stays in force")[0].splitlines()[-2]
            assert words in said, said
            assert [feed["key"] for feed in health(address)["feeds"]] == ["feed1"]

        path.write_text("feeds: [")
        is_told("feeds.yaml:1")
        path.write_bytes(b"feeds: ['\xff\xfe\x00']")
        is_told("feeds.yaml")
        path.write_text("")
        is_told("feeds.yaml")
        path.unlink()
        is_told("feeds.yaml")
        path.mkdir()
        is_told("feeds.yaml")
        path.rmdir()
        path.symlink_to(path)
        is_told("feeds.yaml")
        path.unlink()
        away.write_text(f"store: sqlite:///other.db\n{good}")
        away.rename(path)
        is_told("store: cannot change while running; start again")
        publisher.answers["/other"] = Answer(rss("three"), headers=RSS)
        path.write_text(good + f"  - {{url: '{publisher.url('/other')}', key: other}}\n")
        wait_until(lambda: len(headlines(address)) == 3)
        assert program.output.count("stays in force") == told
        assert "Traceback" not in program.output
    assert not (folder / "other.db").exists()
    assert len(publisher.asked("/feed")) == 1
