"""Splits of the groups of a dataset into what is known, what may be labelled and what is tested on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.benchmark.settings import SplitSettings
from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed

_CURE = "Give smaller shares, or choose less often or fewer at once."


@dataclass(frozen=True)
class Split:
    """The rows of a dataset by the part that their group is in, each an array of indices in ascending order."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]
    pool: NDArray[np.intp]


def split_sizes(n_groups: int, settings: SplitSettings, n_choices: int) -> tuple[int, int, int]:
    """Return how many groups there are in the parts ``train``, ``test`` and ``pool``; shares are rounded.

    :param n_choices: how many candidates will be labelled, each perhaps of a group of its own.
    :raises InputError: if a part is empty, or the pool has fewer groups than choices.
    """
    train, test = round(settings.train_share * n_groups), round(settings.test_share * n_groups)
    for field, size in (("train_share", train), ("test_share", test)):
        if size < 1:
            share = getattr(settings, field)
            raise InputError(field, share, f"of {n_groups} groups it is none", "Give a larger share.")
    pool = n_groups - train - test
    if pool < n_choices:
        reason = f"of {n_groups} groups {max(pool, 0)} are left to choose from, for {n_choices} choices"
        raise InputError("train_share, test_share", [settings.train_share, settings.test_share], reason, _CURE)
    return train, test, pool


def make_split(groups: NDArray[np.str_], sizes: tuple[int, int, int], seed: int, number: int) -> Split:
    """Return split ``number``, which does not depend on the order of the rows nor on other splits.

    :param groups: name of the group of each row, shape (n,).
    :param sizes: number of groups in each part, as :func:`split_sizes` returns them.
    """
    names = np.unique(groups)
    shuffled = np.random.default_rng(derive_seed(seed, "split", number)).permutation(names)
    parts = np.split(shuffled, np.cumsum(sizes)[:2])
    train, test, pool = (np.flatnonzero(np.isin(groups, part)) for part in parts)
    return Split(train, test, pool)
