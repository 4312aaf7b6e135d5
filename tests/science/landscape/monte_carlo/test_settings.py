import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings, UmbrellaSettings

UMBRELLA = {"temperature": 300, "repeats": [6, 6, 6], "phi": {"composition": 50, "order": 0.05}, "seed": 1}
SWEEP = {"repeats": [2, 2, 2], "temperatures": [300], "fields": [-0.1, 0.1], "along": "field", "seed": 1}


def test_defaults_are_those_of_the_paper():
    settings = UmbrellaSettings.parse(UMBRELLA, "umbrella")
    assert (settings.precision, settings.min_passes, settings.max_passes) == (3e-4, 5000, 150_000)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"temperature": 0}, "umbrella.temperature"),
        ({"repeats": [1, 0, 1]}, "umbrella.repeats"),
        ({"repeats": [1, 1]}, "umbrella.repeats"),
        ({"phi": {"composition": 1}}, "umbrella.phi.order"),
        ({"phi": {"composition": -1, "order": 1}}, "umbrella.phi.composition"),
        ({"min_passes": 2000, "max_passes": 1000}, r"umbrella.max_passes: 1000 is refused: it is below min_passes"),
        ({"precision": 0}, "umbrella.precision"),
        ({"seed": 0}, "umbrella.seed"),
        ({"equilibration_passes": -1}, "umbrella.equilibration_passes"),
    ],
)
def test_odd_settings_of_points_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        UmbrellaSettings.parse(UMBRELLA | changes, "umbrella")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"fields": [0.1, 0.1]}, "rise all the way"),
        ({"temperatures": [300, 500, 400]}, "rise all the way"),
        ({"temperatures": []}, "sweep.temperatures"),
        ({"temperatures": [-1]}, "sweep.temperatures"),
        ({"ensemble": "canonical"}, "a composition is below 0 or above 1"),
        ({"ensemble": "grand"}, "sweep.ensemble"),
        ({"along": "mu"}, "sweep.along"),
    ],
)
def test_odd_settings_of_sweeps_are_refused(changes, message):
    with pytest.raises(InputError, match=message):
        SweepSettings.parse(SWEEP | changes, "sweep")
