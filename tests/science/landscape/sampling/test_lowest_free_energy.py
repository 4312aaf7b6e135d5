from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.landscape.sampling.lowest_free_energy import LowestFreeEnergyCriterion, lowest_path


def test_by_default_the_compositions_are_those_published(zigzag):
    compositions = LowestFreeEnergyCriterion({}).compositions(zigzag)
    assert compositions == pytest.approx(np.linspace(0.45, 0.55, 51))


def test_the_path_follows_the_well_that_is_known(zigzag, wells_model):
    # Wells at |eta| = 0.4 in each order parameter; two at once may be 0.25 at most, with x = 1/2.
    path, g = lowest_path(zigzag, wells_model(7, a=0.16), np.array([0.3, 0.5]), 0.01)
    sizes = np.sort(np.abs(path[:, 1:]), axis=1)[:, ::-1]
    amplitudes = np.arange(51) * 0.01
    for row, most in enumerate([0.3, 0.5]):
        first, second = np.meshgrid(amplitudes, amplitudes, indexing="ij")
        allowed = (second <= first) & (first + second <= most + 1e-9)
        values = (first**4 + second**4) / 4 - 0.08 * (first**2 + second**2)
        best = np.argmin(np.where(allowed, values, np.inf))
        assert sizes[row, :2] == pytest.approx([first.ravel()[best], second.ravel()[best]])
        assert sizes[row, 2:] == pytest.approx(0)
        assert g[row] == pytest.approx(values.ravel()[best] + (path[row, 0] - 0.5) ** 2)


def test_points_are_spread_evenly_over_the_path(layered, make_problem):
    criterion = LowestFreeEnergyCriterion({"composition_step": 0.01})
    for n_points, expected in [(1, [0.5]), (3, [0.46, 0.5, 0.54]), (13, [*np.linspace(0.45, 0.55, 11), 0.45, 0.46])]:
        found = criterion.find(make_problem(n_points=n_points))
        assert found.eta[:, 0] == pytest.approx(expected)
        assert found.score == pytest.approx(-make_problem().model.g(found.eta))


def test_compositions_end_at_0_and_1(layered):
    compositions = LowestFreeEnergyCriterion({"composition_window": 0.5, "composition_step": 0.1}).compositions(layered)
    assert compositions == pytest.approx(np.linspace(0, 1, 11), abs=1e-12)
