"""Find what a node has to draw."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from aiida.orm import Data, Dict, Node, ProcessNode, load_node
from matplotlib.figure import Figure

from aiida_matal.data.table import TableData
from aiida_matal.provenance import mixing_figures
from aiida_matal.provenance.campaigns import CAMPAIGNS, find_rounds, newest
from aiida_matal.provenance.processes import STRATEGY_BENCHMARK, called, outputs_of
from aiida_matal.provenance.trainings import NESTED_TRAINING
from aiida_matal.science.errors import InputError
from aiida_matal.science.table import ID, Column, Table
from aiida_matal.workflows.nested_training import FINAL

#: Of how many elements trends and densities are drawn where none are named.
N_ELEMENTS = 4
_BINARY = ("system", "element_a", "element_b")


@dataclass(frozen=True)
class FigureNodes:
    """What there is to draw; None where there is nothing.

    :param errors: a decision, or predictions: standard deviations of points.
    :param pool: points, with their systems.
    :param predictions: of points, with their systems.
    :param before: predictions by an earlier model.
    :param elements: whose systems trends and densities show.
    """

    pool: TableData | None = None
    dataset: TableData | None = None
    errors: TableData | None = None
    predictions: TableData | None = None
    before: TableData | None = None
    elements: Sequence[str] | None = None
    parity: TableData | None = None
    elimination: TableData | None = None
    learner: Dict | None = None
    summary: TableData | None = None
    metrics: Dict | None = None

    @property
    def after(self) -> TableData | None:
        """Return the predictions that those before are compared with."""
        return self.predictions


class Recipe(NamedTuple):
    """A function that draws, what it needs and what it takes where there is some."""

    draw: Callable[..., Figure]
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()


FIGURES = {
    "error_map": Recipe(mixing_figures.error_map, ("pool", "errors"), ("dataset",)),
    "extremum_parity": Recipe(mixing_figures.extremum_parity, ("parity", "dataset")),
    "extremum_density": Recipe(mixing_figures.extremum_density, ("after", "before", "elements")),
    "extremum_trend": Recipe(mixing_figures.extremum_trend, ("predictions", "elements"), ("dataset",)),
    "p_q_histograms": Recipe(mixing_figures.p_q_histograms, ("pool",)),
    "feature_elimination": Recipe(mixing_figures.feature_elimination, ("elimination", "learner")),
    "strategy_benchmark": Recipe(mixing_figures.strategy_benchmark, ("summary", "metrics")),
    "cluster_choice": Recipe(mixing_figures.cluster_choice),
    "liquid_cluster_choice": Recipe(mixing_figures.liquid_cluster_choice),
    "group_map": Recipe(mixing_figures.group_map, ("pool",)),
}
_REASONS = {
    "pool": "there are no binaries",
    "dataset": "there are no labels",
    "errors": "there is no decision, and there are no predictions",
    "predictions": "there are no predictions of binaries",
    "after": "there are no predictions of binaries",
    "before": "there are no predictions by an earlier model (--before)",
    "elements": "no elements are named (--elements), and there are no labels",
    "parity": "no model was cross-validated",
    "elimination": "no features were eliminated",
    "learner": "the final model is not there",
    "summary": "there are no results of a benchmark of strategies",
    "metrics": "there are no results of a benchmark of strategies",
}


def missing(name: str, nodes: FigureNodes) -> str:
    """Return why a figure of :data:`FIGURES` cannot be drawn, empty if there is all that it needs."""
    return next((_REASONS[field] for field in FIGURES[name].needs if getattr(nodes, field) is None), "")


def draw(name: str, nodes: FigureNodes) -> Figure:
    """Return a figure of :data:`FIGURES`, of which nothing is missing.

    :raises InputError: if what it needs is there, but does not hold enough.
    """
    recipe = FIGURES[name]
    return recipe.draw(**{field: getattr(nodes, field) for field in (*recipe.needs, *recipe.takes)})


def figure_nodes(node: Node) -> FigureNodes:
    """Return what a campaign, a nested training, a benchmark, a prediction or a table of predictions has to draw.

    The elements are those with the most labels.

    :raises InputError: if the node is something else, or a campaign whose candidates are no binaries.
    """
    found = _find(node)
    return replace(found, elements=None if found.dataset is None else _most_labelled(found.dataset.table))


def _find(node: Node) -> FigureNodes:
    kind = node.process_type or "" if isinstance(node, ProcessNode) else ""
    if kind.startswith(CAMPAIGNS):
        return _of_campaign(node)
    if kind == NESTED_TRAINING:
        return _of_training(node)
    if kind == STRATEGY_BENCHMARK:
        return FigureNodes(summary=_output(node, "summary"), metrics=_output(node, "metrics"))
    predictions = _output(node, "predictions") if kind else node
    if not isinstance(predictions, TableData) or predictions.role != "predictions":
        cure = "Give a campaign, a nested training, a benchmark of strategies or predictions of binaries."
        what = node.process_label if isinstance(node, ProcessNode) else type(node).__name__
        raise InputError("PK|UUID", node.pk, f"it is a {what} without figures of binaries", cure)
    return FigureNodes(predictions, _dataset_of(predictions), errors=predictions, predictions=predictions)


def _of_campaign(campaign: ProcessNode) -> FigureNodes:
    rounds = [round_.pk for round_ in find_rounds(campaign)]
    found = outputs_of(rounds)
    outputs = [found[pk] for pk in rounds]
    if not rounds:
        raise InputError("PK|UUID", campaign.pk, "no round has begun", "Wait for the first round.")
    inputs = load_node(rounds[-1]).inputs
    pool = inputs.pool if "pool" in inputs else None
    if pool is None or not all(name in pool.table for name in _BINARY):
        cure = "Give a campaign of binaries; figures of free energies are drawn by aiida-matal landscape figures."
        raise InputError("PK|UUID", campaign.pk, "its candidates are no binaries", cure)
    dataset, decision = (newest(campaign, outputs, name) for name in ("dataset", "decision"))
    target = campaign.inputs.learner["target"]
    return FigureNodes(
        pool=pool,
        dataset=dataset,
        errors=decision,
        predictions=None if decision is None else _values_of(decision, pool, dataset, target),
        parity=newest_parity(rounds),
    )


def _of_training(training: ProcessNode) -> FigureNodes:
    jobs = outputs_of([job.pk for job in called([training.pk], FINAL)])
    final = next(iter(jobs.values()), {})
    return FigureNodes(
        dataset=training.inputs.dataset,
        pool=training.inputs.dataset,
        parity=_output(training, "parity"),
        elimination=load_node(final["elimination"]) if "elimination" in final else None,
        learner=_output(training, "learner"),
    )


def newest_parity(rounds: Sequence[int]) -> TableData | None:
    """Return the parity table of the newest model of a campaign, given the pks of its rounds."""
    found = outputs_of([step.pk for step in called(rounds, "train")])
    pks = [found[pk]["parity"] for pk in sorted(found) if "parity" in found[pk]]
    return load_node(pks[-1]) if pks else None


def _values_of(decision: TableData, pool: TableData, dataset: TableData | None, target: str) -> TableData | None:
    """Return what is known of all points: values of the labels, and predictions where there are none."""
    table = decision.table
    if "predicted" not in table:
        return None
    rows = pool.table.positions(table[ID].tolist())
    known = [(pool.table["system"][rows], table["predicted"])]
    if dataset is not None:
        labels = dataset.table.take(dataset.table["status"] == "ok")
        known.append((labels["system"], labels[target]))
    systems, values = (np.concatenate(arrays) for arrays in zip(*known, strict=True))
    unit = table.columns["predicted"].unit
    columns = {"system": Column("binary system"), "predicted": Column("label, or prediction", unit)}
    return TableData(Table({"system": systems, "predicted": values}, columns), role="predictions")


def _dataset_of(data: Data) -> TableData | None:
    """Return the labels that the model of the predictions learned from, if the graph holds them."""
    creator = data.creator
    if creator is None:
        return None
    inputs = creator.inputs
    return inputs.dataset if "dataset" in inputs else _dataset_of(inputs.model) if "model" in inputs else None


def _output(node: Node, name: str) -> Data | None:
    return node.outputs[name] if name in node.outputs else None  # noqa: SIM401


def _most_labelled(labels: Table) -> list[str]:
    """Return the elements with the most labelled systems; those that a campaign labelled count, if there are any."""
    known = labels["status"] == "ok"
    new = known & mixing_figures.is_new(labels)
    systems = set(labels["system"][new if new.any() else known].tolist())
    counts = Counter(symbol for system in sorted(systems) for symbol in system.split("-"))
    return sorted(counts, key=lambda symbol: (-counts[symbol], symbol))[:N_ELEMENTS]
