from __future__ import annotations

import pytest

from aiida_matal.science.stopping.base import Progress


@pytest.fixture
def make_progress():
    """Return a function that makes the progress of a campaign in its third round."""

    def make(**changes: object) -> Progress:
        values = {
            "round": 3,
            "n_labels": 12,
            "n_failed": 2,
            "n_candidates_left": 40,
            "core_hours": 5.5,
            "errors": [4.0, 2.0, 1.0],
            "top_score": 0.5,
            "disagreement": 0.8,
        }
        return Progress(**{**values, **changes})

    return make
