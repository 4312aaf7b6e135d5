from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from aiida import orm
from aiida.engine import run_get_node
from aiida_pseudo.data.pseudo.upf import UpfData
from aiida_pseudo.groups.family import PseudoPotentialFamily
from ase.build import bulk

from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed
from aiida_matal.workflows.md.quantumespresso import QuantumEspressoMdWorkChain

MD = {
    "temperature": 1500.0,
    "timestep": 2.0,
    "n_steps": 12,
    "sample_every": 2,
    "seed": 7,
    "thermostat": {"kind": "svr", "relaxation": 40.0},
}
ELECTRONS = {"cutoff": 110.0, "scf_tolerance": 1e-4, "empty_bands": 0.8}
#: Run pw.x in the background, and do something to it after some steps of a job that has the thermostat.
INTERRUPT = """#!/bin/bash
if [ "$(grep -c svr aiida.in)" = 0 ] || [ -e "{marker}" ]; then exec {executable} "$@"; fi
touch "{marker}"
{executable} "$@" & pid=$!
until [ "$(grep -c 'Ekin + Etot' aiida.out)" -ge 5 ]; do sleep 0.05; done
{interruption}
wait $pid
"""


def aluminium_silicon():
    atoms = bulk("Al", "fcc", a=4.1, cubic=True)
    atoms.symbols[2:] = "Si"
    atoms.rattle(0.1, seed=1)
    return orm.StructureData(ase=atoms)


@pytest.fixture
def engine(pw_code, upf_files):
    return {"code": pw_code, "pseudos": upf_files(["Al", "Mg", "Si"]), "electrons": orm.Dict(ELECTRONS)}


@pytest.fixture
def script_code(aiida_code_installed, localhost, pw_code, tmp_path):
    """Return a function that gives a script around pw.x as a code."""

    def code(text):
        script = tmp_path / "pw.sh"
        marker = tmp_path / "was_here"
        script.write_text(
            text.replace("{executable}", str(pw_code.filepath_executable)).replace("{marker}", str(marker))
        )
        script.chmod(0o755)
        return aiida_code_installed(computer=localhost, filepath_executable=str(script))

    return code


def run(engine, **md):
    return run_get_node(
        QuantumEspressoMdWorkChain, structure=aluminium_silicon(), md=orm.Dict({**MD, **md}), engine=engine
    )


def jobs_of(node):
    return [child for child in node.called if isinstance(child, orm.CalcJobNode)]


def end_of(job):
    return np.array([site.position for site in job.outputs.final_structure.sites])


def assert_continuous(outputs, jobs, sample_every):
    """Check that each job goes on where the one before ended, with its velocities, and that no frame is twice there."""
    for before, after in pairwise(jobs):
        positions = np.concatenate([after.outputs.trajectory.get_positions(), end_of(after)[np.newaxis]])
        np.testing.assert_allclose(positions[0], end_of(before), atol=1e-9)
        velocities = before.outputs.final_velocities.get_array("velocities")
        moved = positions[1] - positions[0]
        assert np.abs(moved - velocities * sample_every * 2.0).max() < 0.3 * np.abs(moved).max()
    steps = np.linalg.norm(np.diff(outputs["trajectory"].get_positions(), axis=0), axis=2).max(axis=1)
    assert steps.min() > 0.2 * np.median(steps)
    assert steps.max() < 3 * np.median(steps)


def test_cut_and_uncut_runs_have_the_same_frames_and_statistics(engine):
    uncut, node = run(engine, n_steps=150)
    assert node.is_finished_ok, node.exit_message
    assert [job.inputs.md["n_steps"] for job in jobs_of(node)] == [2, 148]
    cut, node = run(engine, n_steps=150, segment_steps=50)
    assert node.is_finished_ok, node.exit_message
    jobs = jobs_of(node)
    assert [job.inputs.md["n_steps"] for job in jobs] == [2, 50, 50, 48]
    assert [job.inputs.md["seed"] for job in jobs] == [7, *(derive_seed(7, i) for i in (1, 2, 3))]
    assert ["parent_folder" in job.inputs for job in jobs] == [False, True, True, True]
    assert_continuous(cut, jobs, 2)
    assert uncut["trajectory"].numsteps == cut["trajectory"].numsteps == 75
    # Up to the first cut the two runs are the same one.
    positions = [outputs["trajectory"].get_positions()[:26] for outputs in (uncut, cut)]
    np.testing.assert_array_equal(*positions)
    np.testing.assert_array_equal(uncut["trajectory"].get_times(), cut["trajectory"].get_times())
    for name in ("energy_potential", "temperature", "pressure"):
        blocks = [outputs["trajectory"].get_array(name)[15:].reshape(5, 12).mean(axis=1) for outputs in (uncut, cut)]
        error = np.hypot(*(block.std(ddof=1) / np.sqrt(5) for block in blocks))
        assert abs(blocks[0].mean() - blocks[1].mean()) < 4 * error
    assert cut["summary"]["n_segments"] == 4


