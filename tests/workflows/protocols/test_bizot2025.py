from __future__ import annotations

import pytest

from aiida_matal.science.mixing.elements import property_array
from aiida_matal.science.mixing.settings import LiquidSettings
from aiida_matal.workflows.campaigns.enthalpy import EnthalpyCampaign

TEMPERATURES = {"Ir": 2750.0, "Os": 3300.0, "Re": 3500.0, "W": 3700.0}


def test_protocol_has_the_settings_of_the_paper(task_code, vasp_code, potcars):
    elements = ["Al", "Cu", "Ni"]
    engine = {"code": vasp_code, "potentials": potcars(elements)}
    builder = EnthalpyCampaign.get_builder_from_protocol(task_code, engine, elements, "bizot2025")
    assert builder.oracle["engine_name"].value == "matal.md.vasp"
    liquid = LiquidSettings.parse(builder.oracle["settings"]["liquid"], "liquid")
    assert (liquid.n_atoms, liquid.timestep, liquid.thermostat.kind) == (100, 3.0, "nose")
    assert liquid.volume_search.pressure_tolerance == 2.0
    assert liquid.production_steps * liquid.timestep >= 10_000.0
    assert liquid.max_production_steps > liquid.production_steps
    assert builder.space["compositions"] == [0.5]
    temperatures = builder.space["temperature_factor"] * property_array(list(TEMPERATURES), "melting_temperature")
    assert temperatures == pytest.approx(list(TEMPERATURES.values()), rel=0.015)
