from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import Dict, Int

from aiida_matal.calculations.select import SelectCalculation
from aiida_matal.calculations.train import TrainCalculation


def test_selection_gives_decision_candidates_and_summary(train_inputs, select_inputs, pool_table, dataset_table):
    model = run_get_node(TrainCalculation, **train_inputs)[0]["model"]
    outputs, node = run_get_node(SelectCalculation, **select_inputs, model=model)
    assert node.exit_status == 0, node.exit_message
    decision, candidates = outputs["decision"].table, outputs["candidates"].table
    assert (outputs["decision"].role, outputs["candidates"].role) == ("decision", "candidates")
    assert set(decision["id"].tolist()) == set(pool_table["id"].tolist()) - set(dataset_table["id"].tolist())
    assert decision["rank"].tolist() == list(range(8))
    assert decision["chosen"].tolist() == [True] * 3 + [False] * 5
    assert candidates == pool_table.take(pool_table.positions(decision["id"][:3].tolist()))
    assert all(decision["reason"])
    assert decision.columns["predicted"].unit == "kJ/mol"
    expected = {
        "top_score": decision["score_gp_variance"][0],
        "disagreement": np.mean(decision["predicted_error"]),
        "n_candidates_left": 5,
    }
    assert outputs["summary"].get_dict() == pytest.approx(expected, rel=1e-12)


def test_two_runs_and_the_cache_give_the_same_decision(select_inputs):
    first, node = run_get_node(SelectCalculation, **select_inputs)
    second, again = run_get_node(SelectCalculation, **select_inputs)
    with enable_caching():
        cached, copy = run_get_node(SelectCalculation, **select_inputs)
    assert not again.base.caching.is_created_from_cache
    assert copy.base.caching.get_cache_source() in (node.uuid, again.uuid)
    assert first["decision"].table == second["decision"].table
    hashes = {outputs["decision"].base.caching.get_hash() for outputs in (first, second, cached)}
    assert len(hashes) == 1


def test_random_selection_follows_the_seed(select_inputs):
    selection = {**select_inputs["selection"].get_dict(), "criterion": {"name": "random"}}
    inputs = {**select_inputs, "selection": Dict(selection)}
    first = run_get_node(SelectCalculation, **inputs)[0]["decision"].table["id"].tolist()
    other = run_get_node(SelectCalculation, **{**inputs, "seed": Int(4)})[0]["decision"].table["id"].tolist()
    assert sorted(first) == sorted(other)
    assert first != other


def test_settings_that_the_worker_refuses_end_with_its_message(select_inputs):
    selection = {**select_inputs["selection"].get_dict(), "batchsize": 2}
    _, node = run_get_node(SelectCalculation, **{**select_inputs, "selection": Dict(selection)})
    assert node.exit_status == 210
    assert "settings.batchsize: 2 is refused: the key is unknown. Did you mean 'batch_size'?" in node.exit_message
