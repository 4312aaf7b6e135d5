"""The commands over one real campaign that has finished."""

from __future__ import annotations

import json

import pytest

from aiida_matal.cli import campaign_continue


@pytest.fixture
def submitted(monkeypatch):
    """What would have been submitted."""
    builders = []

    def submit(builder):
        builders.append(builder)
        return type("Node", (), {"pk": 99, "uuid": "abc"})

    monkeypatch.setattr(campaign_continue, "submit_campaign", submit)
    return builders


def test_campaign_is_listed_shown_watched_and_reported(run_command, campaign, tmp_path):
    listed = {row["pk"]: row for row in json.loads(run_command("campaign", "list", "--json").stdout)}
    assert (listed[campaign.pk]["n_labels"], len(listed[campaign.pk]["rounds"])) == (2, 2)
    assert str(campaign.pk) in run_command("campaign", "list").stdout

    text = run_command("campaign", "status", campaign.uuid).stdout
    assert f"aiida-matal campaign extend {campaign.pk}" in text
    assert "2 labels, 1 failed or rejected, 1 core-hours" in text
    status = json.loads(run_command("campaign", "status", campaign.pk, "--json").stdout)
    assert [(row["n_chosen"], row["ok"], row["failed"]) for row in status["rounds"]] == [(3, 2, 1), (None, 0, 0)]

    watched = run_command("campaign", "watch", campaign.pk).stdout.splitlines()
    assert len(watched) == 1
    assert watched[0].startswith(f"campaign {campaign.pk} finished")

    report = tmp_path / "report.html"
    run_command("campaign", "report", campaign.pk, "--output", report)
    assert campaign.uuid in report.read_text()
    assert "the file exists" in run_command("campaign", "report", campaign.pk, "-o", report, exit_code=2).output
    run_command("campaign", "report", campaign.pk, "-o", report, "--force")


def test_campaign_is_extended_and_forked(run_command, campaign, submitted, tmp_path):
    assert "watch 99" in run_command("campaign", "extend", campaign.pk, "--rounds", "2").stdout
    assert submitted[0].stopping["max_rounds"] == {"rounds": 3}
    assert submitted[0].dataset.uuid == campaign.outputs.dataset.uuid
    run_command("campaign", "fork", campaign.pk, "--round", "0", "--seed", "7")
    assert submitted[1].seed.value == 7
    assert "no such round" in run_command("campaign", "fork", campaign.pk, "--round", "5", exit_code=2).output
    assert "nothing to extend" in run_command("campaign", "extend", campaign.pk, "--rounds", "0", exit_code=2).output
    changes = tmp_path / "sampling.yaml"
    for text, message in (("novelty: {threshold: r2}", "chooses from a pool"), ("3", "it holds no keys")):
        changes.write_text(text)
        options = ("--round", "0", "--sampling", changes)
        assert message in run_command("campaign", "fork", campaign.pk, *options, exit_code=2).output
    assert len(submitted) == 2


@pytest.mark.parametrize("command", ["status", "watch", "report"])
def test_unknown_campaign_is_refused_in_one_line(run_command, command):
    output = run_command("campaign", command, "987654321", exit_code=2).output
    assert "there is no such node" in output
    assert len(output.splitlines()) == 1


def test_profile_without_campaigns_says_how_to_launch_one(run_command, aiida_profile_clean):
    assert "campaign launch --help" in run_command("campaign", "list").stdout
    assert json.loads(run_command("campaign", "list", "--json").stdout) == []
