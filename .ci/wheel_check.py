"""The installed wheel against the checkout: one store, and the same site from both, file by file.

Arguments: the checkout's folder, the installed command, an empty folder to work in.
"""

import filecmp
import functools
import http.server
import re
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

FEED = """<rss version="2.0"><channel><title>Kustkrant</title><item><guid>tag:1</guid>
<link>https://kust.example/1</link><title>Storm sluit de haven</title><description>Tot morgen.</description>
</item></channel></rss>"""
CONFIG = """site: {{title: De Draad, language: nl}}
poll: {{allow_networks: [127.0.0.0/8]}}
feeds: ["http://127.0.0.1:{port}/feed.xml"]
"""


def main() -> None:
    checkout, installed, work = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(work))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    (work / "feed.xml").write_text(FEED)
    (work / "feeds.yaml").write_text(CONFIG.format(port=server.server_port))

    run(work, installed, "poll")
    run(work, installed, "publish", "installed")
    run(work, checkout / ".venv/bin/python", checkout / "run.py", "publish", "checked-out")
    same_files(work / "installed", work / "checked-out")
    assert "Storm sluit de haven" in (work / "installed/index.html").read_text()
    serves(work, installed)
    print("the wheel serves what the checkout serves")


def run(work: Path, *command: object) -> None:
    subprocess.run([str(part) for part in command], cwd=work, check=True)


def same_files(one: Path, other: Path) -> None:
    names = {path.relative_to(one) for path in one.rglob("*") if path.is_file()}
    assert names == {path.relative_to(other) for path in other.rglob("*") if path.is_file()}
    assert any(name.suffix == ".css" for name in names), names
    for name in names:
        assert filecmp.cmp(one / name, other / name, shallow=False), f"{name} differs"


def serves(work: Path, installed: str) -> None:
    program = subprocess.Popen(
        [installed, "serve", "--port", "0"], cwd=work, stdout=subprocess.PIPE, text=True
    )
    try:
        address = re.search(r"http://\S+/", program.stdout.readline())[0]
        page = urllib.request.urlopen(address, timeout=10).read().decode()
        assert "Storm sluit de haven" in page
        style = re.search(r'"/(static/[^"]+\.css[^"]*)"', page)[1]
        assert urllib.request.urlopen(address + style, timeout=10).status == 200
    finally:
        program.terminate()
        assert program.wait(10) == 0


if __name__ == "__main__":
    main()
