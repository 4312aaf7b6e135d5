from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.enthalpy import KJ_PER_MOL, Estimate, mixing_enthalpy

ENERGY = st.floats(-20, 20)


def test_an_electronvolt_is_that_of_codata_2018():
    assert abs(KJ_PER_MOL - 96.48533212) < 1e-8


def test_value_and_error_by_hand():
    found = mixing_enthalpy(Estimate(-3.6, 0.003), Estimate(-3.0, 0.004), Estimate(-4.0, 0.002), x_b=0.25)
    assert found.value == pytest.approx((-3.6 + 0.75 * 3.0 + 0.25 * 4.0) * 96.48533212)
    assert found.error == pytest.approx(np.sqrt(0.003**2 + 0.003**2 + 0.0005**2) * 96.48533212)


@given(ENERGY, ENERGY, st.floats(0.01, 0.99))
def test_the_enthalpy_of_an_unmixed_alloy_is_zero(energy_a, energy_b, x_b):
    alloy = Estimate((1 - x_b) * energy_a + x_b * energy_b, 0.0)
    found = mixing_enthalpy(alloy, Estimate(energy_a, 0.0), Estimate(energy_b, 0.0), x_b)
    assert found == pytest.approx((0, 0), abs=1e-9)


@given(ENERGY, ENERGY, ENERGY, ENERGY, st.floats(0.01, 0.99))
def test_a_common_origin_of_the_energies_does_not_matter(alloy, energy_a, energy_b, origin, x_b):
    estimates = [Estimate(value, 0.1) for value in (alloy, energy_a, energy_b)]
    moved = [Estimate(value + origin, error) for value, error in estimates]
    assert mixing_enthalpy(*moved, x_b) == pytest.approx(mixing_enthalpy(*estimates, x_b), abs=1e-8)


@pytest.mark.parametrize("x_b", [0.0, 1.0, np.nan])
def test_a_pure_element_has_no_enthalpy_of_mixing(x_b):
    with pytest.raises(InputError, match="x_b"):
        mixing_enthalpy(*[Estimate(0.0, 0.0)] * 3, x_b)


@pytest.mark.parametrize("bad", [Estimate(np.nan, 0.1), Estimate(0.0, np.nan), Estimate(0.0, -0.1)])
def test_an_estimate_that_is_not_usable_is_refused_by_name(bad):
    with pytest.raises(InputError, match="pure_b"):
        mixing_enthalpy(Estimate(0.0, 0.1), Estimate(0.0, 0.1), bad, 0.5)
