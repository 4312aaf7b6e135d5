from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from aiida import orm
from aiida.engine import run_get_node
from ase.build import bulk

from aiida_matal.science.errors import InputError
from aiida_matal.science.seeds import derive_seed
from aiida_matal.workflows.md.ase import AseMdWorkChain

MD = {"temperature": 1800.0, "timestep": 2.0, "n_steps": 30, "sample_every": 5, "seed": 7}


def copper_nickel():
    atoms = bulk("Cu", "fcc", a=3.75, cubic=True).repeat((2, 1, 1))
    atoms.symbols[4:] = "Ni"
    return orm.StructureData(ase=atoms)


@pytest.fixture
def engine(task_code):
    return {"code": task_code, "calculator": orm.Dict({"name": "emt"})}


@pytest.fixture
def killed_code(aiida_code_installed, localhost, task_code, tmp_path):
    """The worker, killed in the first segment as soon as it has written some states."""
    script = tmp_path / "worker.sh"
    script.write_text(
        f"""#!/bin/bash
{task_code.filepath_executable} "$@" &
if grep -q '"seed": 7,' task.json; then
    until [ "$(stat -c %s states.bin 2>/dev/null || echo 0)" -gt 1500 ]; do sleep 0.02; done
    kill -9 $!
fi
wait
"""
    )
    script.chmod(0o755)
    return aiida_code_installed(computer=localhost, filepath_executable=str(script))


def run(engine, **md):
    return run_get_node(AseMdWorkChain, structure=copper_nickel(), md=orm.Dict({**MD, **md}), engine=engine)


def check_continuity(segments):
    """Check that each segment starts where the one before it ended."""
    for before, after in pairwise(segments):
        start = [site.position for site in before.outputs.final_structure.sites]
        np.testing.assert_allclose(after.outputs.trajectory.get_positions()[0], start, atol=1e-9)
        velocities = before.outputs.final_velocities.get_array("velocities")
        np.testing.assert_array_equal(after.inputs.velocities.get_array("velocities"), velocities)
        kinetic = 0.5 * 103.642696 * np.sum(masses_of(before.outputs.final_structure)[:, None] * velocities**2)
        assert after.outputs.trajectory.get_array("energy_kinetic")[0] == pytest.approx(kinetic, rel=1e-6)


def masses_of(structure):
    return np.array([structure.get_kind(site.kind_name).mass for site in structure.sites])


def test_segments_continue_one_another_without_a_repeated_or_lost_frame(engine):
    options = orm.Dict({"max_wallclock_seconds": 100})
    hot = {"temperature": 2500.0, "n_steps": 10}
    outputs, node = run({**engine, "options": options}, segment_steps=15, hot_start=hot)
    assert node.is_finished_ok
    called = {link.link_label: link.node for link in node.base.links.get_outgoing().all() if link.node in node.called}
    assert sorted(called) == ["join_segments", "segment_00", "segment_01"]
    segments = [called["segment_00"], called["segment_01"]]
    trajectory = outputs["trajectory"]
    assert trajectory.get_stepids().tolist() == [0, 5, 10, 15, 20, 25]
    assert trajectory.get_times().tolist() == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    check_continuity(segments)
    steps = np.abs(np.diff(trajectory.get_positions(), axis=0)).max(axis=(1, 2))
    assert np.all((steps > 0.01) & (steps < 1.0))
    assert [segment.inputs.md["seed"] for segment in segments] == [7, derive_seed(7, 1)]
    assert [segment.inputs.md["hot_start"] is None for segment in segments] == [False, True]
    assert segments[0].get_option("max_wallclock_seconds") == 100
    assert outputs["final_structure"].uuid == segments[1].outputs.final_structure.uuid
    summary = outputs["summary"].get_dict()
    assert (summary["n_frames"], summary["steps_done"], summary["n_segments"]) == (6, 30, 2)


def test_segment_that_is_killed_keeps_its_frames_and_is_continued(engine, killed_code):
    outputs, node = run({**engine, "code": killed_code}, n_steps=400)
    assert node.is_finished_ok
    first, second = (child for child in node.called if child.process_label == "AseMdCalculation")
    assert first.exit_status == 370
    n_kept = first.outputs.results["n_frames"]
    assert 0 < n_kept < 80
    assert second.inputs.md["n_steps"] == 400 - 5 * n_kept
    assert outputs["trajectory"].get_stepids().tolist() == list(range(0, 400, 5))
    check_continuity([first, second])


def test_engine_input_is_refused_before_submission(engine):
    calculator = orm.Dict({"name": "lennard_jones", "settings": {"epsilon": 0.1}})
    with pytest.raises(ValueError, match=r"calculator settings\.sigma: '\(missing\)' is refused"):
        run({**engine, "calculator": calculator})
    with pytest.raises(InputError, match="it does not know Zr"):
        AseMdWorkChain.check_engine_inputs(engine, ["Zr"])
    with pytest.raises(InputError, match=r"engine\.code: '\(missing\)' is refused"):
        AseMdWorkChain.check_engine_inputs({"calculator": engine["calculator"]}, ["Cu"])


def test_campaign_file_gives_the_inputs_of_the_engine(engine, tmp_path):
    values = {
        "code": engine["code"].full_label,
        "calculator": {"name": "lennard_jones", "settings": {"epsilon": 0.1, "sigma": 2.3, "cutoff": 6.0}},
        "options": {"max_wallclock_seconds": 60},
    }
    inputs = AseMdWorkChain.inputs_from_file(values, ["Ar", "Kr"], tmp_path)
    assert inputs["code"].uuid == engine["code"].uuid
    assert inputs["calculator"].get_dict() == values["calculator"]
    assert inputs["options"].get_dict() == values["options"]
    assert set(AseMdWorkChain.restrict_engine_inputs(inputs, ["Ar"])) == {"code", "calculator", "options"}
    with pytest.raises(InputError, match=r"engine\.calculater"):
        AseMdWorkChain.inputs_from_file({**values, "calculater": {}}, ["Ar"], tmp_path)
    with pytest.raises(InputError, match="the profile has no such code"):
        AseMdWorkChain.inputs_from_file({**values, "code": "nowhere@localhost"}, ["Ar"], tmp_path)
