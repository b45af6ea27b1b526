"""`python -m aggregator.shells.web HOST PORT WORKERS TEMPLATES`, the store's URL on stdin's first line."""

import sys

from aggregator.shells.web.server import serve_pages

if __name__ == "__main__" and (store := sys.stdin.buffer.readline().decode().strip()):
    serve_pages(store, sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
