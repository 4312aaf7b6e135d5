from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.sampling.labelled import Labelled


@pytest.fixture
def dataset(make_dataset):
    eta = np.array([[0.1, 0.0], [0.2, 0.1], [0.3, 0.2]])
    return make_dataset(
        eta, [[1.0, 2.0], [np.nan, np.nan], [5.0, 6.0]], ["a", "b", "c"], [0, 1, 2], ["ok", "failed", "ok"]
    )


def test_points_that_are_ok_come_by_id(dataset):
    for table in (dataset, dataset.take([2, 1, 0])):
        labelled = Labelled.read(table, 2)
        assert labelled.eta.tolist() == [[0.1, 0.0], [0.3, 0.2]]
        assert labelled.mu.tolist() == [[1.0, 2.0], [5.0, 6.0]]
        assert labelled.criterion.tolist() == ["a", "c"]
        assert labelled.round_number.tolist() == [0, 2]


def test_some_of_the_points_can_be_taken(dataset):
    labelled = Labelled.read(dataset, 2)
    assert labelled.take(labelled.round_number == 2).mu.tolist() == [[5.0, 6.0]]
    assert len(labelled.take(labelled.round_number == 7)) == len(Labelled.none(2)) == 0


def test_labels_that_are_ok_but_not_finite_are_refused(make_dataset):
    with pytest.raises(InputError, match=r"dataset\.mu.*row 0 is not finite"):
        Labelled.read(make_dataset([[0.1, 0.0]], [[np.nan, 1.0]]), 2)


def test_points_with_other_coordinates_are_refused(dataset):
    with pytest.raises(InputError, match="have not 3 coordinates"):
        Labelled.read(dataset, 3)
