"""Content codings are undone within bounds, and what is broken or too large is told."""

from __future__ import annotations

import gzip
import subprocess
import sys
import tracemalloc
import zlib

import brotli
import pytest

from aggregator.errors import FeedError
from aggregator.parse.decode import unpacked

PLAIN = b"<rss version='2.0'/>" * 100
MAX = 1_000_000
BARE = zlib.compressobj(wbits=-15)


@pytest.mark.parametrize(
    ("coding", "body"),
    [
        ("", PLAIN),
        ("identity", PLAIN),
        ("gzip", gzip.compress(PLAIN, mtime=0)),
        ("X-GZIP", gzip.compress(PLAIN, mtime=0)),
        ("gzip", gzip.compress(PLAIN[:50], mtime=0) + gzip.compress(PLAIN[50:], mtime=0)),
        ("gzip", gzip.compress(PLAIN, mtime=0) + b"\0\0 left over"),
        ("gzip", PLAIN),
        ("deflate", zlib.compress(PLAIN)),
        ("deflate", BARE.compress(PLAIN) + BARE.flush()),
        ("br", brotli.compress(PLAIN)),
        ("gzip, br", brotli.compress(gzip.compress(PLAIN, mtime=0))),
        ("", gzip.compress(PLAIN, mtime=0)),
    ],
)
def test_every_coding_that_is_asked_for_is_undone(coding: str, body: bytes) -> None:
    assert unpacked(body, {"content-encoding": coding}, MAX) == PLAIN


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_body_as_large_as_allowed_passes_and_one_byte_more_is_refused(coding: str) -> None:
    packed = _packers[coding](PLAIN)
    assert unpacked(packed, {"content-encoding": coding}, len(PLAIN)) == PLAIN
    with pytest.raises(FeedError, match=r"larger than 0.001999 MB when unpacked; raise poll\.max_body"):
        unpacked(packed, {"content-encoding": coding}, len(PLAIN) - 1)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_bomb_is_cut_at_the_bound(coding: str) -> None:
    bomb = _packers[coding](bytes(100_000_000))
    tracemalloc.start()
    with pytest.raises(FeedError, match="larger than 1 MB"):
        unpacked(bomb, {"content-encoding": coding}, MAX)
    assert tracemalloc.get_traced_memory()[1] < 20 * MAX
    tracemalloc.stop()


def test_many_small_members_are_bounded_together() -> None:
    with pytest.raises(FeedError, match="larger than 1 MB"):
        unpacked(gzip.compress(bytes(100_000)) * 20, {"content-encoding": "gzip"}, MAX)


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br"])
def test_a_body_that_breaks_off_is_refused(coding: str) -> None:
    with pytest.raises(FeedError, match="ends too early"):
        unpacked(_packers[coding](PLAIN)[:-9], {"content-encoding": coding}, MAX)


@pytest.mark.parametrize(
    ("coding", "body", "told"),
    [
        ("gzip", b"\x1f\x8b\x08\0\0\0\0\0\0\0 nonsense", "compression is broken"),
        ("br", b"\xff\xff nonsense", "compression is broken"),
        ("zstd", b"\x28\xb5\x2f\xfd", "content coding that was not asked for"),
        ("gzip, gzip, gzip", gzip.compress(b"x", mtime=0), "compressed 3 times"),
        ("", bytes(MAX + 1), "larger than 1 MB; raise"),
    ],
)
def test_what_cannot_be_unpacked_is_told(coding: str, body: bytes, told: str) -> None:
    with pytest.raises(FeedError, match=told):
        unpacked(body, {"content-encoding": coding}, MAX)


_packers = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": lambda plain: brotli.compress(plain, quality=5),
}


WITHOUT_MEMORY = """
import brotli, resource
from pathlib import Path
from aggregator.parse.decode import unpacked

body = brotli.compress(bytes(50_000_000), lgwin=24)
pages = int(Path("/proc/self/statm").read_text().split()[0])
resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + 4_000_000, resource.RLIM_INFINITY))
unpacked(body, {"content-encoding": "br"}, 40_000_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="no other system bounds a process so")
def test_want_of_memory_is_not_taken_for_broken_brotli() -> None:
    done = subprocess.run([sys.executable, "-c", WITHOUT_MEMORY], capture_output=True, text=True, check=False)
    assert done.stderr.strip().rpartition("\n")[2].startswith("MemoryError")
