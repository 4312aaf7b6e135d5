from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.acquisition.base import SelectionProblem


@pytest.fixture
def make_problem():
    """Return a function that makes a problem of 40 candidates and 6 labels in two features."""

    def make(**changes: object) -> SelectionProblem:
        random = np.random.default_rng(0)
        labelled = random.normal(size=(6, 2))
        values = {
            "candidates": random.normal(size=(40, 2)),
            "labelled": labelled,
            "target": np.sin(2 * labelled[:, 0]),
            "target_error": None,
            "prediction": None,
            "batch_size": 5,
            "seed": 1,
        }
        return SelectionProblem(**{**values, **changes})

    return make
