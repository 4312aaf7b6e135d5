from __future__ import annotations

import pytest

from aiida_matal.calculations.quantumespresso.parameters import check_more, namelists
from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.electron_settings import ElectronSettings
from aiida_matal.science.trajectory.md_settings import MdSettings

MD = MdSettings(temperature=1800.0, n_steps=1000, seed=21)


def lists(md=MD, electrons=None, **changes):
    system = {"n_atoms": 108, "n_electrons": 324, "norm_conserving": True, "continues": True}
    return namelists(md, electrons or ElectronSettings(), **{**system, **changes})


def rounded(values):
    return {
        name: {key: round(value, 10) if isinstance(value, float) else value for key, value in entries.items()}
        for name, entries in values.items()
    }


def test_namelists_of_a_run_that_continues_are_frozen(data_regression):
    data_regression.check(rounded(lists()))


def test_run_from_velocities_has_no_thermostat(data_regression):
    data_regression.check(rounded(lists(continues=False)))


def test_units_are_those_of_pw():
    values = lists(electrons=ElectronSettings(cutoff=13.605693 * 40, width=1.3605693, smearing="gaussian"))
    assert values["CONTROL"]["dt"] == pytest.approx(62.012, abs=1e-3)
    assert values["SYSTEM"]["ecutwfc"] == pytest.approx(40, rel=1e-6)
    assert values["SYSTEM"]["ecutrho"] == pytest.approx(160, rel=1e-6)
    assert values["SYSTEM"]["degauss"] == pytest.approx(0.1, rel=1e-6)
    assert values["SYSTEM"]["smearing"] == "gauss"


def test_density_of_ultrasoft_pseudopotentials_has_a_larger_cutoff():
    system = lists(norm_conserving=False)["SYSTEM"]
    assert system["ecutrho"] == 8 * system["ecutwfc"]


def test_relaxation_time_is_at_least_one_step():
    md = MD.model_copy(update={"thermostat": MD.thermostat.model_copy(update={"relaxation": 0.1})})
    assert lists(md)["IONS"]["nraise"] == 1


def test_seed_moves_the_random_numbers_of_the_thermostat():
    bands = {lists(MD.model_copy(update={"seed": seed}))["SYSTEM"]["nbnd"] for seed in range(1, 40)}
    fewest = ElectronSettings().n_bands(324)
    assert bands == set(range(fewest, fewest + 8))
    assert lists(continues=False)["SYSTEM"]["nbnd"] == fewest


def test_more_entries_come_last():
    more = {"SYSTEM": {"ecutrho": 300.0, "nspin": 2}, "ELECTRONS": {"mixing_beta": 0.2}}
    check_more(more)
    values = lists(more=more)
    assert (values["SYSTEM"]["ecutrho"], values["SYSTEM"]["nspin"]) == (300.0, 2)
    assert values["ELECTRONS"]["mixing_beta"] == 0.2
    assert "ecutwfc" in values["SYSTEM"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"CONTROL": {"nstep": 5}}, r"engine\.parameters\.CONTROL\.nstep: 5 is refused"),
        ({"CONTROL": {"calculation": "scf"}}, "the settings of the run decide it"),
        ({"IONS": {"ion_temperature": "berendsen"}}, r"IONS\.ion_temperature"),
        ({"IONS": {"tempw": 300}}, r"IONS\.tempw"),
        ({"CELL": {"press": 0}}, "there is no such namelist"),
        ({"SYSTEM": 5}, "it is not a namelist"),
        ({"SYSTEM": {"NBND": 5}}, "Write nbnd"),
    ],
)
def test_entry_that_is_not_free_is_refused(more, message):
    with pytest.raises(InputError, match=message):
        check_more(more)
