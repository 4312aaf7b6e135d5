from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import load_node

from aiida_matal.data.table import TableData
from aiida_matal.science.benchmark.problem import Benchmark
from aiida_matal.science.benchmark.replay import run_splits
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.binaries import binary_table
from aiida_matal.science.mixing.mixtures import QUANTITY
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import Column
from aiida_matal.workflows.campaigns.continuation import extend, rounds_of
from aiida_matal.workflows.campaigns.replay import ReplayCampaign

OVERRIDES = {
    "learner": {"settings": {"num_boost_round": 20}, "n_folds": 2},
    "split": {"train_share": 0.2, "test_share": 0.2, "seed": 3},
    "selection": {"batch_size": 2},
    "stopping": {"max_rounds": {"rounds": 2}},
}


@pytest.fixture(scope="module")
def labels():
    """Labels of the 21 binaries of seven elements at three compositions: Miedema's model and a bit."""
    pairs = np.array(list(combinations(["Al", "Cr", "Cu", "Fe", "Mg", "Ni", "Ti"], 2)))
    element_a, element_b = np.repeat(pairs, 3, axis=0).T
    x_b = np.tile([0.25, 0.5, 0.75], len(pairs))
    table = binary_table(element_a, element_b, x_b, np.full(len(x_b), 2000.0))
    enthalpy = table["miedema_enthalpy"] + 4 * x_b * (1 - x_b) * table["avg_dev_group"]
    return table.with_columns({QUANTITY: enthalpy}, {QUANTITY: Column("enthalpy of mixing", "kJ/mol")})


@pytest.fixture
def make_builder(task_code, labels):
    """Return a function that gives the builder of a replay from overrides."""

    def make(overrides=None, *, protocol="quick", table=labels):
        return ReplayCampaign.get_builder_from_protocol(task_code, TableData(table), protocol, overrides)

    return make


@pytest.fixture(scope="module")
def uuids():
    return []


@pytest.fixture
def finished_replay(make_builder, uuids):
    """A replay of two rounds, run once for all tests of the module."""
    if not uuids:
        node = run_get_node(make_builder({**OVERRIDES, "seed": derive_seed(3, "split", 0)}))[1]
        assert node.exit_status == 0, node.exit_message
        uuids.append(node.uuid)
    return load_node(uuids[0])


@pytest.mark.parametrize("protocol", sorted(ReplayCampaign.get_protocols()))
def test_protocols_give_these_inputs(make_builder, data_regression, protocol):
    builder = make_builder(protocol=protocol)
    names = ("learner", "start_design", "selection", "failure_policy", "stopping", "split")
    inputs = {name: builder[name].get_dict() for name in names}
    data_regression.check({**inputs, "seed": builder.seed.value, "oracle": builder.oracle_name.value})


def test_a_replay_chooses_what_the_benchmark_chooses_in_the_same_split(finished_replay, labels):
    learner, selection = (finished_replay.inputs[name].get_dict() for name in ("learner", "selection"))
    settings = {"train_share": 0.2, "test_share": 0.2, "n_iterations": 2, "learn_once": False}
    curves, choices = run_splits(Benchmark.parse(labels, settings, learner, {"variance": selection}, seed=3), [0])
    rounds = rounds_of(finished_replay)
    chosen = [rounds[number].outputs.decision.table for number in (0, 1)]
    replayed = [identifier for decision in chosen for identifier in decision["id"][decision["chosen"]]]
    assert replayed == choices["candidate"].tolist()
    errors = finished_replay.outputs.learning_curve.table["test_rmse"].tolist()
    assert errors == pytest.approx(curves["rmse"].tolist())


def test_parts_do_not_share_a_system_and_the_pool_holds_no_labels(finished_replay):
    pool, test_set = finished_replay.outputs.pool.table, finished_replay.outputs.test_set.table
    start = rounds_of(finished_replay)[0].inputs.dataset.table
    systems = [set(part["system"].tolist()) for part in (pool, test_set, start)]
    assert [len(part) for part in systems] == [13, 4, 4]
    assert len(set.union(*systems)) == 21
    assert QUANTITY not in pool


def test_a_replay_can_be_extended(finished_replay):
    with enable_caching(identifier="aiida.calculations:matal.*"):
        outputs, node = run_get_node(extend(finished_replay, 1))
    assert node.exit_status == 0, node.exit_message
    assert len(outputs["dataset"]) == len(finished_replay.outputs.dataset) + 2


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"split": {"train_share": 0.8}}, r"train_share, test_share: .* is refused"),
        ({"split": {"group": "colour"}}, "colour"),
        ({"split": {"share": 0.1}}, r"split\.share: 0\.1 is refused: the key is unknown"),
        ({"strategy": "best"}, "strategy: 'best' is refused"),
        ({"learner": {"baseline": "miedema"}}, "baseline"),
    ],
)
def test_bad_overrides_are_refused_by_name(make_builder, overrides, message):
    with pytest.raises(InputError, match=message):
        make_builder(overrides)
