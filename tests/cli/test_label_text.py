from __future__ import annotations

from aiida_matal.cli.label_text import label_text, liquids_text
from aiida_matal.provenance.label_records import LabelRecord
from aiida_matal.provenance.liquids import LiquidRecord

STATE = {"composition": {"Ag": 8, "Cu": 8}, "verdict": "liquid", "reason": "it diffuses", "bulk_modulus": 200.0}
STATE |= {"bulk_modulus_error": 20.0, "n_frames": 10}
POINT = {"volume_per_atom": 18.0, "pressure": -1.0, "pressure_error": 0.5, "energy_per_atom": -2.5, "n_steps": 100}
POINT |= {"energy_error": 0.001}


def liquid(name, state, points=(), ending="finished"):
    return LiquidRecord(name, 7, "uuid", ending, state, list(points), 1, 0.5, "")


def test_values_that_only_one_liquid_has_are_shown_and_those_that_none_has_are_not():
    order = {"short_range_order": 0.125, "short_range_order_error": 0.01, "of_an_extension": 4.5}
    nothing = {"short_range_order": None, "short_range_order_error": None}
    text = liquids_text([liquid("alloy", STATE | order), liquid("pure Ag", STATE | nothing)], {})
    line = next(line for line in text.splitlines() if line.startswith("short-range order "))
    assert line.split()[-4:] == ["0.125", "+-", "0.010", "-"]
    line = next(line for line in text.splitlines() if line.startswith("of an extension"))
    assert line.split()[-2:] == ["4.5", "-"]
    assert "bulk modulus" in text
    assert "temperature" not in text
    assert "n frames" not in text


def test_liquid_that_failed_says_how_it_ended_and_which_volumes_it_tried():
    text = liquids_text([liquid("pure Ni", {}, [POINT], "finished [302] A run failed")], {})
    assert "pure Ni: finished [302] A run failed" in text
    assert "18.000" in text
    assert "-1.00 +- 0.50" in text
    assert "verdict" not in text


def test_label_says_what_most_of_its_error_comes_from():
    liquids = [liquid(name, STATE) for name in ("alloy", "pure Ag", "pure Cu")]
    parts = {"alloy": 0.3, "pure Ag": 0.4, "pure Cu": 0.0}
    record = LabelRecord("c", "enthalpy", "kJ/mol", -1.0, 0.5, "ok", "", 2.0, "", liquids, parts)
    assert "Most of the error comes from: pure Ag, 64% of the variance." in label_text(record)
    assert "enthalpy  -1.00 +- 0.50 kJ/mol" in label_text(record)


def test_label_without_simulations_says_so():
    record = LabelRecord("c", "energy", "eV", 1.0, 0.1, "ok", "", 0.0, "round 1 of campaign 2", [], {})
    assert "No simulation of this profile is behind it." in label_text(record)
    assert "round 1 of campaign 2" in label_text(record)
