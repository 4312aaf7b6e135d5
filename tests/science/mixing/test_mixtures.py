from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import liquid_volume_per_atom
from aiida_matal.science.mixing.enthalpy import KJ_PER_MOL
from aiida_matal.science.mixing.mixtures import (
    Outcome,
    Reference,
    check_candidates,
    has_liquid_references,
    missing_references,
    mixing_labels,
    mixture_cell,
    reference_cell,
    references_of,
)
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.science.mixing.settings import LiquidSettings, MixingSettings

SETTINGS = MixingSettings(seed=5, liquid=LiquidSettings(n_atoms=100))
AG, AU, CU = "Ag_2000K", "Au_2000K", "Cu_2000K"


def pool(*elements, compositions=(0.25, 0.5), temperature=2000.0):
    return mixing_pool(MixingSpace(elements=elements, compositions=compositions, temperature=temperature))


def state(energy, error=0.0, verdict="liquid"):
    return {
        "zero_pressure_energy": energy,
        "zero_pressure_energy_error": error,
        "verdict": verdict,
        "reason": f"it looks {verdict}",
    }


def rows_by_id(labels):
    return {row["id"]: row for row in labels.rows()}


def test_each_pure_liquid_is_needed_once():
    assert references_of(pool("Ag", "Au", "Cu")) == [Reference(symbol, 2000.0) for symbol in ("Ag", "Au", "Cu")]


def test_pure_liquids_at_different_temperatures_are_different():
    references = references_of(pool("Ag", "Cu", "Pt", temperature=None))
    assert len(references) == 5
    assert len({reference.name for reference in references}) == 5


@given(st.floats(300.0, 5000.0), st.floats(1e-4, 10.0))
def test_names_of_references_are_distinct_and_fit_for_link_labels(temperature, difference):
    names = [Reference("Ag", temperature + shift).name for shift in (0.0, difference)]
    assert names[0] != names[1]
    assert all(name.replace("_", "").isalnum() for name in names)


def test_cell_of_a_pure_liquid_has_its_liquid_volume():
    cell = reference_cell(Reference("Ag", 2000.0), SETTINGS)
    assert cell.symbols == ["Ag"] * 100
    assert np.linalg.det(cell.cell) / 100 == pytest.approx(liquid_volume_per_atom("Ag", 2000.0))


def test_cell_of_a_mixture_has_the_volume_of_an_ideal_one():
    row = next(pool("Ag", "Cu").rows())
    cell = mixture_cell(row, {AG: 20.0, CU: 12.0}, SETTINGS)
    assert Counter(cell.symbols) == {"Ag": 75, "Cu": 25}
    assert np.linalg.det(cell.cell) / 100 == pytest.approx(18.0)


def test_cell_depends_on_seed_and_attempt_and_on_nothing_else():
    row = next(pool("Ag", "Cu").rows())
    other_seed = SETTINGS.model_copy(update={"seed": 6})
    cells = [
        mixture_cell(row, {AG: 20.0, CU: 12.0}, SETTINGS),
        mixture_cell({**row, "attempt": 0}, {AG: 20.0, CU: 12.0}, SETTINGS),
        mixture_cell({**row, "attempt": 1}, {AG: 20.0, CU: 12.0}, SETTINGS),
        mixture_cell(row, {AG: 20.0, CU: 12.0}, other_seed),
    ]
    np.testing.assert_array_equal(cells[0].positions, cells[1].positions)
    assert not np.allclose(cells[0].positions, cells[2].positions)
    assert not np.allclose(cells[0].positions, cells[3].positions)


def test_label_is_the_enthalpy_of_mixing_with_the_error_of_three_simulations():
    (row,) = pool("Ag", "Cu", compositions=(0.25,)).rows()
    states = {AG: state(-2.0, 0.001), CU: state(-3.0, 0.002), row["id"]: state(-2.3, 0.003)}
    outcomes = {AG: Outcome("ag", "", 1.0), CU: Outcome("cu", "", 2.0), row["id"]: Outcome("alloy", "", 4.0)}
    label = rows_by_id(mixing_labels(pool("Ag", "Cu", compositions=(0.25,)), states, outcomes, SETTINGS))[row["id"]]
    assert label["enthalpy_of_mixing"] == pytest.approx((-2.3 + 0.75 * 2.0 + 0.25 * 3.0) * KJ_PER_MOL)
    error = np.sqrt(0.003**2 + (0.75 * 0.001) ** 2 + (0.25 * 0.002) ** 2) * KJ_PER_MOL
    assert label["enthalpy_of_mixing_error"] == pytest.approx(error)
    assert (label["status"], label["evidence"], label["core_hours"]) == ("ok", "alloy", 7.0)


def test_composition_of_the_label_is_that_of_the_cell():
    candidates = pool("Ag", "Cu", compositions=(0.333,))
    (identifier,) = candidates["id"].tolist()
    states = {AG: state(-2.0), CU: state(-3.0), identifier: state(-0.67 * 2.0 - 0.33 * 3.0)}
    outcomes = {name: Outcome(name) for name in states}
    assert mixing_labels(candidates, states, outcomes, SETTINGS)["enthalpy_of_mixing"][0] == pytest.approx(
        0.0, abs=1e-9
    )


def test_cost_of_a_pure_liquid_is_shared_by_its_users():
    candidates = pool("Ag", "Au", "Cu", compositions=(0.5,))
    states = {name: state(-2.0) for name in (AG, AU, CU, *candidates["id"].tolist())}
    costs = {AG: 2.0, AU: 4.0, CU: 0.0}
    outcomes = {name: Outcome(name, "", costs.get(name, 10.0)) for name in states}
    labels = mixing_labels(candidates, states, outcomes, SETTINGS)
    assert rows_by_id(labels)["Ag-Au_x0.500"]["core_hours"] == 10.0 + 1.0 + 2.0
    assert labels["core_hours"].sum() == pytest.approx(sum(outcome.core_hours for outcome in outcomes.values()))


