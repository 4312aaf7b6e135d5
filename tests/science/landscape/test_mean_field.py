from __future__ import annotations

import numpy as np
import pytest
from ase.units import kB
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.mean_field import SMALLEST, MeanFieldModel
from aiida_matal.science.landscape.supercell import Supercell

NAMES = ["zigzag", "fcc"]
TEMPERATURE = 500.0


@pytest.fixture(scope="module", params=NAMES)
def system(request):
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="module")
def model(system):
    return MeanFieldModel(system, TEMPERATURE)


def random_points(system, n, seed=0):
    """Return points whose sublattices have occupations of 0.02 to 0.98."""
    parameters = system.order_parameters
    rng = np.random.default_rng(seed)
    x = 0.5 + 0.48 * (2 * rng.random((n, parameters.Q.shape[1])) - 1)
    eta = parameters.eta(x)
    assert ((parameters.sublattices(eta) > 0) & (parameters.sublattices(eta) < 1)).all()
    return eta


def energy_of_sublattices(system, x):
    """Return the energy a site of independent sites, every cluster of a cell in turn."""
    cell = system.order_parameters.sublattice_sites
    sublattice = system.order_parameters.classes(cell)
    total = system.expansion.constant * cell.n_cells
    for orbit in system.expansion.orbits:
        for cluster in orbit.clusters:
            for shift in cell.translations:
                product = orbit.eci
                for b, *ijk in cluster:
                    product *= x[sublattice[cell.index([b, *(ijk + shift)])]]
                total += product
    return total / cell.n_sites


def test_the_free_energy_is_that_of_independent_sites(system, model):
    eta = random_points(system, 3)
    x = system.order_parameters.sublattices(eta)
    entropy = -kB * (x * np.log(x) + (1 - x) * np.log(1 - x)).mean(axis=1)
    energies = np.array([energy_of_sublattices(system, row) for row in x])
    np.testing.assert_allclose(model.g(eta), energies - TEMPERATURE * entropy, rtol=0, atol=1e-12)


def test_ordered_states_have_the_energy_of_their_occupations(system, model, direct_energy):
    parameters = system.order_parameters
    cell = Supercell(system.crystal, parameters.cell).repeat([1, 2, 1])
    occupations = np.rint(parameters.sublattices(parameters.variants))[:, parameters.classes(cell)]
    energies = direct_energy(system.expansion, cell, occupations) / cell.n_sites
    np.testing.assert_allclose(model.g(parameters.variants), energies, rtol=0, atol=1e-8)
    assert np.ptp(energies) < 1e-12


def test_a_dilute_solution_is_ideal(system, model):
    """At x = 1e-6 everywhere, mu is the energy of a lone atom and kT ln x."""
    eta = np.zeros((1, system.d))
    eta[0, 0] = 1e-6
    lone = system.expansion.orbits[0].eci + kB * TEMPERATURE * np.log(1e-6)
    np.testing.assert_allclose(model.mu(eta), [[lone, *[0] * (system.d - 1)]], rtol=0, atol=1e-5)


def test_the_chemical_potential_is_the_gradient(system, model):
    eta, step = random_points(system, 20), 1e-5
    for axis in range(system.d):
        shift = step * np.eye(system.d)[axis]
        slope = (model.g(eta + shift) - model.g(eta - shift)) / (2 * step)
        np.testing.assert_allclose(model.mu(eta)[:, axis], slope, rtol=1e-6, atol=1e-7)


def test_the_hessian_is_the_gradient_of_the_chemical_potential(system, model):
    eta, step = random_points(system, 20), 1e-6
    hessian = model.hessian(eta)
    np.testing.assert_allclose(hessian, hessian.transpose(0, 2, 1), rtol=1e-12, atol=1e-12)
    for axis in range(system.d):
        shift = step * np.eye(system.d)[axis]
        slope = (model.mu(eta + shift) - model.mu(eta - shift)) / (2 * step)
        np.testing.assert_allclose(hessian[:, axis], slope, rtol=1e-5, atol=1e-5)


