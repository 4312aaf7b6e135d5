from __future__ import annotations

import pytest

from aiida_matal.science.dynamics.calculators import fitting_calculator
from aiida_matal.science.errors import InputError

LENNARD_JONES = {"name": "lennard_jones", "settings": {"epsilon": 0.1, "sigma": 2.3, "cutoff": 6.0}}


@pytest.mark.parametrize(
    ("values", "filenames", "symbols", "message"),
    [
        ({"name": "emt"}, [], ["Cu", "Zr"], r"'emt' is refused: it does not know Zr\. Choose from Ag, Al, Au, Cu, Ni"),
        ({"name": "emt"}, [], ["O"], "it does not know O"),
        ({"name": "embedded"}, [], ["Cu"], r"calculators: 'embedded' .* Registered: emt, lennard_jones"),
        ({"name": "ase.calculators.vasp:Vasp"}, [], ["Cu"], "it is not registered"),
        ({"name": "emt", "settings": {"asap_cutoff": True}}, [], ["Cu"], r"settings\.asap_cutoff: True is refused"),
        ({"name": "emt"}, ["Cu.eam"], ["Cu"], r"'emt' does not need Cu\.eam\. Leave it out"),
        ({"nmae": "emt"}, [], ["Cu"], "Did you mean 'name'"),
        ({"name": "lennard_jones"}, [], ["Cu"], r"settings\.epsilon: '\(missing\)' is refused"),
        (
            LENNARD_JONES | {"settings": {"epsilon": 0.1, "sigma": 4.0, "cutoff": 6.0}},
            [],
            ["Cu"],
            "less than two sigma",
        ),
    ],
)
def test_calculator_that_does_not_fit_is_refused(values, filenames, symbols, message):
    with pytest.raises(InputError, match=message):
        fitting_calculator(values, filenames, symbols)


def test_calculator_that_takes_any_element_fits_all():
    assert fitting_calculator(LENNARD_JONES, [], ["Zr", "Xe"]).elements is None
