from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import KAPPA, WANTED, vector
from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.sampling.regions import REGIONS, TestSetSettings, design_test_set

PHI = np.array([50.0, 0.05, 0.05, 0.05])


@pytest.fixture
def test_set(layered):
    settings = TestSetSettings(temperature=800, n_points=dict.fromkeys(REGIONS, 12), explored_points=5000)
    return design_test_set(layered, settings, PHI, 5)


def region(table, name):
    return vector(table.take(table["criterion"] == name), WANTED)


def test_every_region_has_its_points(test_set, layered):
    assert {name: len(region(test_set, name)) for name in REGIONS} == dict.fromkeys(REGIONS, 12)
    assert layered.polytope.contains(vector(test_set, WANTED), 1e-9).all()
    assert test_set["id"][0] == "test_BW_00000"
    assert np.abs(region(test_set, "endpoints")[:, 0] - 0.5).min() > 0.44
    assert region(test_set, "vertices")[:, 0] == pytest.approx(0.5)
    assert np.abs(region(test_set, "lowest_free_energy")[:, 0] - 0.5).max() <= 0.1


def test_unstable_points_are_unstable_for_independent_sites(layered):
    settings = TestSetSettings(temperature=800, n_points={"non_convexities": 12}, explored_points=5000)
    eta = vector(design_test_set(layered, settings, PHI, 5), WANTED)
    smallest = np.linalg.eigvalsh(MeanFieldModel(layered, 800).hessian(eta))[:, 0]
    assert (smallest < 0).mean() > 0.9


def test_a_free_energy_that_is_convex_has_no_unstable_points(layered):
    settings = TestSetSettings(temperature=1e5, n_points={"non_convexities": 5, "BW": 2}, explored_points=500)
    assert design_test_set(layered, settings, PHI, 5)["criterion"].tolist() == ["BW", "BW"]


def test_the_bias_is_centred_by_independent_sites(test_set, layered):
    wanted, kappa = vector(test_set, WANTED), vector(test_set, KAPPA)
    assert -2 * PHI * (wanted - kappa) == pytest.approx(MeanFieldModel(layered, 800).mu(wanted))
    assert np.isfinite(kappa).all()


def test_a_region_does_not_depend_on_the_others(test_set, layered):
    settings = TestSetSettings(temperature=800, n_points={"wells": 12}, explored_points=5000)
    alone = design_test_set(layered, settings, PHI, 5)
    assert vector(alone, WANTED).tolist() == region(test_set, "wells").tolist()


@pytest.mark.parametrize("n_points", [{"somewhere": 3}, {"BW": 0}, {}])
def test_a_region_that_is_unknown_or_empty_is_refused(n_points):
    with pytest.raises(InputError, match=r"settings\.n_points"):
        TestSetSettings.parse({"temperature": 300, "n_points": n_points}, "settings")
