from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import MU, vectors_table
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.region_errors import region_errors
from aiida_matal.science.table import Column


class Flat(FreeEnergy):
    """A free energy that is 0 everywhere."""

    d = 3

    def g(self, eta):
        return np.zeros(len(eta))

    def mu(self, eta):
        return np.zeros((len(eta), 3))

    def hessian(self, eta):
        return np.zeros((len(eta), 3, 3))


@pytest.fixture
def dataset():
    mu = np.array([[0.03, 0.0, 0.0], [-0.01, 0.004, 0.0], [0.0, 0.0, -0.006], [np.nan, np.nan, np.nan]])
    regions = ["wells", "BW", "wells", "BW"]
    table = vectors_table(list("abcd"), {"criterion": regions}, {"eta": np.zeros((4, 3)), MU: mu})
    described = {"status": Column("status"), "round": Column("round", "1")}
    return table.with_columns({"status": ["ok", "ok", "ok", "failed"], "round": np.zeros(4, dtype=int)}, described)


def test_errors_are_those_worked_out_by_hand(dataset):
    table = region_errors(Flat(), dataset)
    assert table["region"].tolist() == ["all", "BW", "wells"]
    assert table["n_points"].tolist() == [3, 1, 2]
    mse = np.array([(9e-4 + 1.16e-4 + 3.6e-5) / 9, 1.16e-4 / 3, 9.36e-4 / 6])
    assert table["mse"] == pytest.approx(mse)
    assert table["mse_scaled"] == pytest.approx(1e4 * mse)
    assert table["rmse"] == pytest.approx(np.sqrt(mse))
    assert table["rmse_mu_0"] == pytest.approx(np.sqrt([1e-3 / 3, 1e-4, 4.5e-4]))
    assert table["rmse_order"] == pytest.approx(np.sqrt([5.2e-5 / 6, 0.8e-5, 0.9e-5]))
    assert table["max_error"] == pytest.approx([0.03, 0.01, 0.03])


def test_the_order_of_the_points_does_not_matter(dataset):
    assert region_errors(Flat(), dataset.take([2, 3, 0, 1])) == region_errors(Flat(), dataset)


def test_a_dataset_without_labels_is_refused(dataset):
    with pytest.raises(InputError, match="no point has the status ok"):
        region_errors(Flat(), dataset.take([3]))
