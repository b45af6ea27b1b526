"""kill -9 of each process of the program in turn: it goes on, and nothing is lost or doubled."""

from __future__ import annotations

import signal
from pathlib import Path

import psutil
from outage import RSS, entries, processes, rss, titles
from program import Program, alive, headlines, wait_until, write_configuration
from publisher import Answer, Publisher, conditional


def test_each_process_may_be_killed_and_the_news_goes_on(folder: Path, publisher: Publisher) -> None:
    write_configuration(folder, publisher.url("/feed"), every="1s")
    names = ["one", "two"]
    with Program("serve", "--port", "0", "--pages", "2", cwd=folder) as program:
        address = program.address()
        wait_until(lambda: len(headlines(address)) == 2)
        for kind in ("forkserver", "resource_tracker", "idle worker", "all workers", "a page", "pages"):
            for process in _of_kind(program, kind):
                process.kill()
            names = [f"after the {kind}", *names]
            publisher.answers["/feed"] = Answer(rss(*names), headers=RSS)
            _wait_for_headline(address, f"Headline after the {kind}")
        assert program._process.poll() is None
        assert "Traceback" not in program.output
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
        family = program.family()
        wait_until(lambda: not alive(family))
    assert entries(folder) == titles(names)


def test_killed_while_they_read_the_processes_lose_no_document(tmp_path: Path, publisher: Publisher) -> None:
    names = [f"{feed}-{n}" for feed in range(12) for n in range(300)]
    for feed in range(12):
        own = (name for name in names if name.startswith(f"{feed}-"))
        publisher.answers[f"/{feed}"] = conditional(rss(*own, padding=500), '"1"')
    write_configuration(tmp_path, *(publisher.url(f"/{feed}") for feed in range(12)), every="2s")
    with Program("serve", "--port", "0", cwd=tmp_path) as program:
        wait_until(lambda: len(processes(program, "forkserver")) > 2)
        wait_until(lambda: len(publisher.log) >= 12)
        for process in (*_of_kind(program, "all workers"), *_of_kind(program, "forkserver")):
            process.kill()
        wait_until(lambda: _stored(tmp_path) == len(names), lambda: program.output)
        program.signal(signal.SIGTERM)
        assert program.wait() == 0
    assert entries(tmp_path) == titles(names)


def _of_kind(program: Program, kind: str) -> list[psutil.Process]:
    makers = processes(program, "multiprocessing.forkserver")
    maker = min(makers, key=lambda process: process.create_time())
    pages = program.pages()
    match kind:
        case "forkserver":
            return [maker]
        case "idle worker":
            return [p for p in makers if p != maker][:1]
        case "all workers":
            return [p for p in makers if p != maker]
        case "resource_tracker":
            return processes(program, "resource_tracker")
        case "a page":
            return pages[-1:]
        case _:
            return pages[:1]


def _wait_for_headline(address: str, title: str) -> None:
    wait_until(lambda: title in _headlines(address), lambda: f"no {title!r}")


def _headlines(address: str) -> list[str]:
    try:
        return headlines(address)
    except OSError:
        return []


def _stored(folder: Path) -> int:
    return sum(entries(folder).values()) if (folder / "ticker.db").exists() else 0
