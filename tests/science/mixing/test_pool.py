from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.binaries import MIEDEMA, binary_table
from aiida_matal.science.mixing.elements import known_elements
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool

SPACE = {"elements": ["Cu", "Au", "Ag"], "compositions": [0.75, 0.25]}


def test_the_pool_holds_every_pair_at_every_composition():
    pool = mixing_pool(MixingSpace.parse(SPACE, "space"))
    systems = ["Ag-Au", "Ag-Cu", "Au-Cu"]
    assert pool["id"].tolist() == [f"{system}_x{x_b:.3f}" for system in systems for x_b in (0.25, 0.75)]
    assert pool["system"].tolist() == np.repeat(systems, 2).tolist()
    assert pool["element_a"].tolist() == ["Ag"] * 4 + ["Au"] * 2
    assert pool["element_b"].tolist() == ["Au"] * 2 + ["Cu"] * 4
    assert pool["x_b"].tolist() == [0.25, 0.75] * 3


def test_the_temperature_lies_above_the_higher_melting_temperature():
    pool = mixing_pool(MixingSpace.parse(SPACE, "space"))
    np.testing.assert_allclose(pool["temperature"], 1.02 * np.repeat([1337.33, 1357.77, 1357.77], 2))
    hotter = mixing_pool(MixingSpace.parse({**SPACE, "temperature_factor": 1.5}, "space"))
    np.testing.assert_allclose(hotter["temperature"] / pool["temperature"], 1.5 / 1.02)


def test_a_given_temperature_is_that_of_every_liquid():
    pool = mixing_pool(MixingSpace.parse({**SPACE, "temperature": 3300.0}, "space"))
    assert pool["temperature"].tolist() == [3300.0] * 6
    assert pool.columns["temperature"].unit == "K"


def test_pairs_without_an_element_that_is_to_be_included_are_left_out():
    space = {**SPACE, "elements": ["Al", "Ir", "Ti", "W"], "including": ["Ir", "W"], "compositions": [0.5]}
    pool = mixing_pool(MixingSpace.parse(space, "space"))
    assert pool["system"].tolist() == ["Al-Ir", "Al-W", "Ir-Ti", "Ir-W", "Ti-W"]
    for including in (["Os"], []):
        with pytest.raises(InputError, match="including"):
            MixingSpace.parse({**space, "including": including}, "space")


def test_the_rows_are_those_of_the_table_of_binaries():
    pool = mixing_pool(MixingSpace.parse(SPACE, "space"))
    assert pool == binary_table(pool["element_a"], pool["element_b"], pool["x_b"], pool["temperature"])


def test_elements_without_miedema_parameters_are_in_the_pool():
    pool = mixing_pool(MixingSpace.parse({**SPACE, "elements": ["Cu", "Se", "Te"]}, "space"))
    assert len(pool) == 6
    assert np.isnan(pool[MIEDEMA]).all()


def test_the_pool_of_the_paper_holds_2415_systems():
    pool = mixing_pool(MixingSpace(elements=known_elements(), compositions=[0.5]))
    assert len(pool) == 2415
    assert np.isnan(pool[MIEDEMA]).sum() == 3 * 67 + 3


def test_the_order_of_the_settings_does_not_matter():
    turned = {"elements": SPACE["elements"][::-1], "compositions": SPACE["compositions"][::-1]}
    assert mixing_pool(MixingSpace.parse(turned, "space")) == mixing_pool(MixingSpace.parse(SPACE, "space"))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"elements": ["Cu"]}, "space.elements"),
        ({"elements": ["Cu", "Cu"]}, "an element repeats"),
        ({"elements": ["Cu", "Xx"]}, "'Xx', which is not in the element table"),
        ({"compositions": []}, "space.compositions"),
        ({"compositions": [0.5, 1.0]}, "less than 1"),
        ({"compositions": [0.5, 0.50001]}, "three decimals"),
        ({"temperature": -5}, "space.temperature"),
        ({"temperature_factor": 0.9}, "space.temperature_factor"),
    ],
)
def test_a_space_that_makes_no_sense_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        MixingSpace.parse({**SPACE, **change}, "space")
