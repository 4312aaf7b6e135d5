"""The oracle with an ab initio engine, and with a classical one instead."""

from __future__ import annotations

import numpy as np
import pytest
from aiida import orm
from aiida.engine import run_get_node

from aiida_matal.data.table import TableData
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.workflows.oracles.mixing_enthalpy import MixingEnthalpyWorkChain

#: As short as a run may be; the thresholds are those that such a run can pass.
LIQUID = {
    "n_atoms": 16,
    "timestep": 3.0,
    "sample_every": 5,
    "thermostat": {"relaxation": 30.0},
    "hot_start_steps": 0,
    "volume_steps": 100,
    "production_steps": 100,
    "max_production_steps": 1000,
    "energy_error": 50.0,
    "volume_search": {"pressure_tolerance": 300.0},
    "liquid_check": {"min_displacement": 0.01, "min_exponent": 0.01, "min_valley": 0.001},
}
SETTINGS = {"seed": 5, "liquid": LIQUID}
SPACE = MixingSpace(elements=["Al", "Si"], compositions=[0.5], temperature=1500.0)
ELECTRONS = {"cutoff": 80.0, "scf_tolerance": 1e-4, "empty_bands": 0.15}


@pytest.fixture
def candidates():
    return TableData(mixing_pool(SPACE), role="candidates")


@pytest.fixture
def pw_engine(pw_code, upf_files):
    return {"code": pw_code, "pseudos": upf_files(["Al", "Si"]), "electrons": orm.Dict(ELECTRONS)}


@pytest.fixture
def morse_engine(lammps_code):
    """LAMMPS with a potential made up for this test: a Morse pair potential in the format of embedded atoms."""
    potential = {"pair_style": "eam/alloy", "file": "morse.eam.alloy"}
    file = orm.SinglefileData.from_string(morse_text(), filename="morse.eam.alloy")
    return {"code": lammps_code, "potential": orm.Dict(potential), "files": {"both": file}}


def morse_text(depth=0.3, width=1.2, radius=2.8, n=500, cutoff=5.0):
    """Return a file for Al and Si with no embedding energy and one pair potential for all pairs, eV and Angstrom."""
    r = np.arange(n) * cutoff / n
    shifted = [(1 - np.exp(-width * (x - radius))) ** 2 for x in (r, cutoff)]
    pair = r * depth * (shifted[0] - shifted[1])
    zeros, pairs = "0.0\n" * (2 * n), "\n".join(f"{value:.10g}" for value in pair) + "\n"
    atoms = "".join(f"{number} {mass} 4.05 fcc\n{zeros}" for number, mass in ((13, 26.98), (14, 28.09)))
    head = f"Morse\nfor\ntests\n2 Al Si\n{n} 0.01 {n} {cutoff / n} {cutoff - cutoff / n}\n"
    return head + atoms + 3 * pairs


def run(candidates, settings, name, engine):
    return run_get_node(
        MixingEnthalpyWorkChain, candidates=candidates, settings=settings, engine_name=orm.Str(name), engine=engine
    )


def inputs_of(node):
    return {link.link_label: link.node.uuid for link in node.base.links.get_incoming().all()}


def test_engines_label_the_same_candidates_with_the_same_settings(candidates, pw_engine, morse_engine):
    settings = orm.Dict(SETTINGS)
    inputs = {}
    for name, engine in (("quantumespresso", pw_engine), ("lammps", morse_engine)):
        outputs, node = run(candidates, settings, f"matal.md.{name}", engine)
        assert node.exit_status == 0, node.exit_message
        (row,) = outputs["labels"].table.rows()
        assert row["status"] == "ok", row["reason"]
        assert np.isfinite(row["enthalpy_of_mixing"])
        assert 0 < row["enthalpy_of_mixing_error"] < 100
        assert row["core_hours"] > 0
        jobs = [job for job in node.called_descendants if isinstance(job, orm.CalcJobNode)]
        assert {job.outputs.results["engine"] for job in jobs} == {name}
        inputs[name] = inputs_of(node)
    differing = {label for label, uuid in inputs["lammps"].items() if inputs["quantumespresso"].get(label) != uuid}
    assert {label.split("__")[0] for label in differing} == {"engine_name", "engine"}
    assert inputs["lammps"]["settings"] == inputs["quantumespresso"]["settings"] == settings.uuid