@settings(max_examples=20)
@given(data=st.data())
def test_symmetry_leaves_the_free_energy_unchanged(system, model, data):
    x = data.draw(arrays(float, system.order_parameters.Q.shape[1], elements=st.floats(0.01, 0.99)))
    images = system.order_parameters.orbit(system.order_parameters.eta(x))
    np.testing.assert_allclose(model.g(images), model.g(images[:1])[0], rtol=0, atol=1e-12)


def test_exchanging_atoms_and_vacancies_changes_nothing_in_a_pair_model(zigzag):
    model, eta = MeanFieldModel(zigzag, 300.0), random_points(zigzag, 10)
    mirrored = eta * np.array([-1.0] * zigzag.d) + np.array([1.0, *[0] * (zigzag.d - 1)])
    np.testing.assert_allclose(model.g(mirrored), model.g(eta), rtol=0, atol=1e-12)


def test_triangles_and_tetrahedra_make_the_two_sides_differ(fcc):
    eta = np.zeros((2, fcc.d))
    eta[:, 0] = 0.25, 0.75
    low, high = MeanFieldModel(fcc, 700.0).g(eta)
    assert abs(low - high) > 1e-3
    assert MeanFieldModel(fcc, 700.0).mu([[0.5, *[0] * (fcc.d - 1)]])[0, 0] == pytest.approx(0, abs=1e-12)


def test_disorder_becomes_unstable_where_theory_says(zigzag):
    """Kondo-Khachaturyan: kT = -V(k) x (1 - x), with V(k) the Fourier transform of the pair interactions."""
    wave = np.array([1 / 2, 1 / 4, 3 / 4])
    energy = sum(
        2 * orbit.eci * np.cos(2 * np.pi * (cluster[1] - cluster[0])[1:] @ wave)
        for orbit in zigzag.expansion.orbits[1:]
        for cluster in orbit.clusters
    )
    disordered = np.array([[0.5, *[0] * (zigzag.d - 1)]])
    limit = -energy / 4 / kB
    assert limit == pytest.approx(552.1, abs=0.1)
    curvatures = np.linalg.eigvalsh(MeanFieldModel(zigzag, limit).hessian(disordered)[0])
    np.testing.assert_allclose(curvatures[:-1], 0, atol=1e-9)
    assert curvatures[-1] == pytest.approx(2 * -0.057519 + 0.190302, abs=1e-9)
    assert np.linalg.eigvalsh(MeanFieldModel(zigzag, limit - 1).hessian(disordered)[0]).min() < 0


def test_the_boundary_is_finite(system, model):
    corners = np.vstack([np.zeros(system.d), np.eye(system.d)[0], system.order_parameters.variants])
    assert np.isfinite(model.g(corners)).all()
    slope = kB * TEMPERATURE * np.log(SMALLEST)
    assert model.mu(corners[:1])[0, 0] == pytest.approx(slope + system.expansion.orbits[0].eci, abs=1e-6)
    assert np.isfinite(model.hessian(corners)).all()


def test_many_points_are_the_same_as_one_by_one(fcc):
    model, eta = MeanFieldModel(fcc, 700.0), random_points(fcc, 5000)
    chosen = [0, 4095, 4096, 4999]
    for whole, part in ((model.g, model.g(eta[chosen])), (model.hessian, model.hessian(eta[chosen]))):
        np.testing.assert_allclose(whole(eta)[chosen], part, rtol=1e-12, atol=1e-14)
    assert model.mu(np.empty((0, fcc.d))).shape == (0, fcc.d)


@pytest.mark.parametrize("temperature", [0.0, -1.0, float("nan"), float("inf")])
def test_temperatures_that_make_no_sense_are_refused(fcc, temperature):
    with pytest.raises(InputError, match=r"^temperature:"):
        MeanFieldModel(fcc, temperature)


@pytest.mark.parametrize("eta", [np.zeros(4), np.zeros((2, 3)), np.full((1, 4), np.nan)])
def test_points_of_another_shape_are_refused(fcc, eta):
    with pytest.raises(InputError, match=r"^features:"):
        MeanFieldModel(fcc, 700.0).g(eta)