def test_hot_start_is_run_in_jobs_of_its_own(engine):
    outputs, node = run(engine, n_steps=4, hot_start={"temperature": 2500.0, "n_steps": 5})
    assert node.is_finished_ok, node.exit_message
    first, hot, cool = jobs_of(node)
    assert [job.inputs.md["n_steps"] for job in (first, hot, cool)] == [2, 4, 4]
    assert first.outputs.trajectory.get_array("temperature")[0] == pytest.approx(2500.0, abs=0.01)
    assert hot.inputs.parameters["IONS"]["tempw"] == 2500.0
    assert cool.inputs.parameters["IONS"]["tempw"] == 1500.0
    assert cool.inputs.parent_folder.uuid == hot.outputs.remote_folder.uuid
    assert outputs["trajectory"].numsteps == 2
    np.testing.assert_allclose(outputs["trajectory"].get_positions()[0], end_of(hot), atol=1e-9)
    assert_continuous(outputs, [first, hot, cool], 2)


@pytest.mark.parametrize(
    ("interruption", "sample_every", "restarts"), [("kill -9 $pid", 2, False), ("touch aiida.EXIT", 1, True)]
)
def test_interrupted_job_keeps_its_frames_and_is_continued(engine, script_code, interruption, sample_every, restarts):
    code = script_code(INTERRUPT.replace("{interruption}", interruption))
    outputs, node = run({**engine, "code": code}, n_steps=30, sample_every=sample_every)
    assert node.is_finished_ok, node.exit_message
    jobs = jobs_of(node)
    assert [job.exit_status for job in jobs] == [0, 370, *(0 for _ in jobs[2:])]
    interrupted = jobs[1].outputs.results
    assert 4 <= interrupted["steps_done"] < 30 - sample_every
    assert interrupted["n_frames"] * sample_every == interrupted["steps_done"]
    assert interrupted["is_restartable"] is restarts
    assert ["parent_folder" in job.inputs for job in jobs] == [False, True, *([True] if restarts else [False, True])]
    assert outputs["trajectory"].numsteps == 30 // sample_every
    assert outputs["summary"]["steps_done"] == 30
    assert_continuous(outputs, jobs, sample_every)


def test_frames_before_unconverged_electrons_are_kept(engine, script_code):
    edit = "grep -q svr aiida.in && sed -i 's/electron_maxstep = .*/electron_maxstep = 2/' aiida.in\n"
    code = script_code(f'#!/bin/bash\n{edit}{{executable}} "$@"\n')
    outputs, node = run({**engine, "code": code})
    assert node.exit_status == 373
    assert "Segment segment_01" in node.exit_message
    assert outputs["trajectory"].numsteps == 1
    assert outputs["summary"]["steps_done"] == 2


