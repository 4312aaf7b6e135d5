from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.benchmark.settings import SplitSettings
from aiida_matal.science.benchmark.splits import make_split, split_sizes
from aiida_matal.science.errors import InputError


@given(st.lists(st.integers(0, 30), min_size=1, max_size=80), st.integers(0, 5), st.integers(0, 200), st.data())
def test_every_row_is_in_one_part_with_its_whole_group(numbers, seed, split, data):
    groups = np.array([f"g{number}" for number in numbers])
    n_groups = len(set(numbers))
    train = data.draw(st.integers(0, n_groups))
    test = data.draw(st.integers(0, n_groups - train))
    sizes = (train, test, n_groups - train - test)
    parts = make_split(groups, sizes, seed, split)
    rows = [parts.train, parts.test, parts.pool]
    assert sorted(np.concatenate(rows).tolist()) == list(range(len(groups)))
    names = [set(groups[part].tolist()) for part in rows]
    assert tuple(len(part) for part in names) == sizes
    assert sum(sizes) == len(set.union(*names))


@given(st.permutations(range(24)))
def test_a_split_is_of_groups_and_does_not_depend_on_the_order_of_the_rows(order):
    groups = np.array([f"g{row % 8}" for row in range(24)])
    expected, split = make_split(groups, (2, 2, 4), 1, 3), make_split(groups[order], (2, 2, 4), 1, 3)
    for part in ("train", "test", "pool"):
        assert set(groups[getattr(expected, part)]) == set(groups[order][getattr(split, part)])


def test_splits_differ_by_number_and_by_seed():
    groups = np.array([f"g{row:02d}" for row in range(40)])
    trains = [make_split(groups, (10, 10, 20), *which).train.tolist() for which in ((1, 0), (1, 1), (2, 0), (1, 0))]
    assert trains[0] == trains[3]
    assert len({tuple(train) for train in trains}) == 3


def test_each_group_is_as_often_in_each_part_as_its_size_says():
    groups = np.array([f"g{row}" for row in range(8)])
    in_train = np.zeros(8)
    for number in range(400):
        in_train[make_split(groups, (2, 2, 4), 1, number).train] += 1
    # Binomial with p = 1/4: four standard deviations are 35.
    assert np.abs(in_train - 100).max() < 35


@pytest.mark.parametrize(("n_groups", "sizes"), [(404, (101, 101, 202)), (160, (40, 40, 80)), (10, (2, 2, 6))])
def test_shares_are_those_of_the_paper(n_groups, sizes):
    assert split_sizes(n_groups, SplitSettings(), 6) == sizes


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"train_share": 0.01}, "train_share: 0.01 is refused: of 40 groups it is none"),
        ({"test_share": 0.01}, "test_share: 0.01 is refused: of 40 groups it is none"),
        ({"train_share": 0.5}, r"\[0.5, 0.25\] is refused: of 40 groups 10 are left to choose from, for 11 choices"),
        ({"train_share": 0.9}, "of 40 groups 0 are left to choose from"),
    ],
)
def test_shares_that_leave_too_little_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        split_sizes(40, SplitSettings(**settings), 11)
