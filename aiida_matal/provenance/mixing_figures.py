"""The figures of binary liquids, one function each over nodes.

Those of Bizot, Tamura and Deffrennes (2025): figures 1 to 5, and S1 to S5 of the supplement.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from aiida.orm import Dict
from matplotlib.figure import Figure
from numpy.typing import NDArray

from aiida_matal.data.table import TableData
from aiida_matal.figures.benchmark import benchmark_figure
from aiida_matal.figures.binary_map import error_map_figure, group_map_figure
from aiida_matal.figures.campaign import extremum_parity_figure
from aiida_matal.figures.clustering import cluster_number_figure
from aiida_matal.figures.extrema import extremum_density_figure, trend_figure
from aiida_matal.figures.feature_elimination import feature_elimination_figure
from aiida_matal.figures.histograms import group_histogram_figure
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.elimination import elimination_curve
from aiida_matal.science.mixing.clustering import (
    CLUSTER_FEATURES,
    LIQUID_FEATURES,
    N_CLUSTERS,
    NUMBERS,
    cluster_binaries,
    cluster_numbers,
    clustering_accuracy,
    equimolar_features,
)
from aiida_matal.science.mixing.elements import known_elements, property_array
from aiida_matal.science.mixing.extrema import elements_of_periods, extremum_rows, gaps, system_names
from aiida_matal.science.mixing.miedema import GROUPS, miedema_group, miedema_p_q
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.science.table import ID, Table

#: Clusters do not depend on the campaign: they are those of all binaries of the element table, with this seed.
SEED = 1
#: From two transition metals to none.
_GROUPS = GROUPS[::-1].tolist()

Floats = NDArray[np.float64]


def error_map(errors: TableData, pool: TableData, dataset: TableData | None = None) -> Figure:
    """Return the map of all binaries: width the largest predicted standard deviation, colour the cluster (Fig. 1).

    :param errors: a decision by Gaussian-process variance, or predictions with standard errors.
    :param pool: the points, with their systems.
    :param dataset: labels; their systems are marked.
    :raises InputError: if no error is known.
    """
    deviation, quantity = _standard_deviation(errors.table)
    points = pool.table
    systems, first, number = np.unique(points["system"], return_index=True, return_inverse=True)
    largest = np.full(len(systems), np.nan)
    np.fmax.at(largest, number[points.positions(errors.table[ID].tolist())], deviation)
    clusters = cluster_binaries(known_elements(), CLUSTER_FEATURES, N_CLUSTERS, SEED)
    return error_map_figure(
        _in_order(points),
        np.column_stack([points["element_a"][first], points["element_b"][first]]),
        _by_system(clusters, systems)["cluster"],
        largest,
        np.isin(systems, _labelled_systems(dataset)),
        quantity,
    )


def group_map(pool: TableData) -> Figure:
    """Return the map of binaries by heat capacity and entropy of the liquids, with Miedema's groups (Fig. S5)."""
    clusters = cluster_binaries(known_elements(), LIQUID_FEATURES, len(_GROUPS), SEED)
    groups = miedema_group(clusters["element_a"], clusters["element_b"])
    accuracy = clustering_accuracy(clusters["cluster"], groups)
    shown = _by_system(clusters, np.unique(pool.table["system"]))
    pairs = (shown["element_a"], shown["element_b"])
    title = f"heat capacity and entropy of the liquids: {accuracy:.0%} of {len(clusters)} systems as Miedema's groups"
    return group_map_figure(
        _in_order(pool.table), np.column_stack(pairs), shown["cluster"], miedema_group(*pairs), _GROUPS, title
    )


def extremum_parity(parity: TableData, dataset: TableData) -> Figure:
    """Return predicted against observed extrema of all systems, with the 95 % band of all predictions (Fig. 2).

    :param parity: of labels that their models have not seen.
    :param dataset: those labels.
    """
    table = parity.table
    labels = dataset.table.take(dataset.table.positions(table[ID].tolist()))
    known = np.isfinite(table["predicted"])
    shown = extremum_rows(labels["system"], np.where(known, table["observed"], np.nan))
    unit = table.columns["observed"].unit
    return extremum_parity_figure(table["observed"], table["predicted"], shown, is_new(labels), QUANTITY, unit)


def extremum_density(before: TableData, after: TableData, elements: Sequence[str]) -> Figure:
    """Return the density of the extrema in systems of some elements by two models (Fig. 3).

    :param before: predictions; likewise ``after``. The systems that both have count.
    :raises InputError: if there are fewer than two.
    """
    first, second = (_extrema(node.table) for node in (before, after))
    both = [name for name in sorted(first.keys() & second.keys()) if set(name.split("-")) & set(elements)]
    if len(both) < 2:
        reason = f"{len(both)} of their systems are in both predictions"
        raise InputError("elements", list(elements), reason, "Give elements of two or more.")
    values = [[extrema[name] for name in both] for extrema in (first, second)]
    return extremum_density_figure(values[0], values[1], ", ".join(elements))


