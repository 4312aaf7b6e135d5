from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.failure_policy import ATTEMPT
from aiida_matal.science.landscape.columns import ETA, MU, candidate_table, label_columns, vector
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.surrogate import SurrogateSettings, surrogate_labels
from aiida_matal.science.table import Column

STIFFNESS = np.array([2.0, 3.0, 5.0])


class Bowl(FreeEnergy):
    """A paraboloid around 0, whose gradient is not finite where the first component is negative."""

    d = 3

    def g(self, eta):
        return 0.5 * np.asarray(eta) ** 2 @ STIFFNESS

    def mu(self, eta):
        eta = np.asarray(eta)
        return np.where(eta[:, :1] < 0, np.nan, eta * STIFFNESS)

    def hessian(self, eta):
        return np.broadcast_to(np.diag(STIFFNESS), (len(eta), 3, 3))


@pytest.fixture
def points():
    """Return a function that gives a table of points at random places, ``p0000`` and so on."""

    def make(n, d=3):
        eta = np.random.default_rng(1).uniform(size=(n, d))
        return candidate_table([f"p{row:04d}" for row in range(n)], ["vertices"] * n, eta, eta + 0.5)

    return make


def test_labels_without_noise_are_the_gradient_at_the_points_themselves(points):
    candidates = points(4)
    labels = surrogate_labels(candidates, Bowl(), SurrogateSettings(seed=1))
    eta = vector(candidates, "wanted_eta")
    assert labels.columns == label_columns(3)
    assert labels["id"].tolist() == candidates["id"].tolist()
    np.testing.assert_array_equal(vector(labels, ETA), eta)
    np.testing.assert_array_equal(vector(labels, MU), eta * STIFFNESS)
    assert not labels.matrix([f"{name}_{i}_error" for name in ("eta", "mu") for i in range(3)]).any()
    assert set(labels["status"].tolist()) == {"ok"}
    assert labels["core_hours"].tolist() == [0.0] * 4


def test_noise_has_the_stated_size_and_is_the_standard_error(points):
    candidates = points(2000)
    labels = surrogate_labels(candidates, Bowl(), SurrogateSettings(noise=0.01, seed=3))
    noise = vector(labels, MU) - vector(candidates, "wanted_eta") * STIFFNESS
    # 6000 numbers: four standard errors of the standard deviation and of the mean.
    assert noise.std() == pytest.approx(0.01, abs=4 * 0.01 / np.sqrt(2 * noise.size))
    assert noise.mean() == pytest.approx(0.0, abs=4 * 0.01 / np.sqrt(noise.size))
    assert set(labels[f"{MU}_0_error"].tolist()) == {0.01}
    assert set(labels[f"{ETA}_0_error"].tolist()) == {0.0}


def test_noise_of_a_point_depends_on_its_id_its_attempt_and_the_seed_and_on_nothing_else(points):
    candidates = points(6)
    settings = SurrogateSettings(noise=0.01, seed=3)
    all_ = surrogate_labels(candidates, Bowl(), settings)
    some = [4, 1]
    assert surrogate_labels(candidates.take(some), Bowl(), settings) == all_.take(some)
    tries = {ATTEMPT: np.zeros(6, dtype=int)}
    first = candidates.with_columns(tries, {ATTEMPT: Column("earlier tries", "1")})
    assert surrogate_labels(first, Bowl(), settings) == all_
    again = first.with_columns({ATTEMPT: tries[ATTEMPT] + 1}, {ATTEMPT: first.columns[ATTEMPT]})
    others = [
        surrogate_labels(again, Bowl(), settings),
        surrogate_labels(candidates, Bowl(), settings.model_copy(update={"seed": 4})),
    ]
    for other in others:
        assert not np.isin(vector(other, MU), vector(all_, MU)).any()


def test_point_without_finite_gradient_is_a_failed_label(points):
    candidates = points(2)
    columns = {"wanted_eta_0": candidates.columns["wanted_eta_0"]}
    candidates = candidates.with_columns({"wanted_eta_0": np.array([0.5, -0.1])}, columns)
    good, bad = surrogate_labels(candidates, Bowl(), SurrogateSettings(seed=1)).rows()
    assert (good["status"], bad["status"]) == ("ok", "failed")
    assert bad["reason"] == "the model has no finite gradient there"
    assert bad["eta_0"] == -0.1
    assert np.isnan(bad["mu_0"])
    assert np.isnan(bad["mu_0_error"])


@pytest.mark.parametrize("d", [2, 4])
def test_points_of_another_system_are_refused(points, d):
    with pytest.raises(InputError, match=f"candidates.wanted_eta: {d} is refused: the system has 3 components"):
        surrogate_labels(points(1, d), Bowl(), SurrogateSettings(seed=1))


def test_point_that_is_not_finite_is_refused_by_name(points):
    candidates = points(2)
    columns = {"wanted_eta_1": candidates.columns["wanted_eta_1"]}
    candidates = candidates.with_columns({"wanted_eta_1": np.array([0.1, np.nan])}, columns)
    with pytest.raises(InputError, match=r"candidates.wanted_eta_1: nan is refused: point p0001 is not finite"):
        surrogate_labels(candidates, Bowl(), SurrogateSettings(seed=1))
