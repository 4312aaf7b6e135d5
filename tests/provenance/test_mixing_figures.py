"""Each node gives the figures that it has something for."""

from __future__ import annotations

import numpy as np
import pytest
from aiida.orm import CalcJobNode, Dict, Int, WorkChainNode

from aiida_matal.data.table import TableData
from aiida_matal.provenance.figure_nodes import FIGURES, draw, figure_nodes, missing
from aiida_matal.provenance.mixing_figures import error_map, extremum_density, extremum_parity, extremum_trend
from aiida_matal.provenance.report import render_report
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
from aiida_matal.science.table import Column, Table

ELEMENTS = ["Al", "Cu", "Ir", "Ni", "Ti"]
ALWAYS = {"cluster_choice", "liquid_cluster_choice"}
QUANTITY = "enthalpy_of_mixing"


@pytest.fixture(scope="module")
def points():
    """Ten systems at two compositions."""
    space = MixingSpace(elements=ELEMENTS, compositions=[0.25, 0.5], temperature=2000.0)
    return mixing_pool(space).select(["id", "system", "element_a", "element_b", "x_b"])


@pytest.fixture(scope="module")
def pool(points):
    return TableData(points, role="pool").store()


@pytest.fixture(scope="module")
def dataset(points):
    """Labels of Al-Cu, to begin with, and of two systems of iridium, one of which failed."""
    rows = points.take(points.positions(["Al-Cu_x0.250", "Al-Cu_x0.500", "Cu-Ir_x0.500", "Ir-Ni_x0.250"]))
    arrays = {QUANTITY: [-9.0, -16.0, 4.0, np.nan], f"{QUANTITY}_error": np.full(4, 0.3), "round": [-1, -1, 0, 0]}
    arrays |= {"status": ["ok", "ok", "ok", "failed"], "reason": [""] * 4, "evidence": [""] * 4}
    arrays |= {"core_hours": np.zeros(4)}
    units = {QUANTITY: "kJ/mol", f"{QUANTITY}_error": "kJ/mol", "round": "1", "core_hours": "h"}
    table = rows.with_columns(arrays, {name: Column(name, units.get(name, "")) for name in arrays})
    return TableData(table, role="dataset").store()


@pytest.fixture(scope="module")
def decision(points, dataset):
    """The candidates that are left, with variances that grow with their row, from 0.04."""
    rows = points.take(~np.isin(points["id"], dataset.table["id"]))
    n = len(rows)
    arrays = {"id": rows["id"], "rank": np.arange(n), "chosen": np.zeros(n, dtype=bool), "reason": ["-"] * n}
    arrays |= {"score_gp_variance": 0.04 * np.arange(1, n + 1), "predicted": -np.arange(float(n))}
    arrays |= {"predicted_error": np.ones(n)}
    units = {"rank": "1", "score_gp_variance": "1", "predicted": "kJ/mol", "predicted_error": "kJ/mol"}
    return TableData(Table(arrays, {name: Column(name, units.get(name, "")) for name in arrays}), role="decision")


@pytest.fixture(scope="module")
def parity(dataset):
    table = dataset.table.take([0, 1, 2])
    arrays = {"id": table["id"], "observed": table[QUANTITY], "predicted": [-7.0, -20.0, np.nan]}
    arrays["predicted_error"] = np.full(3, np.nan)
    columns = {name: Column(name, "" if name == "id" else "kJ/mol") for name in arrays}
    return TableData(Table(arrays, columns), role="parity")


@pytest.fixture(scope="module")
def campaign(store_campaign, store_round, store_process, store_outputs, pool, dataset, decision, parity):
    """A campaign of one round, with a training."""
    node = store_campaign(
        state="running", inputs={"learner": Dict({"name": "gaussian_process", "features": ["x"], "target": QUANTITY})}
    )
    round_ = store_round(node, 0, inputs={"pool": pool, "number": Int(0)}, exit_status=0)
    store_outputs(store_process(CalcJobNode, "train", caller=round_, exit_status=0), parity=parity)
    store_outputs(round_, dataset=dataset, decision=decision)
    return node


def predictions(points, shift=0.0):
    value = np.where(points["x_b"] == 0.5, -10.0, 3.0) + shift
    arrays = {"predicted": value, "predicted_error": np.full(len(points), np.nan)}
    columns = {name: Column(name, "kJ/mol") for name in arrays}
    return TableData(points.with_columns(arrays, columns), role="predictions")


def possible(nodes):
    """Return the names of the figures of which nothing is missing."""
    return {name for name in FIGURES if not missing(name, nodes)}


