from __future__ import annotations

import csv
import sys
from collections import defaultdict

import numpy as np
import pytest

from aiida_matal.science.calphad.tdb_reader import TdbSettings, read_tdb
from aiida_matal.science.calphad.tdb_text import cost507
from aiida_matal.science.calphad.tdb_writer import tdb_text
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import element
from aiida_matal.science.mixing.redlich_kister import RedlichKister

pytest.importorskip("pycalphad", reason="TDB files are read by pycalphad: pip install aiida-matal[calphad]")

HEADER = "\n".join(f"ELEMENT {name} BLANK 10 0 0 !" for name in ("AL", "CU", "MG", "SI", "VA"))


def database(constituents, *parameters, phase="LIQUID:L", sites="1 1"):
    lines = [HEADER, "SPECIES MG2SI MG2SI1 !", f"PHASE {phase} % {sites} !", f"CONSTITUENT {phase} :{constituents}: !"]
    return "\n".join([*lines, *(f"PARAMETER {parameter} !" for parameter in parameters)]).encode()


def values(content, **settings):
    """Return the points by system and composition, and the whole reading."""
    reading = read_tdb(content, TdbSettings(**settings))
    return {(point.system, point.x_b): point for point in reading.points}, reading


@pytest.fixture(scope="module")
def cost507_reading():
    return read_tdb(cost507(), TdbSettings())


def test_all_binaries_of_cost_507_are_read(cost507_reading):
    systems = {point.system for point in cost507_reading.points}
    assert (len(systems), len(cost507_reading.points)) == (76, 76 * 19)
    assert cost507_reading.notes == ["220 of 300 systems have no interaction parameter in LIQUID"]
    assert [(left.where, left.value, left.reason) for left in cost507_reading.left_out] == [
        (f"system {system}", "N", "it is not in the element table") for system in ("Al-N", "B-N", "N-Ti", "N-V")
    ]


def test_values_follow_from_the_parameters_of_the_assessment(cost507_reading):
    found = [point for point in cost507_reading.points if point.system == "Al-Cu"]
    temperature = element("Cu")["melting_temperature"] + 50
    for point in found:
        # L0 = -66622 + 8.1 T, L1 = 46800 - 90.8 T + 10 T ln T, L2 = -2812 (J/mol); the enthalpy is L - T dL/dT.
        difference = 1 - 2 * point.x_b
        sum_of_terms = -66622 + (46800 - 10 * temperature) * difference - 2812 * difference**2
        assert point.value == pytest.approx(point.x_b * (1 - point.x_b) * sum_of_terms / 1000, abs=1e-9)
        assert point.temperature == temperature
    assert [point.x_b for point in found] == [round(0.05 * step, 2) for step in range(1, 20)]


def test_values_are_those_of_databases_that_took_the_same_assessments(cost507_reading, matal_data):
    others = defaultdict(dict)
    with (matal_data / "liquid_enthalpy" / "liquid_dHmix_open_licence.csv").open() as handle:
        for row in csv.DictReader(handle):
            others[row["system"], row["source"]][round(float(row["x_B"]), 2)] = float(row["dHmix_kJ_mol"])
    own = defaultdict(dict)
    for point in cost507_reading.points:
        own[point.system][round(point.x_b, 2)] = point.value
    shared = [(system, other) for (system, _), other in others.items() if system in own]
    off = {system: max(abs(own[system][x_b] - other[x_b]) for x_b in other) for system, other in shared}
    agreeing = {system for system, other in shared if all(abs(own[system][x_b] - other[x_b]) < 4e-4 for x_b in other)}
    assert len(agreeing) == 39, off


