"""The command that makes phase diagrams."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from aiida.engine import run_get_node

from aiida_matal.cli import submission
from aiida_matal.science.landscape.system import read_system
from tests.landscape_campaigns import store_campaign

EXAMPLES = Path(__file__).parents[2] / "examples" / "free_energy"


@pytest.fixture(scope="module")
def fcc():
    return read_system(EXAMPLES / "fcc_l10.yaml")


@pytest.fixture
def submitted(monkeypatch):
    """What is submitted is kept, and nothing is run."""
    builders = []

    def submit(builder):
        builders.append(builder)
        raise RuntimeError("submitted")

    monkeypatch.setattr(submission, "submit_campaign", submit)
    return builders


def test_phases_of_campaigns_that_were_run(run_command, tmp_path, monkeypatch, task_code, fcc, localhost):
    monkeypatch.setattr(submission, "submit_campaign", lambda builder: run_get_node(builder)[1])
    campaigns = [
        store_campaign(fcc, localhost, temperature=kelvin, seeds=(seed,)) for kelvin, seed in ((500.0, 1), (300.0, 2))
    ]
    pks = ",".join(str(campaign.pk) for campaign in campaigns)
    options = ("--code", task_code.full_label, "--watch", "-o", tmp_path / "out")
    run_command("landscape", "phase-diagram", "--campaigns", pks, *options)
    files = ["curves.csv", "free_energy_curves.svg", "phase_diagram.csv", "phase_diagram.svg"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == files
    temperatures = [line.split(",")[0] for line in (tmp_path / "out" / "curves.csv").read_text().splitlines()[2:]]
    assert list(dict.fromkeys(temperatures)) == ["300.0", "500.0"]


def test_a_campaign_file_gives_a_campaign_at_each_temperature(run_command, tmp_path, submitted, task_code):
    content = {"campaign": "free_energy", "system": str(EXAMPLES / "fcc_l10.yaml"), "worker": task_code.full_label}
    file = tmp_path / "campaign.yaml"
    file.write_text(yaml.safe_dump(content))
    options = ("--tolerance", "1e-4", "--order", "L1_2=1,1,1")
    run_command("landscape", "phase-diagram", file, "--temperatures", "280:320:20", *options, exit_code=1)
    (builder,) = submitted
    assert builder.temperatures.get_list() == [280.0, 300.0, 320.0]
    assert builder.settings.get_dict() == {"tolerance": 1e-4, "orders": {"L1_2": [1.0, 1.0, 1.0]}}
    assert builder.code.uuid == task_code.uuid
    assert builder.campaign["oracle"]["settings"]["temperature"] == 300.0


def test_campaigns_of_two_systems_are_refused(run_command, submitted, task_code, fcc, localhost):
    other = read_system(EXAMPLES / "zigzag.yaml")
    pks = f"{store_campaign(fcc, localhost, seeds=(1,)).pk},{store_campaign(other, localhost, seeds=()).pk}"
    output = run_command("landscape", "phase-diagram", "--campaigns", pks, exit_code=2).output
    assert "its system is not that of the first" in output
    assert not submitted


def test_orders_of_another_system_are_refused(run_command, submitted, task_code, fcc, localhost):
    campaign = store_campaign(fcc, localhost, seeds=(1,)).pk
    options = ("--campaigns", campaign, "--code", task_code.full_label, "--order", "L1_2=1,1")
    output = run_command("landscape", "phase-diagram", *options, exit_code=2).output
    assert "settings.orders.L1_2: [1.0, 1.0] is refused" in output
    assert not submitted


@pytest.mark.parametrize(
    "options",
    [(), ("--campaigns", "1", "--show", "2"), ("--campaigns", "1", "--temperatures", "300")],
)
def test_options_that_do_not_go_together_are_refused(run_command, options):
    assert "Give " in run_command("landscape", "phase-diagram", *options, exit_code=2).output


def test_only_phase_diagrams_are_shown(run_command, fcc, localhost):
    campaign = store_campaign(fcc, localhost, seeds=())
    output = run_command("landscape", "phase-diagram", "--show", campaign.pk, exit_code=2).output
    assert "no phase diagram" in output