def test_map_shows_the_largest_deviation_of_each_system_and_marks_labels(decision, pool, dataset):
    figure = error_map(decision, pool, dataset)
    axes = figure.axes[0]
    # By group: Ti, Ir, Ni, Cu, Al.
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["Ti", "Ir", "Ni", "Cu", "Al"]
    n = len(decision)
    assert f"widest {np.sqrt(0.04 * n):.3g}" in figure.get_supxlabel()
    n_squares = sum(len(path.vertices) // 5 for part in axes.collections[:-1] for path in part.get_paths())
    # All points of Al-Cu have labels.
    assert n_squares == 10 - 1
    assert sorted(axes.collections[-1].get_offsets().tolist()) == [[1, 3], [3, 4]]


def test_map_needs_errors(points, pool):
    with pytest.raises(InputError, match="neither scores by gp_variance nor standard errors"):
        error_map(predictions(points), pool)


def test_parity_draws_the_extremum_of_each_system(parity, dataset):
    axes = extremum_parity(parity, dataset).axes[0]
    assert axes.get_title() == "RMSE 3.16 kJ/mol, 2 labels"
    assert np.column_stack(axes.lines[-1].get_data()).tolist() == [[-16.0, -20.0]]


def test_density_is_of_the_systems_of_the_elements(points):
    title = extremum_density(predictions(points), predictions(points, 2.5), ["Ir"]).axes[0].get_title()
    assert title == "Ir: 4 systems, mean shift +2.5 kJ/mol"
    with pytest.raises(InputError, match="0 of their systems"):
        extremum_density(predictions(points), predictions(points), ["W"])


def test_trend_goes_along_the_second_elements(points, dataset):
    axes = extremum_trend(predictions(points), ["Ir", "Ti"], dataset).axes[0]
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["Al", "Ti", "Ni", "Cu"]
    circles = [line.get_xdata().tolist() for line in axes.lines if line.get_markersize() == 8]
    assert circles == [[3], []]
    with pytest.raises(InputError, match="no predicted system"):
        extremum_trend(predictions(points), ["W"])


def test_campaign_gives_what_its_rounds_hold(campaign):
    nodes = figure_nodes(campaign)
    assert nodes.elements == ["Cu", "Ir"]
    names = {"error_map", "extremum_parity", "extremum_trend", "p_q_histograms", "group_map", *ALWAYS}
    assert possible(nodes) == names
    assert all(draw(name, nodes).axes for name in names)
    assert "--before" in missing("extremum_density", nodes)


def test_labels_stand_in_the_trend_of_a_campaign_where_they_are_the_extremum(campaign):
    table = figure_nodes(campaign).predictions.table
    of_label = table["predicted"][table["system"] == "Cu-Ir"]
    assert 4.0 in of_label


def test_predictions_lead_to_the_labels_that_their_model_learned_from(
    points, dataset, store_process, store_outputs, trained
):
    job = store_process(CalcJobNode, "predict", inputs={"model": trained}, exit_status=0)
    table = predictions(points)
    store_outputs(job, predictions=table)
    for node in (job, table):
        nodes = figure_nodes(node)
        assert nodes.dataset.uuid == dataset.uuid
        # Whether the predictions have errors is seen when the map is drawn.
        assert possible(nodes) == {"error_map", "extremum_trend", "p_q_histograms", "group_map", *ALWAYS}


@pytest.fixture(scope="module")
def trained(dataset, store_process, store_outputs):
    """What stands for a model, made from the dataset."""
    model = Dict({"kind": "any"})
    store_outputs(store_process(CalcJobNode, "train", inputs={"dataset": dataset}, exit_status=0), model=model)
    return model


def test_nested_training_gives_parity_and_elimination(dataset, parity, store_process, store_outputs):
    kind = {"process_type": "aiida.workflows:matal.nested_training", "exit_status": 0}
    training = store_process(WorkChainNode, "NestedTraining", inputs={"dataset": dataset}, **kind)
    job = store_process(CalcJobNode, "tune", caller=training, label="final", exit_status=0)
    arrays = {
        "split": [0, 0],
        "feature": ["a", "b"],
        "n_features": [2, 1],
        "importance": [0.1, 1.0],
        "rmse": [3.0, 4.0],
    }
    columns = {name: Column(name, "" if name == "feature" else "1") for name in arrays}
    store_outputs(job, elimination=TableData(Table(arrays, columns)))
    store_outputs(training, parity=parity, learner=Dict({"features": ["a", "b"]}))
    nodes = figure_nodes(training)
    assert possible(nodes) == {"extremum_parity", "feature_elimination", "p_q_histograms", "group_map", *ALWAYS}
    line = draw("feature_elimination", nodes).axes[0].lines[0]
    assert np.column_stack(line.get_data()).tolist() == [[1.0, 4.0], [2.0, 3.0]]


def test_benchmark_without_results_has_nothing_but_the_clusters(store_process):
    kind = {"process_type": "aiida.workflows:matal.strategy_benchmark", "state": "running"}
    nodes = figure_nodes(store_process(WorkChainNode, "StrategyBenchmark", **kind))
    assert possible(nodes) == ALWAYS


def test_other_nodes_are_refused(finished_campaign, pool, store_campaign):
    for node, reason in (
        (finished_campaign, "no binaries"),
        (pool, "without figures"),
        (store_campaign(state="created"), "no round has begun"),
        (Dict({}).store(), "it is a Dict"),
    ):
        with pytest.raises(InputError, match=reason):
            figure_nodes(node)


def test_report_has_the_figures_of_binaries(campaign, finished_campaign):
    page = render_report(campaign)
    assert "<h2>Binary systems</h2>" in page
    # Parity of all labels, the three of binaries, scores of the decision, labels.
    assert page.count("<figure>") == 1 + 3 + 1 + 1
    assert "<h2>Binary systems</h2>" not in render_report(finished_campaign)