def test_elements_compositions_and_temperature_may_be_chosen():
    content = database("AL,CU,MG", "G(LIQUID,AL,CU;0) 298 -40000+8*T; 6000 N", "L(LIQUID,CU,MG;0) 298 -8000; 6000 N")
    found, reading = values(content, elements=["Cu", "Al"], compositions=[0.5], temperature=1500.0)
    assert list(found) == [("Al-Cu", 0.5)]
    point = found["Al-Cu", 0.5]
    assert (point.value, point.temperature, point.source) == (-10.0, 1500.0, "phase LIQUID at 1500 K")
    assert reading.notes == []
    with pytest.raises(
        InputError, match=r"elements: \['ZN'\] is refused: LIQUID has no such elements. It has: Al, Cu, Mg"
    ):
        values(content, elements=["Al", "Zn"])


@pytest.mark.parametrize(("phase", "asked"), [("L", "LIQUID"), ("LIQUID", "liquid:l"), ("MELT", "MELT")])
def test_the_liquid_may_have_another_name(phase, asked):
    content = database("AL,CU", f"G({phase},AL,CU;0) 298 -40000; 6000 N", phase=phase)
    assert values(content, phase=asked, compositions=[0.5])[0]["Al-Cu", 0.5].value == -10.0


def test_a_system_with_associates_is_left_out_and_the_others_are_read():
    content = database(
        "AL,CU,MG,SI,MG2SI",
        "G(LIQUID,AL,CU;0) 298 -40000; 6000 N",
        "G(LIQUID,MG,SI;0) 298 -40000; 6000 N",
        "G(LIQUID,MG2SI;0) 298 -40000; 6000 N",
    )
    found, reading = values(content, compositions=[0.5])
    assert list(found) == [("Al-Cu", 0.5)]
    assert [(left.where, left.reason) for left in reading.left_out] == [
        ("system Mg-Si", "it has the associates or ions MG2SI")
    ]
    assert reading.notes == ["4 of 6 systems have no interaction parameter in LIQUID"]


def test_a_parameter_is_not_taken_for_0_outside_its_range_of_temperatures():
    content = database("AL,CU", "G(LIQUID,AL,CU;0) 298 -40000+F#; 6000 N") + b"\nFUNCTION F 298 -4000; 1200 N !"
    assert values(content, compositions=[0.5], temperature=1199.0)[0]["Al-Cu", 0.5].value == -11.0
    _, reading = values(content, compositions=[0.5])
    assert [(left.value, left.reason) for left in reading.left_out] == [
        ("1407.77 K", "an interaction parameter is not defined at this temperature")
    ]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            database("AL,CU", phase="FCC_A1"),
            r"phase: 'LIQUID' .* no such phase\. Its phases: FCC_A1\. .* --phase",
        ),
        (database("AL,CU:MG", sites="2 1 1"), "phase: 'LIQUID' is refused: it has 2 sublattices"),
        (b"FOO BAR !", "pycalphad cannot read it: Invalid TDB syntax"),
        (
            HEADER.encode() + b"\nFUNCTION F 298 __import__('os').getcwd(); 6000 N !",
            "pycalphad cannot read it: .* not in whitelist",
        ),
        (
            b"$ caf\xe9 is a comment\nELEMENT \xe9 !",
            r"line 2: 'ELEMENT .*xe9 !' is refused: a TDB .* ASCII",
        ),
    ],
)
def test_a_wrong_database_is_refused(content, message):
    with pytest.raises(InputError, match=message):
        values(content)


def test_a_database_written_here_is_read_back():
    polynomial = RedlichKister((-66622.0, 32000.0, -2812.0))
    found, reading = values(tdb_text({"Al-Cu": polynomial}).encode())
    x_b = np.array([x for _, x in found])
    expected = x_b * (1 - x_b) * (-66622 + 32000 * (1 - 2 * x_b) - 2812 * (1 - 2 * x_b) ** 2) / 1000
    np.testing.assert_allclose([point.value for point in found.values()], expected, atol=1e-9)
    assert reading.left_out == []


def test_the_cure_names_the_extra_where_pycalphad_is_missing(monkeypatch):
    monkeypatch.setitem(sys.modules, "pycalphad", None)
    for read in (cost507, lambda: values(b"")):
        with pytest.raises(InputError, match=r"pip install aiida-matal\[calphad\]"):
            read()
