"""The command that draws free-energy landscapes."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from aiida.common.links import LinkType
from aiida.orm import CalcJobNode, Int, WorkChainNode

from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.monte_carlo.sweep import sweep_columns
from aiida_matal.science.landscape.phase_diagram import PhaseSettings, find_phases
from aiida_matal.science.landscape.system import read_system
from aiida_matal.science.table import Table
from tests.landscape_campaigns import store_campaign

SYSTEM = Path(__file__).parents[2] / "examples" / "free_energy" / "fcc_l10.yaml"


@pytest.fixture(scope="module")
def fcc():
    return read_system(SYSTEM)


@pytest.fixture
def campaign(fcc, localhost):
    return store_campaign(fcc, localhost, "walk")


@pytest.fixture
def diagram(fcc, aiida_profile):
    """A phase diagram of one temperature."""
    settings = PhaseSettings(composition_step=0.05, order_step=0.1)
    phases = find_phases(MeanFieldModel(fcc, 400.0), fcc, 400.0, settings)
    node = WorkChainNode(process_type="aiida.workflows:matal.phase_diagram").store()
    for name, table in (("phase_diagram", phases.boundaries), ("curves", phases.curve)):
        TableData(table).store().base.links.add_incoming(node, LinkType.RETURN, name)
    return node


@pytest.fixture
def sweep(fcc, localhost):
    columns = sweep_columns(fcc.d, "semi_grand_canonical")
    other = {"branch": np.array(["up"]), "equilibrated": np.array([True]), "n_passes": np.array([9])}
    node = CalcJobNode(process_type="aiida.calculations:matal.sweep", computer=localhost).store()
    averages = TableData(Table(dict.fromkeys(columns, np.array([0.5])) | other, columns))
    averages.base.links.add_incoming(node, LinkType.CREATE, "averages")
    averages.store()
    return node


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_all_figures_of_campaign_diagram_and_sweep(run_command, tmp_path, campaign, diagram, sweep):
    pks = (campaign.pk, diagram.pk, sweep.pk, campaign.uuid)
    text = run_command("landscape", "figures", *pks, "-o", tmp_path / "out").stdout
    assert names(tmp_path / "out") == [
        "composition_potential.svg",
        "error_by_region.svg",
        "error_by_round.svg",
        "errors.csv",
        "free_energy_curves.svg",
        "phase_diagram.svg",
        "points_by_criterion.svg",
        "slice_near.svg",
        "slice_orders.svg",
        "slice_whole.svg",
    ]
    assert "not drawn" not in text


def test_campaigns_are_compared(run_command, tmp_path, campaign, fcc, localhost):
    other = store_campaign(fcc, localhost, "high error", seeds=(99,))
    options = ("-o", tmp_path, "--names", "points_by_criterion,error_by_region,phase_diagram", "--format", "png")
    text = run_command("landscape", "figures", campaign.pk, other.pk, *options).stdout
    numbered = [f"points_by_criterion_{node.pk}.png" for node in (campaign, other)]
    assert names(tmp_path) == sorted(["error_by_region.png", "errors.csv", *numbered])
    assert "phase_diagram  there is no phase diagram" in text
    header, units, first, second = csv.reader((tmp_path / "errors.csv").read_text().splitlines())
    assert header == ["campaign", "round", "training", "test", "BW", "wells"]
    assert units[2:] == ["(0.01 eV)^2"] * 4
    assert (first[0], second) == ("walk", ["high error", "0", "0.0", "0.0", "0.0", "0.0"])
    assert f"{float(first[3]):.4g}" in text
    refused = run_command("landscape", "figures", campaign.pk, other.pk, *options, exit_code=2).output
    assert "the file exists" in refused
    run_command("landscape", "figures", campaign.pk, other.pk, *options, "--force")


def test_what_is_not_there_yet_is_said(run_command, tmp_path, fcc, localhost):
    begun = store_campaign(fcc, localhost, seeds=())
    text = run_command("landscape", "figures", begun.pk, "-o", tmp_path).stdout
    assert text.startswith("Nothing can be drawn.")
    assert text.count("there is no model") == 5
    assert "there are no labels of a campaign" in text
    assert names(tmp_path) == []


def test_bad_arguments_are_refused(run_command, tmp_path, campaign):
    folder = tmp_path / "out"
    assert (
        "There are: slice_near,"
        in run_command("landscape", "figures", campaign.pk, "--names", "map", "-o", folder, exit_code=2).output
    )
    node = Int(1).store()
    assert "it is a Int" in run_command("landscape", "figures", node.pk, "-o", folder, exit_code=2).output
    assert not folder.exists()
