"""Benchmarks: figures as ratios within one run, against something real. `python -m bench` lists them."""

import sys
from pathlib import Path

# The tests' helpers, some of which are ours too, import each other by their bare names, as pytest has it.
sys.path.append(str(Path(__file__).parent.parent / "tests"))
