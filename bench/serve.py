"""What serving costs: CPU of the pages' one worker for a request, beside nginx with the same bytes as files.

The program is the real one, filled by a poll of made-up feeds; the load comes over kept connections. The
report is docs/performance/serve.md.
"""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from urllib.parse import urlsplit

import click
import psutil

from aggregator.model import Choice
from aggregator.pipeline.publishing import feed_document
from aggregator.shells.bootstrap import free_port
from aggregator.shells.web.negotiation import encode
from aggregator.store import Store
from bench import corpus
from bench.machine import described
from bench.peers import Draad
from bench.publisher import publisher
from bench.report import keep
from tests.program import Program, health

REPORT = Path("docs/performance/serve.md")
DOCUMENTS = 1000
SOME = 60  # feeds of the program that is asked while it is idle
PATIENCE = 300.0  # seconds
AT_ONCE = 32  # connections
PAGES = {"merged feed": "feed.rss", "ticker page": ""}
# (what, page, conditional, most times nginx)
CASES = (
    ("merged feed, 304", "merged feed", True, 4),
    ("merged feed, 200 gzip", "merged feed", False, 6),
    ("ticker page, 200 gzip", "ticker page", False, 8),
)
NGINX = """\
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
    access_log off; default_type text/plain; sendfile on; keepalive_requests 1000000;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fast;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{ listen 127.0.0.1:{port}; root {folder}/files; add_header Content-Encoding gzip; }}
}}
"""


@dataclass(slots=True)
class Connection:
    """A kept connection to a server, and the processes whose CPU time is counted."""

    port: int
    processes: Sequence[int]
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)

    def ask(self, path: str, etag: str | None = None) -> tuple[int, bytes, str]:
        """Return status, body as it came, and ETag."""
        headers = {"Accept-Encoding": "gzip", **({"If-None-Match": etag} if etag else {})}
        self._connection.request("GET", f"/{path}", headers=headers)
        answer = self._connection.getresponse()
        return answer.status, answer.read(), answer.getheader("ETag") or ""

    def cost(self, path: str, conditional: bool, count: int) -> float:
        """Return the server's CPU time for one request in µs, of many that come at once."""
        _, _, etag = self.ask(path)
        condition = f"If-None-Match: {etag}\r\n" if conditional else ""
        request = f"GET /{path} HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: gzip\r\n{condition}\r\n".encode()
        status = b"HTTP/1.1 304 " if conditional else b"HTTP/1.1 200 "
        with ExitStack() as open_ones:
            place = ("127.0.0.1", self.port)
            sockets = [open_ones.enter_context(socket.create_connection(place)) for _ in range(AT_ONCE)]
            size = _first_size(sockets[0], request, status)
            rounds = count // AT_ONCE
            before = _on_cpu(self.processes)
            for _ in range(rounds):
                for each in sockets:
                    each.sendall(request)
                for each in sockets:
                    answer = each.recv(size, socket.MSG_WAITALL)
                    if not answer.startswith(status) or len(answer) != size:
                        raise click.ClickException(f"/{path}: {answer[:40]!r}")
            return (_on_cpu(self.processes) - before) / (rounds * AT_ONCE) / 1000

    def waits(self, path: str, seconds: float) -> list[float]:
        """Return how long each of a steady flow of requests took, in ms."""
        found, ends = [], time.monotonic() + seconds
        while time.monotonic() < ends:
            began = time.perf_counter()
            self.ask(path)
            found.append((time.perf_counter() - began) * 1000)
            time.sleep(0.004)
        return found


def _first_size(connection: socket.socket, request: bytes, status: bytes) -> int:
    """Return how many bytes an answer has, head and body; they are as many each time."""
    connection.sendall(request)
    got = b""
    while b"\r\n\r\n" not in got:
        got += connection.recv(65_536)
    head, _, body = got.partition(b"\r\n\r\n")
    announced = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    # A 304 has no body, whatever it says of its length.
    size = int(announced[1]) if announced and status != b"HTTP/1.1 304 " else 0
    if len(body) < size:
        connection.recv(size - len(body), socket.MSG_WAITALL)
    return len(head) + 4 + size


