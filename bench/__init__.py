"""Benchmarks: figures as ratios within one run, against something real. `python -m bench` lists them."""

import sys
from pathlib import Path

# What the tests share is found by its name, as the tests find it.
sys.path.append(str(Path(__file__).parent.parent / "tests"))
