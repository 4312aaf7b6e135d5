from __future__ import annotations

import numpy as np
import pytest
from aiida import orm
from aiida.engine import run_get_node
from aiida.plugins import WorkflowFactory
from ase.build import bulk

from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed
from aiida_matal.workflows.md.lammps import LammpsMdWorkChain

MD = {"temperature": 2200.0, "timestep": 2.0, "n_steps": 60, "sample_every": 10, "seed": 7}


def copper_nickel():
    atoms = bulk("Cu", "fcc", a=3.8, cubic=True).repeat(3)
    chosen = np.random.default_rng(0).permutation(len(atoms))[: len(atoms) // 2]
    atoms.symbols[chosen] = "Ni"
    return orm.StructureData(ase=atoms)


@pytest.fixture
def engine(lammps_code, eam_files):
    symbols = ["Ag", "Cu", "Ni"]
    potential = {"pair_style": "eam", "files": {symbol: f"{symbol}_u3.eam" for symbol in symbols}}
    return {"code": lammps_code, "potential": orm.Dict(potential), "files": eam_files(symbols)}


@pytest.fixture
def wrapped_code(aiida_code_installed, localhost, lammps_code, tmp_path):
    """Return a function that gives LAMMPS as a code that edits the input script first."""

    def code(edit):
        script = tmp_path / "lmp.sh"
        script.write_text(f'#!/bin/bash\nsed -i "{edit}" lammps.in\n{lammps_code.filepath_executable} "$@"\n')
        script.chmod(0o755)
        return aiida_code_installed(computer=localhost, filepath_executable=str(script))

    return code


def run(engine, **md):
    return run_get_node(LammpsMdWorkChain, structure=copper_nickel(), md=orm.Dict({**MD, **md}), engine=engine)


def last_line(segment):
    """Return potential and kinetic energy of the last state that a segment printed."""
    lines = segment.outputs.retrieved.base.repository.get_object_content("lammps.out").splitlines()
    end = next(i for i in range(len(lines) - 1, 0, -1) if lines[i].startswith("Loop time"))
    fields = lines[end - 1].split()
    return float(fields[2]) + float(fields[3])


def total_energy(trajectory):
    return trajectory.get_array("energy_potential") + trajectory.get_array("energy_kinetic")


def test_one_segment_hands_out_the_nodes_of_its_only_job(engine):
    outputs, node = run(engine, hot_start={"temperature": 3000.0, "n_steps": 20})
    assert node.is_finished_ok
    (segment,) = node.called
    assert outputs["trajectory"].uuid == segment.outputs.trajectory.uuid
    assert outputs["final_structure"].uuid == segment.outputs.final_structure.uuid
    assert outputs["final_velocities"].uuid == segment.outputs.final_velocities.uuid
    assert outputs["summary"].uuid == segment.outputs.results.uuid
    assert segment.inputs.md.uuid == node.inputs.md.uuid
    assert sorted(segment.inputs.potential_files) == ["Cu", "Ni"]
    assert outputs["summary"]["n_segments"] == 1
    assert outputs["summary"]["n_frames"] == 6


def test_segments_continue_one_another_without_a_repeated_or_lost_frame(engine):
    outputs, node = run(engine, segment_steps=20, hot_start={"temperature": 3000.0, "n_steps": 20})
    assert node.is_finished_ok
    called = {link.link_label: link.node for link in node.base.links.get_outgoing().all() if link.node in node.called}
    assert sorted(called) == ["join_segments", "segment_00", "segment_01", "segment_02"]
    segments = [called[f"segment_{i:02d}"] for i in range(3)]
    trajectory = outputs["trajectory"]
    assert trajectory.get_stepids().tolist() == [0, 10, 20, 30, 40, 50]
    assert trajectory.get_times().tolist() == [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]
    assert tuple(trajectory.pbc) == (True, True, True)
    assert trajectory.base.attributes.get("engine") == "lammps"
    for i in (1, 2):
        before, after = segments[i - 1], segments[i]
        start = np.array([site.position for site in before.outputs.final_structure.sites])
        np.testing.assert_allclose(after.outputs.trajectory.get_positions()[0], start, atol=1e-9)
        assert total_energy(after.outputs.trajectory)[0] == pytest.approx(last_line(before), abs=1e-7)
    steps = np.abs(np.diff(trajectory.get_positions(), axis=0)).max(axis=(1, 2))
    assert np.all((steps > 0.01) & (steps < 1.5))
    assert [segment.inputs.md["seed"] for segment in segments] == [7, derive_seed(7, 1), derive_seed(7, 2)]
    assert [segment.inputs.md["hot_start"] is None for segment in segments] == [False, True, True]
    assert outputs["final_structure"].uuid == segments[2].outputs.final_structure.uuid
    summary = outputs["summary"].get_dict()
    assert (summary["n_frames"], summary["steps_done"], summary["n_segments"]) == (6, 60, 3)
    assert summary["core_hours"] == pytest.approx(sum(s.outputs.results["core_hours"] for s in segments))
    assert summary["engine_version"] == segments[0].outputs.results["engine_version"]


def test_cut_and_uncut_runs_have_the_same_statistics(engine):
    md = {"n_steps": 3600, "hot_start": {"temperature": 4000.0, "n_steps": 2000}}
    uncut, _ = run(engine, **md)
    cut, _ = run(engine, **md, segment_steps=1200)
    assert uncut["trajectory"].numsteps == cut["trajectory"].numsteps == 360
    np.testing.assert_array_equal(uncut["trajectory"].get_times(), cut["trajectory"].get_times())
    for name in ("energy_potential", "temperature", "pressure"):
        blocks = [outputs["trajectory"].get_array(name)[40:].reshape(8, 40).mean(axis=1) for outputs in (uncut, cut)]
        error = np.hypot(*(block.std(ddof=1) / np.sqrt(8) for block in blocks))
        assert abs(blocks[0].mean() - blocks[1].mean()) < 4 * error


def test_segment_that_ends_early_is_continued(engine, wrapped_code):
    outputs, node = run({**engine, "code": wrapped_code("s/^run 60$/run 40/")})
    assert node.is_finished_ok
    first, second = (child for child in node.called if child.process_label == "LammpsMdCalculation")
    assert first.exit_status == 370
    assert second.inputs.md["n_steps"] == 20
    assert outputs["trajectory"].get_stepids().tolist() == [0, 10, 20, 30, 40, 50]
    assert total_energy(outputs["trajectory"])[4] == pytest.approx(last_line(first), abs=1e-7)


def test_segment_without_a_frame_ends_the_run(engine, wrapped_code):
    _, node = run({**engine, "code": wrapped_code("s/^run 60$/run 0/")})
    assert node.exit_status == 371
    assert "allow more wall time" in node.exit_message


def test_number_of_segments_is_limited(engine, monkeypatch):
    monkeypatch.setattr(LammpsMdWorkChain, "MAX_SEGMENTS", 1)
    _, node = run(engine, segment_steps=20)
    assert node.exit_status == 420
    assert "Only 20 of 60 steps" in node.exit_message


def test_failed_segment_hands_on_its_message(engine, wrapped_code):
    _, node = run({**engine, "code": wrapped_code("s/^pair_style eam$/pair_style nonsense/")})
    assert node.exit_status == 300
    assert "Unrecognized pair style 'nonsense'" in node.exit_message


def test_unphysical_segment_is_told_apart(engine, wrapped_code):
    _, node = run({**engine, "code": wrapped_code("s/^velocity all create 2200/velocity all create 22000/")})
    assert node.exit_status == 372
    assert "2200 K was asked for" in node.exit_message


def test_options_reach_the_job(engine):
    options = orm.Dict({"max_wallclock_seconds": 100, "environment_variables": {"OMP_NUM_THREADS": "1"}})
    _, node = run({**engine, "options": options}, n_steps=10)
    assert node.is_finished_ok
    (segment,) = node.called
    assert segment.get_option("max_wallclock_seconds") == 100
    assert "timer timeout 95 every 10" in segment.base.repository.get_object_content("lammps.in")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda engine: {"files": {}}, "Cu_u3.eam, Ni_u3.eam is missing"),
        (lambda engine: {"potential": orm.Dict({"pair_style": "lj/cut"})}, r"pair_style: 'lj/cut' is refused"),
        (lambda engine: {"options": orm.Dict({"max_wallclock": 10})}, "Did you mean 'max_wallclock_seconds'"),
        (lambda engine: {"options": orm.Dict({"max_wallclock_seconds": "1h"})}, "'1h' is refused"),
        (lambda engine: {"options": orm.Dict({"parser_name": "x"})}, r"options\.parser_name: 'x' is refused"),
        (lambda engine: {"files": {**engine["files"], "Cu": _nickel_named_copper(engine)}}, "begins with 29"),
    ],
)
def test_engine_input_is_refused_before_submission(engine, change, message):
    with pytest.raises(ValueError, match=message):
        run({**engine, **change(engine)})


def _nickel_named_copper(engine):
    return orm.SinglefileData.from_string(engine["files"]["Ni"].get_content(), filename="Cu_u3.eam")


def test_run_settings_are_checked_before_submission(engine):
    with pytest.raises(ValueError, match=r"md\.segment_steps: 25 is refused: it is not a multiple"):
        run(engine, segment_steps=25)


def test_engine_inputs_are_restricted_to_the_elements(engine):
    cls = WorkflowFactory("matal.md.lammps")
    restricted = cls.restrict_engine_inputs(engine, ["Ag"])
    assert list(restricted["files"]) == ["Ag"]
    assert restricted["potential"].get_dict() == {"pair_style": "eam", "files": {"Ag": "Ag_u3.eam"}}
    assert cls.restrict_engine_inputs(restricted, ["Ag"])["potential"] is restricted["potential"]
    cls.check_engine_inputs(engine, ["Ag", "Ni"])
    with pytest.raises(InputError, match="element Zr has no file"):
        cls.check_engine_inputs(engine, ["Zr"])
    with pytest.raises(InputError, match=r"engine\.code: '\(missing\)' is refused"):
        cls.check_engine_inputs({"potential": engine["potential"]}, ["Ag"])