def _on_cpu(processes: Sequence[int]) -> int:
    """Return the ns that all threads of these processes have run."""
    threads = (path for pid in processes for path in Path(f"/proc/{pid}/task").iterdir())
    return sum(int((path / "schedstat").read_text("ascii").split()[0]) for path in threads)


@click.command()
@click.option("--runs", default=5, show_default=True, help="Turns of each.")
@click.option("--requests", "count", default=2000, show_default=True, help="Requests in a turn.")
@click.option("--feeds", default=1000, show_default=True, help="Feeds that are polled while pages are read.")
@click.option("--seconds", default=15, show_default=True, help="How long pages are read for the p99.")
@click.option("--write/--no-write", default=True, show_default=True, help=f"Write {REPORT}.")
def serve(runs: int, count: int, feeds: int, seconds: int, write: bool) -> None:
    """CPU of a request against nginx; p99 while idle and while polling; what rendering takes."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        click.echo(f"making {DOCUMENTS} feeds", err=True)
        midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        corpus.write(folder / "corpus", DOCUMENTS, (0, 1), midnight)
        with publisher(folder / "corpus", DOCUMENTS, versions=2) as served:
            urls = [served.url(number) for number in range(max(feeds, SOME))]
            with serving(folder / "idle", urls[:SOME]) as ours:
                wait_for(ours, SOME)
                costs = _costs(folder, ours, runs, count)
                idle = Connection(*_place(ours)).waits("", seconds)
                rendering = list(_rendering(folder / "idle" / "ticker.db"))
            click.echo(f"polling {feeds} feeds meanwhile", err=True)
            with serving(folder / "busy", urls[:feeds]) as ours:
                ours.address()
                busy = Connection(*_place(ours)).waits("", seconds)
                polled = int(health(ours.address())["entries"])
    told = "\n".join(_report(costs, idle, busy, polled < feeds * corpus.ENTRIES, rendering, runs, feeds))
    click.echo(told)
    if write:
        keep(REPORT, "Serving, measured", "serve", told)


@contextmanager
def serving(folder: Path, urls: Sequence[str], pages: int = 1) -> Iterator[Program]:
    """Start the program on these feeds, with so many processes for *pages*."""
    folder.mkdir()
    Draad(dedupe=False).prepare(folder, urls)
    with Program("serve", "--port", "0", "--pages", str(pages), cwd=folder, cold=True) as program:
        yield program


def wait_for(program: Program, feeds: int) -> None:
    """Wait until all entries are there, and what is made of them does not change any more."""
    address, ends = program.address(), time.monotonic() + PATIENCE
    while int(health(address)["entries"]) < feeds * corpus.ENTRIES:
        if time.monotonic() > ends:
            raise click.ClickException(f"not all entries came: {health(address)}")
        time.sleep(0.5)
    time.sleep(2)


def _place(program: Program) -> tuple[int, list[int]]:
    """Return the port of a program, and the processes that answer there."""
    port = urlsplit(program.address()).port
    assert port
    return port, [process.pid for process in program.pages()]


def _costs(folder: Path, program: Program, runs: int, count: int) -> dict[tuple[str, str], list[float]]:
    """Return the µs of each turn, by case and server."""
    ours = Connection(*_place(program))
    files = folder / "nginx" / "files"
    files.mkdir(parents=True)
    for name, path in PAGES.items():
        (files / name.replace(" ", "-")).write_bytes(ours.ask(path)[1])
    found: dict[tuple[str, str], list[float]] = {}
    with _nginx(folder / "nginx") as theirs:
        for _ in range(runs):
            for case, page, conditional, _most in CASES:
                found.setdefault((case, "ours"), []).append(ours.cost(PAGES[page], conditional, count))
                if theirs:
                    each = theirs.cost(page.replace(" ", "-"), conditional, count)
                    found.setdefault((case, "nginx"), []).append(each)
    return found


@contextmanager
def _nginx(folder: Path) -> Iterator[Connection | None]:
    """Serve *folder*/files by nginx, where there is one."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        yield None
        return
    port = free_port("127.0.0.1", 0)
    folder.chmod(0o755)
    folder.parent.chmod(0o755)  # where root starts it, its worker is another user
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port), "utf-8")
    started = subprocess.Popen([program, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        ends = time.monotonic() + 10
        while not (workers := psutil.Process(started.pid).children()) and time.monotonic() < ends:
            time.sleep(0.05)
        time.sleep(0.2)
        yield Connection(port, [worker.pid for worker in workers])
    finally:
        started.terminate()
        started.wait()


def _rendering(path: Path) -> Iterator[tuple[str, float]]:
    """Yield what each step of making the merged feed takes, in ms of CPU."""
    with closing(Store(f"sqlite:///{path}")) as store:
        body = feed_document(store, Choice(), "rss", "Measured").body
        yield "100 headlines out of the store", _took(lambda: store.page(Choice(), None, 100))
        both = _took(lambda: feed_document(store, Choice(), "rss", "Measured"))
        yield "the same, and RSS of them", both
        for coding in ("gzip", "br"):
            packed = len(encode(body, coding))
            yield f"{coding} of {len(body):,} bytes: {packed:,}", _took(partial(encode, body, coding))


def _took(step: Callable[[], object]) -> float:
    found = []
    for _ in range(9):
        began = time.thread_time()
        step()
        found.append((time.thread_time() - began) * 1000)
    return median(found)


def _report(
    costs: dict[tuple[str, str], list[float]],
    idle: Sequence[float],
    busy: Sequence[float],
    was_polling: bool,
    rendering: Sequence[tuple[str, float]],
    runs: int,
    feeds: int,
) -> Iterator[str]:
    yield from (described(f"python -m bench serve --runs {runs}"), "")
    yield "µs of CPU a request, median (lowest–highest):"
    yield ""
    yield "| | ours, one worker | nginx, a file | ratio | asked | reached? |"
    yield "|---|---|---|---|---|---|"
    for case, _, _, most in CASES:
        ours, theirs = costs[case, "ours"], costs.get((case, "nginx"))
        if theirs is None:
            yield f"| {case} | {_spread(ours)} | no nginx on PATH | | {most} | |"
            continue
        ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
        reached = "yes" if ratio <= most else "**no**"
        yield f"| {case} | {_spread(ours)} | {_spread(theirs)} | {ratio:.1f} | at most {most} | {reached} |"
    yield ""
    calm, pressed = (quantiles(waits, n=100)[98] for waits in (idle, busy))
    yield "| ticker page | p50, ms | p99, ms | requests |"
    yield "|---|---|---|---|"
    yield f"| idle | {median(idle):.1f} | {calm:.1f} | {len(idle)} |"
    yield f"| during a first poll of {feeds:,} feeds | {median(busy):.1f} | {pressed:.1f} | {len(busy)} |"
    yield ""
    reached = "yes" if pressed < 3 * calm else "**no**"
    yield f"p99 while polling at most 3 times idle: {pressed / calm:.1f}: {reached}."
    if not was_polling:
        yield f"The poll was over before the {len(busy)} requests were: take more --feeds or fewer --seconds."
    yield from ("", "| once per revision | ms of CPU |", "|---|---|")
    yield from (f"| {step} | {took:.1f} |" for step, took in rendering)
    # Without what the store takes the first two are rendering; both codings are made of one document.
    (_, _), (_, both), (_, gzip), _ = rendering
    reached = "yes" if both + gzip < 10 else "**no**"
    yield from (
        "",
        f"Out of the store, rendered and packed by gzip in {both + gzip:.1f} ms, asked 10: {reached}.",
    )


def _spread(found: Sequence[float]) -> str:
    return f"{median(found):.0f} ({min(found):.0f}–{max(found):.0f})"
