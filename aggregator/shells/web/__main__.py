"""`python -m aggregator.shells.web HOST PORT WORKERS`, the store's URL on the first line of stdin."""

import sys

from aggregator.shells.web.server import serve_pages

if __name__ == "__main__" and (store := sys.stdin.buffer.readline().decode().strip()):
    serve_pages(store, sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
