from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.landscape.idnn.schedule import Schedule
from aiida_matal.science.landscape.idnn.settings import IdnnSettings

SETTINGS = IdnnSettings(learning_rate=0.1, patience=2, reduction_factor=0.5, smallest_learning_rate=0.04)


def test_the_rate_is_reduced_and_the_end_comes_where_the_loss_stops_falling():
    schedule = Schedule(SETTINGS)
    improved = [schedule.improved(loss) for loss in (5.0, 4.0, 4.0, 4.5)]
    assert (improved, schedule.rate, schedule.finished) == ([True, True, False, False], 0.05, False)
    assert schedule.improved(3.0)
    assert [schedule.improved(9.0) for _ in range(3)] == [False] * 3
    assert (schedule.best, schedule.rate, schedule.finished) == (3.0, 0.04, False)
    schedule.improved(9.0)
    assert schedule.finished


@pytest.mark.parametrize("loss", [np.nan, np.inf])
def test_a_loss_that_is_not_finite_is_the_end(loss):
    schedule = Schedule(SETTINGS)
    schedule.improved(1.0)
    assert not schedule.improved(loss)
    assert schedule.finished
    assert schedule.best == 1.0