def test_solid_alloy_and_solid_reference_are_rejected():
    candidates = pool("Ag", "Au", "Cu", compositions=(0.5,))
    ids = candidates["id"].tolist()
    states = {name: state(-2.0) for name in (AG, AU, *ids)}
    states |= {CU: state(-3.0, verdict="solid"), "Ag-Au_x0.500": state(-2.0, verdict="solid")}
    outcomes = {name: Outcome(name) for name in states}
    labels = rows_by_id(mixing_labels(candidates, states, outcomes, SETTINGS))
    assert labels["Ag-Au_x0.500"]["status"] == "rejected"
    assert labels["Ag-Au_x0.500"]["reason"] == "Ag-Au_x0.500 is solid (it looks solid)"
    assert labels["Ag-Cu_x0.500"]["reason"] == "Cu_2000K is solid (it looks solid)"
    assert np.isnan(labels["Ag-Cu_x0.500"]["enthalpy_of_mixing"])


def test_alloy_of_a_solid_reference_needs_no_simulation():
    candidates = pool("Ag", "Cu", compositions=(0.5,))
    (row,) = candidates.rows()
    states = {AG: state(-2.0), CU: state(-3.0, verdict="solid")}
    assert not has_liquid_references(row, states)
    assert has_liquid_references(row, {**states, CU: state(-3.0)})
    assert not has_liquid_references(row, {AG: state(-2.0)})
    outcomes = {AG: Outcome("ag"), CU: Outcome("cu", core_hours=1.0), "Ag-Cu_x0.500": Outcome()}
    (label,) = mixing_labels(candidates, states, outcomes, SETTINGS).rows()
    assert (label["status"], label["evidence"], label["core_hours"]) == ("rejected", "cu", 1.0)
    assert label["reason"] == "Cu_2000K is solid (it looks solid)"


def test_separated_alloy_is_rejected_with_the_reason():
    candidates = pool("Ag", "Cu", compositions=(0.5,))
    states = {AG: state(-2.0), CU: state(-3.0), "Ag-Cu_x0.500": state(-2.4, verdict="phase_separated")}
    outcomes = {name: Outcome(name) for name in states}
    (label,) = mixing_labels(candidates, states, outcomes, SETTINGS).rows()
    assert label["status"] == "rejected"
    assert label["reason"] == "Ag-Cu_x0.500 is phase_separated (it looks phase_separated)"
    assert np.isnan(label["enthalpy_of_mixing"])


def test_failed_reference_fails_the_candidates_that_need_it():
    candidates = pool("Ag", "Au", "Cu", compositions=(0.5,))
    outcomes = {AG: Outcome("ag"), AU: Outcome("au"), CU: Outcome("cu", "no file", 3.0)}
    unfit = {row["id"]: missing_references(row, outcomes) for row in candidates.rows()}
    assert unfit == {
        "Ag-Au_x0.500": "",
        "Ag-Cu_x0.500": "reference Cu_2000K failed: no file",
        "Au-Cu_x0.500": "reference Cu_2000K failed: no file",
    }
    outcomes |= {name: Outcome("" if failure else name, failure) for name, failure in unfit.items()}
    states = {name: state(-2.0) for name in (AG, AU, "Ag-Au_x0.500")}
    labels = rows_by_id(mixing_labels(candidates, states, outcomes, SETTINGS))
    assert [labels[name]["status"] for name in unfit] == ["ok", "failed", "failed"]
    assert (labels["Au-Cu_x0.500"]["evidence"], labels["Au-Cu_x0.500"]["core_hours"]) == ("cu", 1.5)


def test_failed_alloy_is_failed_with_its_own_evidence():
    candidates = pool("Ag", "Cu", compositions=(0.5,))
    outcomes = {AG: Outcome("ag"), CU: Outcome("cu"), "Ag-Cu_x0.500": Outcome("alloy", "lost atoms", 2.0)}
    (label,) = mixing_labels(candidates, {AG: state(-2.0), CU: state(-3.0)}, outcomes, SETTINGS).rows()
    assert (label["status"], label["reason"], label["evidence"]) == ("failed", "lost atoms", "alloy")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"x_b": [1.5]}, r"x_b of Ag-Cu_x0.500: 1.5 is refused: it is not within 0 and 1"),
        ({"x_b": [0.0]}, r"x_b of Ag-Cu_x0.500: 0.0 is refused"),
        ({"x_b": [np.nan]}, r"x_b of Ag-Cu_x0.500: nan is refused"),
        ({"x_b": [0.001]}, "n_atoms: 100 is refused: one of the elements would have no atom"),
        ({"temperature": [-5.0]}, r"temperature of Ag-Cu_x0.500: -5.0 is refused"),
        ({"element_b": ["Ag"]}, "element_b: 'Ag' is refused: it is the same as element_a"),
        ({"element_b": ["Zz"]}, "element: 'Zz' is refused: it is not in the element table"),
    ],
)
def test_candidates_that_are_no_binary_liquids_are_refused(changes, message):
    candidates = pool("Ag", "Cu", compositions=(0.5,))
    check_candidates(candidates, SETTINGS)
    changed = candidates.with_columns(changes, {name: candidates.columns[name] for name in changes})
    with pytest.raises(InputError, match=message):
        check_candidates(changed, SETTINGS)


def test_candidates_without_a_composition_are_refused():
    candidates = pool("Ag", "Cu")
    with pytest.raises(InputError, match="column: 'x_b' is refused: the table has no such column"):
        check_candidates(candidates.select([name for name in candidates.names if name != "x_b"]), SETTINGS)
