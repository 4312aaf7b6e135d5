from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.training_data import feature_matrix, training_data
from aiida_matal.science.table import Column


def test_only_rows_with_status_ok_are_used(make_dataset):
    dataset = make_dataset(6, status=["ok", "failed", "ok", "pending", "rejected", "ok"], energy=np.arange(6.0))
    data = training_data(dataset, ["v", "u"], "energy")
    assert data.table["id"].tolist() == ["c000", "c002", "c005"]
    assert data.target.tolist() == [0.0, 2.0, 5.0]
    assert np.array_equal(data.features, dataset.matrix(["v", "u"])[[0, 2, 5]])


def test_an_unknown_standard_error_counts_as_none(make_dataset):
    errors = [0.1, np.nan, 0.3, np.nan]
    assert training_data(make_dataset(4, energy_error=errors), ["u"], "energy").target_error.tolist() == [0.1, 0.0, 0.3]
    assert training_data(make_dataset(4, energy_error=[np.nan] * 4), ["u"], "energy").target_error is None


def test_a_dataset_without_a_column_of_errors_has_none(make_dataset):
    dataset = make_dataset(4).select(["id", "u", "energy", "status"])
    assert training_data(dataset, ["u"], "energy").target_error is None


@pytest.mark.parametrize("error", [-0.1, np.inf])
def test_an_error_that_cannot_be_one_is_refused_by_id(make_dataset, error):
    with pytest.raises(InputError, match=r"column energy_error: .* 'c001'"):
        training_data(make_dataset(4, energy_error=[0.1, error, 0.1, np.nan]), ["u"], "energy")


def test_a_feature_that_is_not_finite_is_refused_by_id_and_column(make_dataset):
    with pytest.raises(InputError, match=r"column v: nan .* 'c002' is not finite \(2 such values in all\)"):
        feature_matrix(make_dataset(4, v=[0.0, 1.0, np.nan, np.inf]), ["u", "v"])


def test_the_baseline_is_what_the_residual_lacks(make_dataset):
    dataset = make_dataset(4, v=[1.0, 2.0, 3.0, np.nan]).with_columns({}, {"v": Column("estimate", "kJ/mol")})
    data = training_data(dataset, ["u"], "energy", "v")
    assert data.residual.tolist() == (dataset["energy"][:3] - [1.0, 2.0, 3.0]).tolist()
    part = data.take(np.array([2, 0]))
    assert (part.baseline.tolist(), part.target_error.tolist()) == ([3.0, 1.0], [0.1, 0.1])
    assert part.table["id"].tolist() == ["c002", "c000"]
    plain = training_data(dataset, ["u"], "energy")
    assert np.array_equal(plain.residual, plain.target)


def test_an_ok_row_without_a_label_is_refused_by_id(make_dataset):
    with pytest.raises(InputError, match=r"column energy: nan .* 'c003'"):
        training_data(make_dataset(4, status=["ok"] * 4), ["u"], "energy")


def test_a_feature_of_a_failed_row_is_not_looked_at(make_dataset):
    assert len(training_data(make_dataset(4, v=[0.0, 1.0, 2.0, np.nan]), ["v"], "energy").target) == 3


def test_a_missing_column_is_refused(make_dataset):
    with pytest.raises(InputError, match="'w' is refused: the table has no such column"):
        training_data(make_dataset(4), ["w"], "energy")
