from __future__ import annotations

import pytest

from aiida_matal.calculations.vasp.incar import THERMOSTATS, check_more_tags, incar
from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.md_settings import MdSettings

SIZE = {"n_species": 2, "n_atoms": 100, "n_electrons": 600.0}


def tags(more=None, electrons=None, **md):
    settings = MdSettings.parse({"temperature": 3700.0, "n_steps": 50, "sample_every": 1, "seed": 3, **md}, "md")
    return incar(settings, ElectronSettings.parse(electrons or {}, "electrons"), more or {}, **SIZE)


def test_electrons_are_at_the_temperature_of_the_atoms():
    found = tags()
    assert found["ismear"] == -1
    assert found["sigma"] == pytest.approx(0.318841, abs=1e-6)
    assert found["ediff"] == pytest.approx(1e-4)
    assert found["nbands"] == 300 + 90
    assert (found["tebeg"], found["teend"], found["potim"], found["nsw"]) == (3700.0, 3700.0, 3.0, 50)


def test_electrons_as_wanted():
    found = tags(electrons={"smearing": "gaussian", "width": 0.1, "cutoff": 300.0, "max_scf_steps": 40})
    assert (found["ismear"], found["sigma"], found["encut"], found["nelm"]) == (0, 0.1, 300.0, 40)


def test_nose_is_the_preferred_thermostat_and_langevin_has_a_friction_for_each_species():
    assert THERMOSTATS == ("nose", "langevin")
    assert (tags()["mdalgo"], tags()["smass"]) == (2, 0)
    found = tags(thermostat={"kind": "langevin", "relaxation": 250.0})
    assert (found["mdalgo"], found["langevin_gamma"]) == (3, [4.0, 4.0])
    assert "smass" not in found
    with pytest.raises(InputError, match="'svr' is refused"):
        tags(thermostat={"kind": "svr"})


def test_seed_is_in_the_range_of_vasp():
    assert tags(seed=2**31 - 1)["random_seed"] == [(2**31 - 1) % 900_000_000, 0, 0]


def test_tags_of_the_user_come_last():
    found = tags({"NCORE": 8, "algo": "VeryFast", "smass": 1.5})
    assert (found["ncore"], found["algo"], found["smass"]) == (8, "VeryFast", 1.5)


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"NSW": 10}, r"incar\.NSW: 10 is refused: the engine sets it\. It follows from the settings"),
        ({"encut": 500}, r"incar\.encut: 500 is refused: the engine sets it\. Set electrons\.cutoff"),
        ({"ncor": 8}, r"incar\.ncor: 8 is refused: VASP has no such tag\. Did you mean 'ncore'"),
        ({"ncore": {"a": 1}}, r"incar\.ncore: .* not a value of INCAR"),
        ({"smass": -3}, r"incar\.smass: -3 is refused: it is not a Nose mass"),
    ],
)
def test_wrong_tags_are_refused(more, message):
    with pytest.raises(InputError, match=message):
        check_more_tags(more)
