"""Find what free-energy campaigns, phase diagrams and sweeps have to draw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from aiida.orm import Node, ProcessNode
from matplotlib.figure import Figure

from aiida_matal.figures.landscape_errors import error_by_round_figure, error_table_figure, points_by_criterion_figure
from aiida_matal.figures.landscape_phases import (
    composition_potential_figure,
    free_energy_curves_figure,
    phase_diagram_figure,
)
from aiida_matal.figures.landscape_slices import slices_figure
from aiida_matal.provenance.campaigns import FREE_ENERGY
from aiida_matal.provenance.landscape_campaigns import LandscapeCampaign, error_table, landscape_campaigns
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.sampling.known_regions import disordered_state
from aiida_matal.science.landscape.slices import Window, plane_slice
from aiida_matal.science.table import Table

PHASE_DIAGRAM = "aiida.workflows:matal.phase_diagram"
SWEEP = "aiida.calculations:matal.sweep"
#: How far from the composition of the ordering the slice near it goes, as published.
_NEAR = 0.05

Figures = dict[str, Figure]


@dataclass(frozen=True)
class LandscapeNodes:
    """What there is to draw."""

    campaigns: list[LandscapeCampaign]
    phase_diagrams: list[ProcessNode]
    sweeps: list[ProcessNode]

    @classmethod
    def of(cls, nodes: Sequence[Node]) -> LandscapeNodes:
        """Return what free-energy campaigns, phase diagrams and sweeps hold; each counts once.

        :raises InputError: if a node is something else.
        """
        kinds = (f"aiida.workflows:{FREE_ENERGY}", PHASE_DIAGRAM, SWEEP)
        for node in nodes:
            if not isinstance(node, ProcessNode) or node.process_type not in kinds:
                cure = "Give free-energy campaigns, phase diagrams or sweeps."
                what = node.process_label if isinstance(node, ProcessNode) else type(node).__name__
                raise InputError("PK|UUID", node.pk, f"it is a {what}", cure)
        different = {node.pk: node for node in nodes}.values()
        campaigns, diagrams, sweeps = ([node for node in different if node.process_type == kind] for kind in kinds)
        return cls(landscape_campaigns(campaigns), diagrams, sweeps)


def draw(name: str, nodes: LandscapeNodes) -> Figures:
    """Return the figures of one name of :data:`FIGURES`, by the name of their file without its end.

    :raises InputError: with the reason, if there is nothing to draw.
    """
    return FIGURES[name](nodes)


def _slices(name: str) -> Callable[[LandscapeNodes], Figures]:
    def figures(nodes: LandscapeNodes) -> Figures:
        known = [campaign for campaign in nodes.campaigns if campaign.models]
        _refuse_nothing(known, "there is no model of a campaign")
        slices = {
            campaign.name: plane_slice(campaign.model, campaign.system.polytope, _window(name, campaign))
            for campaign in known
        }
        return {f"slice_{name}": slices_figure(slices)}

    return figures


def _window(name: str, campaign: LandscapeCampaign) -> Window:
    """Return the part of the plane of a slice: Holber and Garikipati (2025), figures 6 to 9."""
    origin = disordered_state(campaign.system)
    largest = float(np.abs(campaign.system.order_parameters.variants[:, 1:]).max())
    order = (-largest, largest)
    if name == "orders":
        if campaign.system.d < 3:
            raise InputError("system", campaign.system.d, "there is one order parameter", "Draw the other slices.")
        return Window((1, 2), (order, order), origin)
    x = float(origin[0])
    limits = (max(x - _NEAR, 0.0), min(x + _NEAR, 1.0)) if name == "near" else (0.0, 1.0)
    return Window((0, 1), (limits, order), origin)


def _error_by_round(nodes: LandscapeNodes) -> Figures:
    known = [campaign for campaign in nodes.campaigns if campaign.models]
    _refuse_nothing(known, "there is no model of a campaign")
    training = {campaign.name: campaign.training_errors for campaign in known}
    return {"error_by_round": error_by_round_figure(training, {each.name: each.test_errors for each in known})}


def _error_by_region(nodes: LandscapeNodes) -> Figures:
    _refuse_nothing(nodes.campaigns, "no campaign is given")
    errors = error_table(nodes.campaigns)
    columns = [name for name in errors.names if name not in ("campaign", "round")]
    figure = error_table_figure(errors.matrix(columns), errors["campaign"].tolist(), columns)
    return {"error_by_region": figure}


def _points_by_criterion(nodes: LandscapeNodes) -> Figures:
    figures = {}
    known = [campaign for campaign in nodes.campaigns if campaign.dataset is not None]
    _refuse_nothing(known, "there are no labels of a campaign")
    for campaign in known:
        counts = _counts(campaign.dataset) if campaign.dataset is not None else {}
        _refuse_nothing(counts, "no point was labelled")
        figures[_numbered("points_by_criterion", campaign.node, known)] = points_by_criterion_figure(counts)
    return figures


def _counts(dataset: Table) -> dict[str, list[int]]:
    """Return by criterion how many points of status ok each round has; those given at the beginning are left out."""
    known = dataset.take((dataset["status"] == "ok") & (dataset["round"] >= 0))
    rounds = range(int(known["round"].max(initial=-1)) + 1)
    return {
        name: [int(((known["criterion"] == name) & (known["round"] == number)).sum()) for number in rounds]
        for name in np.unique(known["criterion"]).tolist()
    }


def _phase_diagram(nodes: LandscapeNodes) -> Figures:
    return {
        _numbered("phase_diagram", node, nodes.phase_diagrams): phase_diagram_figure(node.outputs.phase_diagram.table)
        for node in _with_phases(nodes)
    }


def _free_energy_curves(nodes: LandscapeNodes) -> Figures:
    return {
        _numbered("free_energy_curves", node, nodes.phase_diagrams): free_energy_curves_figure(
            node.outputs.curves.table, node.outputs.phase_diagram.table
        )
        for node in _with_phases(nodes)
    }


def _with_phases(nodes: LandscapeNodes) -> list[ProcessNode]:
    known = [node for node in nodes.phase_diagrams if "phase_diagram" in node.outputs]
    _refuse_nothing(known, "there is no phase diagram")
    return known


def _composition_potential(nodes: LandscapeNodes) -> Figures:
    sweeps = [node for node in nodes.sweeps if "averages" in node.outputs and "mu" in node.outputs.averages.table]
    _refuse_nothing(sweeps, "there is no sweep of chemical potentials")
    known = [campaign.dataset for campaign in nodes.campaigns if campaign.dataset is not None]
    _refuse_nothing(known, "there are no labels of a campaign")
    return {
        _numbered("composition_potential", node, sweeps): composition_potential_figure(
            node.outputs.averages.table, known[0]
        )
        for node in sweeps
    }


def _numbered(name: str, node: Node, others: Sequence[object]) -> str:
    """Return the name of a figure, with the pk of the node where there are several."""
    return name if len(others) == 1 else f"{name}_{node.pk}"


def _refuse_nothing(found: Sequence[object] | dict[str, list[int]], reason: str) -> None:
    if not found:
        raise InputError("PK|UUID", None, reason, "Give campaigns, phase diagrams or sweeps that have it.")


FIGURES: dict[str, Callable[[LandscapeNodes], Figures]] = {
    "slice_near": _slices("near"),
    "slice_whole": _slices("whole"),
    "slice_orders": _slices("orders"),
    "error_by_round": _error_by_round,
    "error_by_region": _error_by_region,
    "points_by_criterion": _points_by_criterion,
    "phase_diagram": _phase_diagram,
    "free_energy_curves": _free_energy_curves,
    "composition_potential": _composition_potential,
}
