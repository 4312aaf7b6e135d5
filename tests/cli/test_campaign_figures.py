"""The command that writes figures, over predictions of binaries."""

from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.data.table import TableData
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.science.table import Column

ELEMENTS = ["Al", "Cu", "Ir", "Ni", "Ti"]
QUICK = "error_map,extremum_density,extremum_trend,extremum_parity"


@pytest.fixture
def predictions(aiida_profile):
    """Return a function that stores predictions of ten systems, with or without errors."""

    def store(shift=0.0, error=1.0):
        space = MixingSpace(elements=ELEMENTS, compositions=[0.5], temperature=2000.0)
        points = mixing_pool(space).select(["id", "system", "element_a", "element_b", "x_b"])
        arrays = {"predicted": np.arange(10.0) + shift, "predicted_error": np.full(10, error)}
        columns = {name: Column(name, "kJ/mol") for name in arrays}
        return TableData(points.with_columns(arrays, columns), role="predictions").store()

    return store


def test_figures_are_written_and_the_others_explained(run_command, predictions, tmp_path):
    before, after = predictions(), predictions(2.0)
    options = ("--only", QUICK, "-o", tmp_path / "figures")
    chosen = (*options, "--before", before.pk, "--elements", "Ir,Ti")
    text = run_command("campaign", "figures", after.pk, *chosen).stdout
    written = sorted(path.name for path in (tmp_path / "figures").iterdir())
    assert written == ["error_map.svg", "extremum_density.svg", "extremum_trend.svg"]
    assert all(name in text for name in written)
    assert "extremum_parity  no model was cross-validated" in text
    refused = run_command("campaign", "figures", after.pk, *chosen, exit_code=2).output
    assert "the file exists" in refused
    run_command("campaign", "figures", after.pk, *chosen, "--force")


def test_missing_options_and_errors_are_reasons(run_command, predictions, tmp_path):
    node = predictions(error=np.nan)
    text = run_command("campaign", "figures", node.uuid, "--only", QUICK, "-o", tmp_path).stdout
    assert text.startswith("No figure can be drawn.")
    for reason in ("neither scores by gp_variance nor standard errors", "(--before)", "(--elements)"):
        assert reason in text


@pytest.mark.parametrize("suffix", ["png", "pdf"])
def test_other_formats(run_command, predictions, tmp_path, suffix):
    run_command("campaign", "figures", predictions().pk, "--only", "error_map", "-o", tmp_path, "--format", suffix)
    assert [path.name for path in tmp_path.iterdir()] == [f"error_map.{suffix}"]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        (("--only", "map"), "There are: error_map,"),
        (("--elements", "W,Xx"), "'Xx'"),
        (("--elements", ","), "it names nothing"),
        (("--before", "987654321"), "no such table"),
    ],
)
def test_bad_options_are_refused(run_command, predictions, tmp_path, options, reason):
    folder = tmp_path / "figures"
    output = run_command("campaign", "figures", predictions().pk, "-o", folder, *options, exit_code=2).output
    assert reason in output
    assert not folder.exists()


def test_unknown_node_is_refused(run_command):
    assert "there is no such node" in run_command("campaign", "figures", 987654321, exit_code=2).output
