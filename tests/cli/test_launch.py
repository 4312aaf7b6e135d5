from __future__ import annotations

import json

import pytest
import yaml
from aiida.engine import ProcessState

CAMPAIGN = {
    "campaign": "enthalpy",
    "protocol": "quick",
    "elements": ["Cu", "Ni"],
    "engine": {
        "name": "lammps",
        "potential": {"pair_style": "eam", "files": {"Cu": "Cu_u3.eam", "Ni": "Ni_u3.eam"}},
    },
    "overrides": {"seed": 3},
}


@pytest.fixture
def campaign_file(tmp_path, task_code, lammps_code):
    """Return a function that writes a campaign file with some entries changed."""

    def write(**changes):
        engine = {**CAMPAIGN["engine"], "code": lammps_code.full_label, **changes.pop("engine", {})}
        values = {**CAMPAIGN, "worker": task_code.full_label, "engine": engine, **changes}
        path = tmp_path / "campaign.yaml"
        path.write_text(yaml.safe_dump(values))
        return path

    return write


def test_dry_run_shows_all_inputs_and_submits_nothing(run_command, campaign_file):
    result = run_command("campaign", "launch", campaign_file(), "--dry-run")
    inputs, forecast = result.output.split("Forecast\n")
    assert "first round" in forecast
    shown = yaml.safe_load(inputs)["inputs"]
    assert shown["seed"] == 3
    assert shown["space"]["elements"] == ["Cu", "Ni"]
    assert shown["oracle"]["engine"]["files"] == {"file_0": "Cu_u3.eam", "file_1": "Ni_u3.eam"}
    assert shown["oracle"]["settings"]["liquid"]["n_atoms"] == 108
    assert shown["stopping"] == {"max_rounds": {"rounds": 4}}


def test_dry_run_forecasts_the_campaign_of_the_file(run_command, campaign_file):
    result = run_command("campaign", "launch", campaign_file(), "--dry-run", "--json")
    printed = json.loads(result.output)
    assert printed["inputs"]["seed"] == 3
    forecast = printed["forecast"]
    assert (forecast["first_round"]["candidates"], forecast["first_round"]["pure_liquids"]) == (3, 2)
    assert forecast["first_round"]["least_steps"] == 5 * 6000
    assert (forecast["later_round"], forecast["campaign"]["n_rounds"]) == (None, 1)
    assert (forecast["ends_by"], forecast["exponents"]) == ("pool_exhausted", [1.0, 1.0])


def test_limits_of_the_file_end_the_forecast(run_command, campaign_file):
    overrides = {"start_design": {"batch_size": 1}, "selection": {"batch_size": 1}}
    limited = {**overrides, "stopping": {"max_rounds": None, "max_labels": {"labels": 2}}}
    result = run_command("campaign", "launch", campaign_file(overrides=limited), "--dry-run", "--json")
    forecast = json.loads(result.output)["forecast"]
    assert (forecast["campaign"]["n_rounds"], forecast["ends_by"]) == (2, "max_labels")
    assert (forecast["later_round"]["candidates"], forecast["later_round"]["pure_liquids"]) == (1, 0)


@pytest.mark.usefixtures("stopped_daemon")
def test_launch_says_what_the_first_round_will_take_before_it_submits(run_command, campaign_file):
    result = run_command("campaign", "launch", campaign_file(), exit_code=1)
    line, refusal = result.output.splitlines()[:2]
    assert line.startswith("forecast of the first round: 3 alloy and at most 2 pure liquids, ")
    assert "Nothing was submitted" in refusal


def test_campaign_of_a_file_is_submitted_to_the_daemon(run_command, campaign_file, started_daemon_client):
    from aiida.engine.processes.control import kill_processes
    from aiida.orm import load_node

    result = run_command("campaign", "launch", campaign_file(), "--json")
    printed = json.loads(result.output)
    node = load_node(printed["pk"])
    assert (node.uuid, node.process_label) == (printed["uuid"], "EnthalpyCampaign")
    assert node.process_state is not ProcessState.EXCEPTED
    kill_processes([node], timeout=30)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"elements": ["Cu", "Xx"]}, "campaign.yaml.elements: ['Cu', 'Xx'] is refused: it holds 'Xx', which is no"),
        ({"element": ["Cu"]}, "campaign.yaml.element: ['Cu'] is refused: the key is unknown. Did you mean 'elements'?"),
        ({"protocol": "fast"}, "protocol: 'fast' is refused: it is unknown. Protocols: balanced, quick, bizot2025."),
        ({"worker": "nothing@localhost"}, "worker: 'nothing@localhost' is refused: the profile has no such code"),
        ({"engine": {"code": "nothing@localhost"}}, "engine.code: 'nothing@localhost' is refused"),
        ({"engine": {"name": "gromacs"}}, "engine_name: 'matal.md.gromacs' is refused: there is no such MD engine"),
        ({"engine": {"folder": "nowhere"}}, "engine.potential: 'Cu_u3.eam' is refused: there is no such file"),
        ({"engine": {"cores": 4}}, "engine.cores: 4 is refused: the key is unknown"),
        ({"overrides": {"space": {"compositions": [1.5]}}}, "space.compositions.0: 1.5 is refused"),
        ({"overrides": {"oracle": {"liquid": {"production_steps": 0}}}}, "production_steps: 0 is refused"),
        ({"overrides": {"roundz": 3}}, "overrides.roundz: 3 is refused: the key is unknown"),
    ],
)
def test_refused_input_is_one_line_with_field_value_and_cure(run_command, campaign_file, changes, message):
    result = run_command("campaign", "launch", campaign_file(**changes), "--dry-run", exit_code=2)
    assert message in " ".join(result.output.split())
    assert "Traceback" not in result.output


@pytest.mark.parametrize("content", ["- a list", "campaign: [unclosed", "!!python/object/apply:os.system ['true']"])
def test_files_that_are_no_campaign_are_refused(run_command, tmp_path, content):
    path = tmp_path / "campaign.yaml"
    path.write_text(content)
    result = run_command("campaign", "launch", path, exit_code=2)
    assert "is refused" in result.output