def extremum_trend(predictions: TableData, elements: Sequence[str], dataset: TableData | None = None) -> Figure:
    """Return the extremum in systems of some elements against the second element, of periods 3 to 5 (Fig. 4).

    :param dataset: labels; their systems are marked.
    :raises InputError: if there are no such systems.
    """
    extrema = _extrema(predictions.table)
    candidates = elements_of_periods({symbol for name in extrema for symbol in name.split("-")}, 3, 5)
    rows = [[extrema.get(name, np.nan) for name in system_names(first, candidates)] for first in elements]
    values = np.reshape(rows, (len(elements), len(candidates)))
    known = np.flatnonzero(np.isfinite(values).any(axis=0))
    if not len(known):
        reason = "they have no predicted system with an element of periods 3 to 5"
        raise InputError("elements", list(elements), reason, "Give other elements.")
    second = [candidates[place] for place in known]
    labelled = _labelled_systems(dataset)
    kinds = np.array([miedema_group([first] * len(second), second) for first in elements])
    return trend_figure(
        second,
        dict(zip(elements, values[:, known], strict=True)),
        {first: np.isin(system_names(first, second), labelled) for first in elements},
        np.where((kinds == kinds[0]).all(axis=0), kinds[0], "").tolist(),
        gaps(second),
    )


def p_q_histograms(pool: TableData) -> Figure:
    """Return heat capacity and entropy of the liquids over Miedema's P and Q, in his three groups (Fig. 5)."""
    clusters = _by_system(equimolar_features(known_elements(), LIQUID_FEATURES), np.unique(pool.table["system"]))
    pairs = (clusters["element_a"], clusters["element_b"])
    p, q = miedema_p_q(*pairs)
    ratios = {
        "mean heat capacity of the liquids / P": clusters["mean_cp_liquid"] / p,
        "mean entropy of the liquids / Q": clusters["mean_s_liquid"] / q,
    }
    return group_histogram_figure(ratios, miedema_group(*pairs), _GROUPS)


def feature_elimination(elimination: TableData, learner: Dict) -> Figure:
    """Return the error against the number of features (Fig. S1).

    :param elimination: of a nested training's job.
    :param learner: what that job chose.
    """
    curve = elimination_curve(elimination.table)
    unit = curve.columns["mean_rmse"].unit
    return feature_elimination_figure(
        curve["n_features"], curve["mean_rmse"], curve["std_rmse"], len(learner["features"]), unit
    )


def strategy_benchmark(summary: TableData, metrics: Dict) -> Figure:
    """Return the errors of the strategies of a benchmark against the labels added (Fig. S2)."""
    return benchmark_figure(summary.table, metrics["reference_strategy"])


def cluster_choice() -> Figure:
    """Return inertia and silhouette of the clusters of the map, all binaries of the element table (Fig. S3)."""
    return _cluster_choice(CLUSTER_FEATURES, N_CLUSTERS)


def liquid_cluster_choice() -> Figure:
    """Return the same for clusters by heat capacity and entropy of the liquids (Fig. S4)."""
    return _cluster_choice(LIQUID_FEATURES, len(_GROUPS))


def _cluster_choice(features: Sequence[str], chosen: int) -> Figure:
    points = equimolar_features(known_elements(), features).matrix(features)
    numbers = cluster_numbers(points, NUMBERS, SEED)
    return cluster_number_figure(numbers["n_clusters"], numbers["inertia"], numbers["silhouette"], chosen)


def _standard_deviation(errors: Table) -> tuple[Floats, str]:
    """Return the standard deviation of each row, and what it is."""
    if "score_gp_variance" in errors and np.isfinite(errors["score_gp_variance"]).any():
        return np.sqrt(errors["score_gp_variance"]), "standard deviation of the Gaussian process over the prior one"
    if "predicted_error" not in errors or not np.isfinite(errors["predicted_error"]).any():
        reason = "it has neither scores by gp_variance nor standard errors of predictions"
        raise InputError("errors", len(errors), reason, "Choose by gp_variance, or predict with gaussian_process.")
    unit = errors.columns["predicted_error"].unit
    return errors["predicted_error"], f"standard deviation of the prediction ({unit})"


def _by_system(table: Table, systems: NDArray[np.str_]) -> Table:
    """Return the rows of these systems; both are sorted.

    :raises InputError: if the table lacks one.
    """
    missing = np.setdiff1d(systems, table["system"])
    if len(missing):
        cure = "Give systems of two elements of the element table, in alphabetical order."
        raise InputError("system", str(missing[0]), "it is unknown", cure)
    return table.take(np.isin(table["system"], systems))


def _in_order(points: Table) -> list[str]:
    """Return the elements by group, and in a group by atomic number."""
    present = {*points["element_a"].tolist(), *points["element_b"].tolist()}
    symbols = [symbol for symbol in known_elements() if symbol in present]
    return [symbols[place] for place in np.argsort(property_array(symbols, "group"), kind="stable")]


def _labelled_systems(dataset: TableData | None) -> list[str]:
    if dataset is None:
        return []
    return np.unique(dataset.table["system"][dataset.table["status"] == "ok"]).tolist()


def is_new(labels: Table) -> NDArray[np.bool_]:
    """Return which labels were made by a campaign; those that it began with are of no round."""
    return labels["round"] >= 0 if "round" in labels else np.zeros(len(labels), dtype=bool)


def _extrema(predictions: Table) -> dict[str, float]:
    rows = extremum_rows(predictions["system"], predictions["predicted"])
    return dict(zip(predictions["system"][rows].tolist(), predictions["predicted"][rows].tolist(), strict=True))