def test_wall_time_too_short_for_one_step_ends_the_run(engine):
    options = orm.Dict({"max_wallclock_seconds": 1})
    _, node = run({**engine, "options": options, "electrons": orm.Dict({**ELECTRONS, "cutoff": 5000.0})})
    assert node.exit_status == 371
    assert "allow more wall time" in node.exit_message
    (job,) = jobs_of(node)
    assert "max_seconds = 0.95\n" in job.base.repository.get_object_content("aiida.in")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda engine: {"pseudos": {"Al": engine["pseudos"]["Al"]}}, r"engine\.pseudos\.Si: '\(missing\)' is refused"),
        (lambda engine: {"pseudos": {**engine["pseudos"], "Si": engine["pseudos"]["Mg"]}}, "a pseudopotential of Mg"),
        (lambda _: {"electrons": orm.Dict({"cutof": 3.0})}, r"engine\.electrons\.cutof.*Did you mean 'cutoff'"),
        (lambda _: {"parameters": orm.Dict({"CONTROL": {"nstep": 3}})}, r"engine\.parameters\.CONTROL\.nstep"),
        (lambda _: {"options": orm.Dict({"max_wallclock": 10})}, "Did you mean 'max_wallclock_seconds'"),
    ],
)
def test_engine_input_is_refused_before_submission(engine, change, message):
    with pytest.raises(ValueError, match=message):
        run({**engine, **change(engine)})


def test_thermostat_that_pw_does_not_have_is_refused(engine):
    with pytest.raises(ValueError, match=r"'nose' is refused.*Choose one of svr, or any"):
        run(engine, thermostat={"kind": "nose"})


def test_engine_inputs_are_restricted_to_the_elements(engine):
    restricted = QuantumEspressoMdWorkChain.restrict_engine_inputs(engine, ["Si", "Al"])
    assert {name: node.uuid for name, node in restricted["pseudos"].items()} == {
        name: engine["pseudos"][name].uuid for name in ("Al", "Si")
    }
    assert restricted["code"] is engine["code"]
    with pytest.raises(InputError, match=r"engine\.pseudos\.Cu"):
        QuantumEspressoMdWorkChain.restrict_engine_inputs(engine, ["Cu"])


@pytest.fixture
def family(upf_files, tmp_path):
    """The label of a family of pseudopotentials of Al and Si."""
    for pseudo in upf_files(["Al", "Si"]).values():
        (tmp_path / pseudo.filename).write_text(pseudo.get_content())
    label = f"lda-{tmp_path.name}"
    PseudoPotentialFamily.create_from_folder(tmp_path, label, pseudo_type=UpfData)
    return label


def test_campaign_file_names_a_family_of_pseudopotentials(pw_code, family, tmp_path):
    values = {
        "code": pw_code.full_label,
        "pseudos": family,
        "electrons": {"cutoff": 163.0},
        "parameters": {"ELECTRONS": {"mixing_beta": 0.3}},
        "options": {"max_wallclock_seconds": 600},
    }
    inputs = QuantumEspressoMdWorkChain.inputs_from_file(values, ["Si", "Al"], tmp_path)
    assert inputs["code"].uuid == pw_code.uuid
    assert {symbol: pseudo.filename for symbol, pseudo in inputs["pseudos"].items()} == {
        "Al": "Al.pz-vbc.UPF",
        "Si": "Si.pz-vbc.UPF",
    }
    assert inputs["electrons"]["cutoff"] == 163.0
    assert inputs["electrons"]["energy"] == "internal"
    QuantumEspressoMdWorkChain.check_engine_inputs(inputs, ["Al", "Si"])
    del values["parameters"], values["options"]
    assert set(QuantumEspressoMdWorkChain.inputs_from_file(values, ["Al"], tmp_path)) == {
        "code",
        "pseudos",
        "electrons",
    }


@pytest.mark.parametrize(
    ("changes", "elements", "message"),
    [
        (
            {},
            ["Al", "Cu", "Ni"],
            r"in the UPF format of Cu, Ni\. Install one with `aiida-matal setup --pseudos FOLDER`",
        ),
        ({"pseudos": "nowhere"}, ["Al"], "'nowhere' is refused: the profile has no such family"),
        ({"code": "nowhere@localhost"}, ["Al"], "the profile has no such code"),
        ({"parameters": {"IONS": {"tempw": 5}}}, ["Al"], r"engine\.parameters\.IONS\.tempw"),
        ({"pseudo": "x"}, ["Al"], "Did you mean 'pseudos'"),
    ],
)
def test_campaign_file_that_cannot_be_run_is_refused(pw_code, family, tmp_path, changes, elements, message):
    values = {"code": pw_code.full_label, "pseudos": family, **changes}
    with pytest.raises(InputError, match=message):
        QuantumEspressoMdWorkChain.inputs_from_file(values, elements, tmp_path)
