"""Benchmarks: figures as ratios within one run, against something real. `python -m bench` lists them."""
