"""Run one benchmark and print its result, a JSON object, as the last line."""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from importlib.metadata import version
from platform import python_version

BENCHMARKS = {
    "billiard": "points of a Billiard walk in seven dimensions, against hopsy",
    "features": "what the 44 features of a composition cost, against matminer",
    "gp_batch": "choosing 20 of 50,000 liquids by their variance, against a plain loop over PHYSBO",
    "idnn": "epochs and Hessians of an integrable network, against PyTorch",
    "montecarlo": "attempted flips of lattice Monte Carlo, against libcasm-clexmonte",
    "round_overhead": "what a round costs besides its molecular dynamics, against plain AiiDA processes",
}


def main() -> None:
    """Run the benchmark named on the command line."""
    listing = "\n".join(f"  {name}: {text}" for name, text in BENCHMARKS.items())
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=listing, formatter_class=formatter)
    parser.add_argument("name", choices=sorted(BENCHMARKS))
    name = parser.parse_args().name
    benchmark = import_module(f"benchmarks.{name}")
    result = benchmark.run()
    versions = {"python": python_version(), **{package: version(package) for package in benchmark.PACKAGES}}
    ratio = round(result["other"] / result["ours"], 3)
    print(json.dumps({"name": name, **result, "ratio": ratio, "versions": versions}))


if __name__ == "__main__":
    main()
