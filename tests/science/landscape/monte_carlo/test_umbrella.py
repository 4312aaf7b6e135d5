from itertools import count, pairwise

import numpy as np
import pytest
from ase.units import kB

from aiida_matal.science.landscape.monte_carlo.averages import Z_95
from aiida_matal.science.landscape.monte_carlo.settings import UmbrellaSettings
from aiida_matal.science.landscape.monte_carlo.umbrella import curvatures, sample_point

SETTINGS = {
    "temperature": 700,
    "repeats": [1, 1, 1],
    "phi": {"composition": 0.5, "order": 0.1},
    "equilibration_passes": 200,
    "min_passes": 1000,
    "max_passes": 100_000,
    "precision": 4e-3,
    "seed": 1,
}


def settings(**changes):
    return UmbrellaSettings.parse(SETTINGS | changes, "settings")


@pytest.mark.parametrize("kappa", [[0.5, 0, 0, 0], [0.4, 0.4, -0.1, 0.3], [0.9, 0.1, 0.1, 0.1]])
def test_averages_and_derivatives_are_those_of_all_states(small_fcc, kappa):
    point = sample_point(small_fcc.cell, kappa, kappa, settings(), seed=3)
    phi = np.array([0.5, 0.1, 0.1, 0.1])
    exact = small_fcc.weights(700, phi=phi, kappa=np.array(kappa)) @ small_fcc.eta
    assert point.converged
    assert (Z_95 * point.eta_error <= 4e-3).all()
    assert (np.abs(point.eta - exact) < 4 * point.eta_error).all()
    assert point.mu == pytest.approx(-2 * phi * (point.eta - kappa), abs=1e-15)
    assert point.mu_error == pytest.approx(2 * phi * point.eta_error, abs=1e-15)
    assert 1000 <= point.n_passes < 100_000


def test_derivatives_of_free_sites_are_those_of_their_entropy(l10_cell):
    """With kT much above all interactions g = kT / M sum over the sublattices of x ln x + (1 - x) ln(1 - x)."""
    temperature, kt = 1e6, kB * 1e6
    kappa = np.array([0.4, 0.15, -0.1, 0.05])
    hot = settings(temperature=temperature, phi={"composition": 1000, "order": 1000}, precision=5e-4)
    point = sample_point(l10_cell, kappa, kappa, hot, seed=1)
    filled = point.eta @ l10_cell.signs
    expected = kt * l10_cell.signs @ np.log(filled / (1 - filled)) / 4
    assert point.converged
    # The fluctuations of eta within the bias, about kT / (2 phi N) squared, add less than 1 %.
    assert point.mu == pytest.approx(expected, abs=0.01 * np.abs(expected).max() + 4 * point.mu_error.max())


def free_energy(enumeration, temperature, phi, kappa, eta):
    """-kT/N ln Z(kappa) - sum_j phi_j (<eta_j> - kappa_j)^2, of which mu d<eta> is the differential for any N."""
    kt, n = kB * temperature, enumeration.cell.n_sites
    energy = enumeration.energy + n * (phi * (enumeration.eta - kappa) ** 2).sum(axis=1)
    lowest = energy.min()
    log_z = np.log(np.exp(-(energy - lowest) / kt).sum()) - lowest / kt
    return -kt / n * log_z - (phi * (eta - kappa) ** 2).sum()


def test_integrals_along_two_paths_are_the_exact_difference(small_fcc):
    """Thermodynamic integration from a disordered to an ordered point, straight and by another composition."""
    begin, end, corner = (np.array(kappa) for kappa in ([0.3, 0, 0, 0], [0.5, 0.9, 0, 0], [0.7, 0.3, 0.3, 0.1]))
    stiff = settings(phi={"composition": 1.0, "order": 0.3}, precision=2e-3)
    phi = curvatures(stiff, 4)

    seeds = count(5)

    def sample(kappa):
        return sample_point(small_fcc.cell, kappa, kappa, stiff, seed=next(seeds))

    def path(*corners, n=12):
        steps = np.linspace(0, 1, n, endpoint=False)
        return [sample(a + step * (b - a)) for a, b in pairwise(corners) for step in steps] + [sample(corners[-1])]

    def integral(points):
        eta, mu, error = (np.array([getattr(point, name) for point in points]) for name in ("eta", "mu", "mu_error"))
        steps = np.diff(eta, axis=0)
        weights = (np.vstack([steps, np.zeros(4)]) + np.vstack([np.zeros(4), steps])) / 2
        return (weights * mu).sum(), np.sqrt(((weights * error) ** 2).sum())

    straight, roundabout = path(begin, end), path(begin, corner, end)
    exact = free_energy(small_fcc, 700, phi, end, straight[-1].eta) - free_energy(
        small_fcc, 700, phi, begin, straight[0].eta
    )
    (first, first_error), (second, second_error) = integral(straight), integral(roundabout)
    assert max(first_error, second_error) < 0.02 * abs(exact)
    assert abs(first - second) < 4 * np.hypot(first_error, second_error)
    assert abs(first - exact) < 4 * first_error
    assert abs(second - exact) < 4 * second_error


def test_more_passes_are_spent_where_precision_asks_for_them(small_fcc):
    kappa = [0.4, 0.4, -0.1, 0.3]
    coarse = sample_point(small_fcc.cell, kappa, kappa, settings(precision=1.0), seed=3)
    fine = sample_point(small_fcc.cell, kappa, kappa, settings(precision=4e-3), seed=3)
    finer = sample_point(small_fcc.cell, kappa, kappa, settings(precision=2e-3), seed=3)
    assert coarse.n_passes == 1000
    assert coarse.n_passes < fine.n_passes
    assert finer.n_passes / fine.n_passes == pytest.approx(4, rel=0.5)


def test_a_point_that_does_not_converge_says_which_component_is_how_wide(small_fcc):
    point = sample_point(small_fcc.cell, [0.5, 0, 0, 0], [0.5, 0, 0, 0], settings(precision=1e-6), seed=3)
    widest = int(np.argmax(point.eta_error))
    assert not point.converged
    assert point.reason.startswith(f"the 95 % half-width of eta_{widest} is {Z_95 * point.eta_error[widest]:.2g}")
    assert point.reason.endswith("above the precision of 1e-06")
    assert 50_000 <= point.n_passes <= 100_000


def test_a_frozen_chain_is_no_converged_point(small_fcc):
    point = sample_point(small_fcc.cell, [0, 0, 0, 0], [0, 0, 0, 0], settings(temperature=1.0), seed=3)
    assert point.reason == "0 attempts were accepted, fewer than 100: the state is all but frozen"


def test_a_start_far_from_equilibrium_is_left_out(small_fcc, l10_cell):
    """Without equilibration the averages are still those reached from a start at the wanted point."""
    kappa = np.array([0.5, 0.5, 0, 0])
    soft = {"composition": 0.2, "order": 0.02}
    changes = {"temperature": 400, "phi": soft, "precision": 5e-3, "max_passes": 40_000}
    near = sample_point(l10_cell, kappa, kappa, settings(**changes, equilibration_passes=2000), seed=1)
    far = sample_point(l10_cell, [0, 0, 0, 0], kappa, settings(**changes, equilibration_passes=0), seed=2)
    assert near.converged
    assert far.converged
    assert (np.abs(near.eta - far.eta) < 4 * np.hypot(near.eta_error, far.eta_error)).all()


def test_curvatures_are_those_of_composition_and_order():
    assert curvatures(settings(), 4).tolist() == [0.5, 0.1, 0.1, 0.1]
