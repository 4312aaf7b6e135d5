"""The CalcJob that samples points of a free-energy landscape by biased Monte Carlo."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiida.engine import CalcJobProcessSpec
from aiida.orm import Dict

from aiida_matal.calculations.landscape.resumable import ResumableCalculation, ResumableParser
from aiida_matal.data.table import TableData
from aiida_matal.science.landscape.columns import WANTED, dimension
from aiida_matal.science.landscape.umbrella_labels import POINTS_FILE, labels_so_far
from aiida_matal.science.table import Table


class UmbrellaCalculation(ResumableCalculation):
    """Sample the points of a table by Monte Carlo, each held near its place by a bias on its order parameters.

    If the job is killed, the labels of the points that it came to are an output all the same.
    """

    task_name = "umbrella"
    table_inputs = ("candidates",)
    retrieved = ("labels.npz", POINTS_FILE)

    @classmethod
    def define(cls, spec: CalcJobProcessSpec) -> None:
        """Define inputs and outputs."""
        super().define(spec)
        spec.inputs["metadata"]["options"]["parser_name"].default = "matal.umbrella"
        spec.input("candidates", valid_type=TableData, help="The points to sample: id, wanted_eta_0, ..., kappa_0, ...")
        spec.input("settings", valid_type=Dict, help="Temperature, cell, bias, length and seed (UmbrellaSettings).")
        spec.output("labels", valid_type=TableData, help="One label a point: eta, mu, their errors, status, reason.")

    def settings(self) -> dict[str, Any]:
        """Return system, settings of the sampling and number of threads."""
        return {**super().settings(), "umbrella": self.inputs.settings.get_dict()}


class UmbrellaParser(ResumableParser):
    """Attach the labels."""

    table = "labels"
    role = "labels"
    what = "points"

    def read_done(self, folder: Path) -> Table:
        """Return the labels of the points that were sampled."""
        candidates = self.node.inputs.candidates.table
        return labels_so_far(candidates, dimension(candidates, WANTED), folder / POINTS_FILE)

    def n_wanted(self) -> int:
        """Return how many points there are."""
        return len(self.node.inputs.candidates)
