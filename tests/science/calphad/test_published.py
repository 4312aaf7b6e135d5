from __future__ import annotations

from collections import Counter

import pytest

from aiida_matal.science.calphad.importing import read_labels
from aiida_matal.science.calphad.published import BIZOT2025, bizot2025


@pytest.fixture(scope="module")
def rows():
    imported = read_labels({BIZOT2025: bizot2025()}, {"format": "csv"})
    assert len(imported.refused) == 0
    return list(imported.dataset.rows())


def test_every_system_of_the_table_has_a_status(rows):
    assert len(rows) == 40
    statuses = Counter((row["status"], row["reason"].partition(";")[0]) for row in rows)
    assert statuses == {
        ("ok", ""): 23,
        ("rejected", "phase separation (X in the table)"): 8,
        ("pending", "not calculated (N/A in the table)"): 3,
        ("pending", "calculated by the authors"): 6,
    }
    missing = {row["system"] for row in rows if row["reason"].startswith("calculated")}
    assert missing == {"Re-Ti", "Re-V", "Re-Zr", "Ti-W", "V-W", "W-Zr"}


def test_values_and_temperatures_are_those_of_the_paper(rows):
    values = {row["system"]: row["enthalpy_of_mixing"] for row in rows if row["status"] == "ok"}
    assert (values["Ir-Sc"], values["Ir-Zr"], values["Al-Ir"], values["Mo-W"]) == (-86.65, -84.22, -70.40, 1.88)
    by_element = {
        element: round(sum(value for system, value in values.items() if element in system.split("-")), 2)
        for element in ("Ir", "Os", "Re", "W")
    }
    assert by_element == {"Ir": -557.81, "Os": -240.98, "Re": -36.78, "W": -16.55}
    temperatures = {"Ir": 2750.0, "Os": 3300.0, "Re": 3500.0, "W": 3700.0}
    for row in rows:
        (refractory,) = set(row["system"].split("-")) & set(temperatures)
        assert (row["temperature"], row["x_b"]) == (temperatures[refractory], 0.5)
