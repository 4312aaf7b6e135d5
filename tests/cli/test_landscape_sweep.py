"""Unbiased Monte Carlo by command in the daemon, and its files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from aiida.orm import CalcJobNode, load_node

EXAMPLES = Path(__file__).parents[2] / "examples" / "free_energy"
FAST = ["--repeats", "1,1,1", "--passes", 200, "--equilibration", 50]


@pytest.fixture
def sweep(run_command, task_code):
    """Return a function that runs `landscape sweep` on the zig-zag example, on cells that take no time."""

    def run(*arguments, file=EXAMPLES / "zigzag.yaml", exit_code=0):
        options = [*FAST, "--code", task_code.full_label, *arguments]
        return run_command("landscape", "sweep", file, *options, exit_code=exit_code)

    return run


def test_sweep_is_followed_written_and_written_again(sweep, run_command, tmp_path, started_daemon_client):
    folder = tmp_path / "sweep"
    text = sweep("--temperature", 500, "--mu", "-0.1:0.1:0.1", "--threads", 2, "--watch", "-o", folder).stdout
    pk = int(text.split()[1])
    assert "1 of 1 jobs have ended" in text
    assert "5 conditions, " in text
    frame = pd.read_csv(folder / "averages.csv", skiprows=[1])
    assert frame["mu"].tolist() == [-0.1, 0.0, 0.1, 0.0, -0.1]
    assert frame["branch"].tolist() == ["up"] * 3 + ["down"] * 2
    assert set(frame["temperature"]) == {500.0}
    node = load_node(pk)
    np.testing.assert_allclose(frame["eta_0"], node.outputs.averages.table["eta_0"])
    assert node.get_option("resources")["num_cores_per_mpiproc"] == 2
    settings = node.inputs.settings.get_dict()
    assert (settings["along"], settings["passes"], settings["equilibration_passes"]) == ("field", 200, 50)

    again = tmp_path / "again"
    run_command("landscape", "sweep", "--show", pk, "-o", again)
    for name in ("averages.csv", "sweep.svg"):
        assert (again / name).read_text() == (folder / name).read_text()
    refused = run_command("landscape", "sweep", "--show", pk, "-o", again, exit_code=2).output
    assert "it exists and is not empty" in refused


def test_sweep_of_temperatures_is_left_to_the_daemon(sweep, run_command, started_daemon_client):
    text = sweep("--temperature", "400:600:100", "--canonical", 0.5).stdout
    pk = int(text.split()[1])
    node = load_node(pk)
    assert isinstance(node, CalcJobNode)
    settings = node.inputs.settings.get_dict()
    assert (settings["along"], settings["ensemble"]) == ("temperature", "canonical")
    assert settings["temperatures"] == [400.0, 500.0, 600.0]
    assert f"aiida-matal landscape sweep --show {pk}" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--temperature", "300", "--mu", "0:1"], "--mu: '0:1' is refused: it is no number and no range"),
        (["--temperature", "-1", "--mu", "0"], "sweep.temperatures.0: -1.0 is refused"),
        (["--temperature", "300", "--canonical", "1.5"], "a composition is below 0 or above 1"),
        (["--temperature", "300", "--mu", "0", "--repeats", "2,2"], "--repeats: '2,2' is refused"),
        (["--temperature", "300", "--mu", "0", "--code", "none@localhost"], "the profile has no such code"),
    ],
)
def test_refused_option_is_one_line(sweep, arguments, message):
    output = sweep(*arguments, exit_code=2).output
    assert message in output
    assert len(output.splitlines()) == 1


def test_file_that_is_no_system_is_one_line(sweep, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("crystal: {}\n")
    output = sweep("--temperature", "300", "--mu", "0", file=path, exit_code=2).output
    assert "bad.yaml" in output
    assert len(output.splitlines()) == 1


@pytest.mark.parametrize("arguments", [["--mu", "0"], ["--temperature", "300"], ["--mu", "0", "--canonical", "0.5"]])
def test_missing_or_contradictory_conditions_end_with_the_usage(sweep, arguments):
    assert "Give --temperature, and either --mu or --canonical." in sweep(*arguments, exit_code=2).output


def test_only_sweeps_are_shown(run_command, task_code):
    node = CalcJobNode(process_type="aiida.calculations:matal.train")
    node.set_process_label("TrainCalculation")
    node.store()
    output = run_command("landscape", "sweep", "--show", node.pk, exit_code=2).output
    assert "it is a TrainCalculation" in output
    assert "Give either FILE or --show PK." in run_command("landscape", "sweep", exit_code=2).output
