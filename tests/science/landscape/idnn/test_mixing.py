from __future__ import annotations

import numpy as np
import pytest
from ase.units import kB

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn.mixing import SMALLEST, IdealMixing

#: Two sublattices with occupations eta_0 + eta_1 and eta_0 - eta_1.
TWO = IdealMixing(np.array([[1.0, 1.0], [1.0, -1.0]]), 300.0)


def test_half_full_sublattices_have_the_entropy_ln_2():
    half, quarter = TWO.g(np.array([[0.5, 0.0], [0.25, 0.0]]))
    entropy = 0.75 * np.log(4 / 3) + 0.25 * np.log(4)
    assert half - quarter == pytest.approx(kB * 300 * (entropy - np.log(2)), rel=1e-12)


def test_empty_and_full_sublattices_have_no_entropy():
    found = TWO.g(np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 0.5]]))
    np.testing.assert_allclose(found, 0, atol=1e-12)


def test_nothing_is_mixed_at_the_origin():
    assert TWO.g(np.zeros((1, 2)))[0] == 0


def test_the_chemical_potential_of_a_solution():
    found = TWO.mu(np.array([[0.2, 0.0]]))
    np.testing.assert_allclose(found, [[kB * 300 * np.log(0.2 / 0.8), 0]], atol=1e-15)


@pytest.mark.parametrize("occupation", [0.3, 0.999, 1 + 1e-5, -1e-5])
def test_derivatives_inside_and_beyond_the_borders(slopes, occupation):
    eta = np.array([[0.4 + occupation / 2, 0.4 - occupation / 2]])
    step = 1e-4 if occupation == 0.3 else 1e-6
    np.testing.assert_allclose(slopes(TWO.g, eta, step), TWO.mu(eta), rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(slopes(TWO.mu, eta, step), TWO.hessian(eta), rtol=1e-5)


def test_the_curvature_at_a_border_is_large_and_finite():
    found = TWO.hessian(np.array([[0.5, 0.5]]))
    assert np.linalg.eigvalsh(found)[0, -1] == pytest.approx(kB * 300 / (SMALLEST * (1 - SMALLEST)))


@pytest.mark.parametrize("temperature", [0.0, -1.0, np.nan, np.inf])
def test_temperatures_not_above_zero_are_refused(temperature):
    with pytest.raises(InputError, match="not above 0 K"):
        IdealMixing(TWO.occupations, temperature)


@pytest.mark.parametrize("occupations", [np.ones(2), np.full((2, 2), np.nan), np.ones((2, 0))])
def test_odd_occupations_are_refused(occupations):
    with pytest.raises(InputError, match="no matrix of finite numbers"):
        IdealMixing(occupations, 300.0)
