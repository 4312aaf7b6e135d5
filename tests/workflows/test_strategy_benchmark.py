from __future__ import annotations

import pytest
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import CalcJobNode, Int, Str

from aiida_matal.data.table import TableData
from aiida_matal.science.benchmark.summary import summarise
from aiida_matal.science.errors import InputError
from aiida_matal.workflows.strategy_benchmark import RESULTS, StrategyBenchmarkWorkChain
from tests.conftest import executable

OVERRIDES = {
    "strategies": ["random_systems", "tree_systems"],
    "n_splits": 4,
    "splits_per_job": 2,
    "batch_size": 2,
    "benchmark": {"n_iterations": 2},
    "learner": {"settings": {"num_boost_round": 10, "min_data_in_leaf": 2}},
}


@pytest.fixture
def make_builder(task_code, liquid_labels):
    """Return a function that makes the benchmark of two strategies on made-up labels, with some overrides."""
    dataset = TableData(liquid_labels, role="dataset").store()

    def make(code=task_code, **changes):
        overrides = {**OVERRIDES, **changes}
        return StrategyBenchmarkWorkChain.get_builder_from_protocol(code, dataset, None, overrides)

    return make


@pytest.fixture
def breaking_code(aiida_code_installed, localhost, tmp_path):
    """The worker, which breaks down in the job that has split 0."""
    script = tmp_path / "worker.sh"
    breaks = r'grep -Pzq "splits.: .\s+0\b" task.json && exit 1'
    script.write_text(f'#!/bin/bash\n{breaks}\n{executable("matal-task")} "$@"\n')
    script.chmod(0o755)
    return aiida_code_installed(computer=localhost, filepath_executable=str(script))


def jobs_of(node):
    links = node.base.links.get_outgoing().all()
    return {link.link_label: link.node for link in links if isinstance(link.node, CalcJobNode)}


def test_results_do_not_depend_on_how_the_splits_are_spread_over_jobs(make_builder):
    outputs, node = run_get_node(make_builder())
    assert node.exit_status == 0, node.exit_message
    assert [job.inputs.splits.get_list() for job in jobs_of(node).values()] == [[0, 1], [2, 3]]
    other, again = run_get_node(make_builder(splits_per_job=9))
    assert [job.inputs.splits.get_list() for job in jobs_of(again).values()] == [[0, 1, 2, 3]]
    for name in ("curves", "choices", "summary"):
        assert outputs[name].table == other[name].table
        assert outputs[name].role == "benchmark"
    assert outputs["metrics"].get_dict() == other["metrics"].get_dict()

    curves = outputs["curves"].table
    assert len(curves) == 2 * 4 * 3
    assert len(outputs["choices"].table) == 2 * 4 * 2 * 2
    assert outputs["summary"].table == summarise(curves, "random_systems", 1)
    assert outputs["metrics"]["n_splits"] == 4
    assert set(outputs["metrics"]["strategies"]) == {"random_systems", "tree_systems"}

    # More splits add to those that were run.
    with enable_caching(identifier="aiida.calculations:matal.*"):
        more, longer = run_get_node(make_builder(n_splits=6))
    assert [job.base.caching.is_created_from_cache for job in jobs_of(longer).values()] == [True, True, False]
    assert more["curves"].table.take(range(24)) == curves


def test_a_job_that_fails_leaves_the_splits_of_the_others(make_builder, breaking_code):
    outputs, node = run_get_node(make_builder(breaking_code))
    assert node.exit_status == 310
    assert "1 of 2 jobs failed; the first: BenchmarkCalculation" in node.exit_message
    assert set(outputs) == set(RESULTS)
    assert set(outputs["curves"].table["split"]) == {2, 3}
    assert outputs["metrics"]["n_splits"] == 2


def test_without_a_job_that_ended_well_there_are_no_results(make_builder, breaking_code):
    outputs, node = run_get_node(make_builder(breaking_code, n_splits=2))
    assert node.exit_status == 310
    assert set(outputs) == set()


def test_protocols_hold_the_five_strategies_and_the_learner_of_the_paper(task_code, liquid_labels):
    small = {"benchmark": {"n_iterations": 1}}
    for protocol, n_splits in (("quick", 10), ("paper", 100)):
        builder = StrategyBenchmarkWorkChain.get_builder_from_protocol(
            task_code, TableData(liquid_labels), protocol, small, n_jobs=4
        )
        assert (builder.n_splits.value, builder.splits_per_job.value) == (n_splits, -(-n_splits // 4))
    assert len(builder.strategies.get_dict()) == 5
    assert {selection["batch_size"] for selection in builder.strategies.get_dict().values()} == {4}
    assert builder.strategies["variance_systems"]["one_per"] == "system"
    assert (len(builder.learner["features"]), builder.learner["baseline"]) == (44, "miedema_enthalpy")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"strategies": ["tree_systems"]}, "reference_strategy: 'random_systems' .* Strategies: tree_systems"),
        ({"strategies": ["best"]}, "strategy: 'best'"),
        ({"n_splits": 1}, "n_splits: 1 is refused: it is too small. Give 2 or more"),
        ({"n_splits": "all"}, "n_splits: 'all' is refused: it is not a whole number"),
        ({"splits_per_job": 0}, "splits_per_job: 0"),
        ({"benchmark": {"n_iterations": 9}}, "of 15 groups 7 are left to choose from, for 18 choices"),
        ({"benchmark": {"iterations": 9}}, "benchmark.iterations: 9"),
        ({"jobs": 9}, "overrides.jobs: 9"),
    ],
)
def test_what_cannot_be_run_is_refused(make_builder, changes, message):
    with pytest.raises(InputError, match=message):
        make_builder(**changes)


def test_inputs_are_checked_before_anything_is_stored(make_builder):
    builder = make_builder()
    builder.reference_strategy = Str("best")
    with pytest.raises(ValueError, match="reference_strategy: 'best'"):
        run_get_node(builder)
    builder = make_builder()
    builder.n_splits = Int(0)
    with pytest.raises(ValueError, match="n_splits: 0"):
        run_get_node(builder)
