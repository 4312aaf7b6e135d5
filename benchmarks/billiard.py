"""How long a Billiard walk takes to draw points from the polytope of the zig-zag ordering.

A million points in seven dimensions, between 64 half-spaces. Ours: the walk of the criteria. Other: the Billiard walk
of hopsy, with the same mean length of a trajectory, for a fifth of the points, counted five times. Both in seconds for
a million points, on one thread and without the time to compile or to set up.

Both samples must have the same mean, spread and correlation of successive points, which is checked first.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from aiida_matal.science.landscape.polytope import Polytope

PACKAGES = ("aiida-matal", "hopsy", "numba", "numpy")
SYSTEM = Path(__file__).parents[1] / "examples" / "free_energy" / "zigzag.yaml"
N_POINTS = 1_000_000
SHARE_OF_OTHER = 5
REPEATS = 3
MEAN_LENGTH = 1.0
SEED = 1

Floats = NDArray[np.float64]


def run() -> dict[str, Any]:
    """Return the time that a million points take, by aiida-matal and by hopsy."""
    from aiida_matal.science.landscape.system import read_system

    polytope = read_system(SYSTEM).polytope
    _check_equal_samples(polytope)
    ours = min(_time_ours(polytope, N_POINTS)[0] for _ in range(REPEATS))
    other = min(_time_hopsy(polytope, N_POINTS // SHARE_OF_OTHER)[0] for _ in range(REPEATS)) * SHARE_OF_OTHER
    print(f"aiida-matal: {ours:.2f} s for {N_POINTS:,} points, the fastest of {REPEATS} runs")
    print(f"hopsy: {other:.2f} s, the fastest of {REPEATS} runs with {N_POINTS // SHARE_OF_OTHER:,} points")
    return {"ours": round(ours, 2), "other": round(other, 2), "unit": "s/1e6 points"}


def _time_ours(polytope: Polytope, n_points: int) -> tuple[float, Floats]:
    """Return the seconds that some points take, and the points."""
    from aiida_matal.science.landscape.billiard import billiard_walk

    began = time.perf_counter()
    points = billiard_walk(polytope, n_points, SEED, mean_length=MEAN_LENGTH).points
    return time.perf_counter() - began, points


def _time_hopsy(polytope: Polytope, n_points: int) -> tuple[float, Floats]:
    """Return the seconds that some points take hopsy, and the points."""
    import hopsy

    problem = hopsy.Problem(polytope.normals, polytope.offsets)
    proposal = hopsy.BilliardWalkProposal(problem, starting_point=polytope.centre)
    proposal.stepsize = MEAN_LENGTH
    chain, random = hopsy.MarkovChain(problem, proposal=proposal), hopsy.RandomNumberGenerator(seed=SEED)
    began = time.perf_counter()
    _, samples = hopsy.sample(chain, random, n_samples=n_points)
    return time.perf_counter() - began, samples[0]


def _check_equal_samples(polytope: Polytope) -> None:
    """Compare the moments of both samples, and how much a point resembles the one before; compiles the walk too."""
    samples = [sampler(polytope, 100_000)[1] for sampler in (_time_ours, _time_hopsy)]
    spreads = np.array([points.std(axis=0) for points in samples])
    means = np.array([points.mean(axis=0) for points in samples])
    similarity = [float(np.corrcoef(points[1:, 1], points[:-1, 1])[0, 1]) for points in samples]
    assert np.abs(means[0] - means[1]).max() < 0.004, f"the means differ: {means.tolist()}"
    assert np.abs(spreads[0] - spreads[1]).max() < 0.002, f"the spreads differ: {spreads.tolist()}"
    assert abs(similarity[0] - similarity[1]) < 0.02, f"the correlations differ: {similarity}"
    print(f"both have the spread {spreads.mean(axis=0).round(4).tolist()}")
    print(f"successive points correlate with {similarity[0]:.3f} (aiida-matal) and {similarity[1]:.3f} (hopsy)")
