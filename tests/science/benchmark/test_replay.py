from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.acquisition.gp_variance import GPVarianceCriterion
from aiida_matal.science.benchmark.parts import ReplaySplit, replay_parts
from aiida_matal.science.benchmark.replay import run_splits
from aiida_matal.science.benchmark.summary import mean_differences
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.training import LearnerSettings, train
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import Column

RANDOM = {"criterion": {"name": "random"}, "features": ["u"], "target": "energy", "batch_size": 2}
VARIANCE = {**RANDOM, "criterion": {"name": "gp_variance", "settings": {"n_restarts": 0, "ard": False}}}


def rows_of(table, **where):
    return table.take(np.all([table[name] == value for name, value in where.items()], axis=0))


def test_the_better_strategy_wins_for_certain(make_benchmark):
    curves, _ = run_splits(make_benchmark(), range(12))
    assert mean_differences(curves, "random", 1)["spread"]["high"] < 0


def test_all_strategies_begin_alike_and_add_a_batch_in_each_iteration(make_benchmark):
    curves, choices = run_splits(make_benchmark(), [0, 1])
    for split in (0, 1):
        starts = rows_of(curves, split=split, iteration=0)
        assert starts["strategy"].tolist() == ["random", "spread"]
        assert len(set(starts["rmse"])) == 1
    # A quarter of the systems, of two liquids each; then two labels in each of three iterations.
    assert rows_of(curves, split=1, strategy="spread")["n_labels"].tolist() == [20, 22, 24, 26]
    assert rows_of(choices, split=1, strategy="spread")["rank"].tolist() == [0, 1] * 3
    assert rows_of(choices, split=1, strategy="spread")["iteration"].tolist() == [0, 0, 1, 1, 2, 2]
    assert (curves.columns["rmse"].unit, curves.columns["mae"].unit) == ("kJ/mol", "kJ/mol")


def test_choices_are_of_the_pool_and_none_is_made_twice(make_benchmark, dataset):
    _, choices = run_splits(make_benchmark(), [0])
    pool = set(replay_parts(dataset, "energy", ReplaySplit(seed=1, number=0)).pool["id"])
    for name in ("random", "spread"):
        chosen = rows_of(choices, strategy=name)["candidate"].tolist()
        assert set(chosen) <= pool
        assert len(set(chosen)) == 6


def test_the_error_is_that_of_a_model_trained_on_all_labels_chosen_so_far(make_benchmark, dataset):
    curves, choices = run_splits(make_benchmark(), [2])
    parts = replay_parts(dataset, "energy", ReplaySplit(seed=1, number=2))
    known = {*parts.dataset["id"].tolist(), *rows_of(choices, strategy="spread")["candidate"].tolist()}
    status = {"status": np.full(len(dataset), "ok")}
    labelled = dataset.with_columns(status, {"status": Column("status")}).take(np.isin(dataset["id"], list(known)))
    learner = LearnerSettings.parse(make_benchmark().learner.as_dict(), "learner")
    seed = derive_seed(derive_seed(1, "split", 2), "round", 3)
    # The order of the labels is no part of what is asked for here.
    expected = train(labelled, learner, seed, parts.test_set).scores
    last = rows_of(curves, strategy="spread", iteration=3)
    assert last["rmse"][0] == pytest.approx(expected["test_rmse"], rel=1e-9)
    assert last["mae"][0] == pytest.approx(expected["test_mae"], rel=1e-9)


def test_a_split_is_the_same_in_whichever_job_and_order_it_is_run(make_benchmark, dataset):
    together = run_splits(make_benchmark(), [0, 1, 2])
    shuffled = make_benchmark(dataset.take(np.random.default_rng(0).permutation(len(dataset))))
    for table, alone in zip(together, run_splits(make_benchmark(), [1]), strict=True):
        assert rows_of(table, split=1) == alone
    for table, again in zip(together, run_splits(make_benchmark(), [2, 0]), strict=True):
        assert [rows_of(table, split=split) == rows_of(again, split=split) for split in (0, 2)] == [True, True]
    assert run_splits(shuffled, [0])[1] == rows_of(together[1], split=0)


def test_another_seed_makes_other_splits(make_benchmark):
    curves = [run_splits(make_benchmark(seed=seed), [0])[0] for seed in (1, 2)]
    assert curves[0]["rmse"][0] != curves[1]["rmse"][0]


def test_one_candidate_of_each_system_is_labelled_where_the_strategy_says_so(make_benchmark):
    once = {**RANDOM, "one_per": "system", "nearest_to": {"x": 0.5}}
    _, choices = run_splits(make_benchmark(strategies={"once": once}, settings={"n_iterations": 10}), [0])
    chosen = choices["candidate"].tolist()
    assert len({name.split("_")[0] for name in chosen}) == 20
    assert {name.split("_")[1] for name in chosen} == {"b"}


def test_labels_that_are_not_ok_are_chosen_but_not_learned_from(make_benchmark, dataset):
    status = np.where(dataset["x"] == 0.25, "failed", "ok")
    energy = np.where(status == "ok", dataset["energy"], np.nan)
    columns = {"status": Column("status"), "energy": dataset.columns["energy"]}
    failing = dataset.with_columns({"status": status, "energy": energy}, columns)
    curves, choices = run_splits(make_benchmark(failing), [0])
    n_ok = sum(name.endswith("b") for name in rows_of(choices, strategy="random")["candidate"].tolist())
    assert rows_of(curves, strategy="random")["n_labels"].tolist()[::3] == [10, 10 + n_ok]


def test_hyper_parameters_learned_at_the_start_are_kept_or_learned_again(make_benchmark, monkeypatch):
    problems = []
    learned = GPVarianceCriterion._learned

    def count(criterion, problem, *rest):
        problems.append(len(problem.target))
        return learned(criterion, problem, *rest)

    monkeypatch.setattr(GPVarianceCriterion, "_learned", count)
    strategies = {"points": VARIANCE, "systems": {**VARIANCE, "one_per": "system"}}
    _, kept = run_splits(make_benchmark(strategies=strategies), [0])
    assert problems == [20]
    _, again = run_splits(make_benchmark(strategies=strategies, settings={"learn_once": False}), [0])
    assert problems[1:] == [20, 22, 24] * 2
    assert rows_of(kept, iteration=0) == rows_of(again, iteration=0)


def test_a_split_without_a_label_to_test_on_is_refused(make_benchmark, dataset):
    one = dataset.with_columns({"status": np.where(dataset["u"] > 4, "ok", "failed")}, {"status": Column("status")})
    energy = np.where(one["status"] == "ok", one["energy"], np.nan)
    none_ok = one.with_columns({"energy": energy}, {"energy": one.columns["energy"]})
    with pytest.raises(InputError, match=r"split \d+ has no label with status ok to test on|a model needs 2"):
        run_splits(make_benchmark(none_ok), range(30))
