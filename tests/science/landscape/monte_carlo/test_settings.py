from contextlib import nullcontext

import numpy as np
import pytest
from ase.units import kB

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.monte_carlo.settings import NARROWEST, SweepSettings, UmbrellaSettings

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


@pytest.mark.parametrize(("n_sites", "phi", "refused"), [(256, 10, False), (256, 12, True), (6912, 50, False)])
def test_a_bias_narrower_than_a_step_of_the_composition_is_refused(n_sites, phi, refused):
    settings = UmbrellaSettings.parse({**UMBRELLA, "phi": {"composition": phi, "order": 1}}, "umbrella")
    with pytest.raises(InputError, match="Give at most 11 eV") if refused else nullcontext():
        settings.check_width(n_sites, "umbrella")


@pytest.mark.parametrize(("n_sites", "phi", "error"), [(256, 11, 1e-3), (256, 22, 1e-3), (864, 37, 1e-3)])
def test_the_smallest_width_keeps_the_error_by_steps_below_1_mev(n_sites, phi, error):
    """The flat free energy of one composition in steps of 1/N, under a bias centred between two of them."""
    composition = np.arange(-40, 41) / n_sites
    errors = []
    for kappa in np.linspace(0, 1 / n_sites, 41):
        weights = np.exp(-n_sites * phi * (composition - kappa) ** 2 / (kB * 300))
        errors.append(2 * phi * abs(kappa - np.average(composition, weights=weights)))
    allowed = kB * 300 * n_sites / (2 * phi) >= NARROWEST
    assert (max(errors) < error) == allowed
