from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.nested import NestedSettings, fit_fold, number_of_folds
from aiida_matal.science.learning.predicting import predict_table
from aiida_matal.science.mixing.binaries import MIEDEMA
from aiida_matal.science.mixing.features import FEATURES
from aiida_matal.science.table import Column, Table
from aiida_matal.workflows.protocols.protocol import Protocols

NAMES = ["f0", "f1", "f2", "f3"]
LEARNER = {
    "name": "lightgbm",
    "features": NAMES,
    "target": "energy",
    "group": "system",
    "baseline": "estimate",
    "settings": {"num_boost_round": 20, "feature_fraction": 0.8},
}
SETTINGS = {
    "learner": LEARNER,
    "outer_folds": 3,
    "inner_folds": 3,
    "elimination": {"n_splits": 2, "n_trainings": 1},
    "tuning": {"n_trials": 3},
}


def settings(**changed) -> NestedSettings:
    return NestedSettings.parse({**SETTINGS, **changed}, "training")


@pytest.fixture(scope="module")
def dataset():
    """Nine systems of five points; what the estimate misses depends on f1 alone; the last row failed."""
    random = np.random.default_rng(0)
    features, estimate = random.normal(size=(45, 4)), random.normal(0, 10, size=45)
    arrays = {name: features[:, number] for number, name in enumerate(NAMES)}
    arrays |= {"id": [f"c{row:02d}" for row in range(45)], "system": [f"s{row // 5}" for row in range(45)]}
    arrays |= {"estimate": estimate, "energy": estimate + 3 * features[:, 1]}
    arrays |= {"energy_error": np.full(45, 0.1), "status": ["ok"] * 44 + ["failed"]}
    texts = ("id", "system", "status")
    return Table(arrays, {name: Column(name, "" if name in texts else "kJ/mol") for name in arrays})


@pytest.fixture(scope="module")
def folds(dataset):
    return [fit_fold(dataset, settings(), fold, seed=1) for fold in range(3)]


def test_each_label_is_held_out_once_with_its_whole_system(dataset, folds):
    ids = [identifier for result in folds for identifier in result.parity["id"].tolist()]
    assert sorted(ids) == dataset["id"][:44].tolist()
    system = dict(zip(dataset["id"].tolist(), dataset["system"].tolist(), strict=True))
    held_out = [{system[identifier] for identifier in result.parity["id"].tolist()} for result in folds]
    assert sum(map(len, held_out)) == 9


def test_the_parity_is_what_the_model_of_the_fold_predicts(dataset, folds):
    for result in folds:
        rows = dataset.take(dataset.positions(result.parity["id"].tolist()))
        assert result.parity["observed"].tolist() == rows["energy"].tolist()
        assert result.parity["baseline"].tolist() == rows["estimate"].tolist()
        assert np.array_equal(result.parity["predicted"], predict_table(result.model, result.card, rows).mean)


def test_no_row_held_out_has_an_influence_on_choices_or_model(dataset, folds):
    held_out = np.isin(dataset["id"], folds[1].parity["id"])
    wild = np.where(held_out, 1e6 * np.random.default_rng(9).normal(size=45), dataset["energy"])
    changes = {"energy": wild} | {name: np.where(held_out, wild, dataset[name]) for name in (*NAMES, "energy_error")}
    changes["energy_error"] = np.abs(changes["energy_error"])
    again = fit_fold(dataset.with_columns(changes, {}), settings(), 1, seed=1)
    assert again.model.text == folds[1].model.text
    assert (again.card, again.learner) == (folds[1].card, folds[1].learner)
    assert (again.elimination, again.trials) == (folds[1].elimination, folds[1].trials)
    assert again.parity["observed"].tolist() == wild[held_out].tolist()


def test_a_fold_does_not_depend_on_what_was_done_before(dataset, folds):
    again = fit_fold(dataset, settings(), 2, seed=1)
    assert again.model.text == folds[2].model.text
    assert again.parity == folds[2].parity
    other = fit_fold(dataset, settings(), 2, seed=2)
    assert other.parity["id"].tolist() != again.parity["id"].tolist()


def test_the_feature_that_matters_is_chosen_in_every_fold(folds):
    assert all("f1" in result.learner.features for result in folds)
    assert all(result.card.features == result.learner.features for result in folds)
    error = np.concatenate([result.parity["predicted"] - result.parity["observed"] for result in folds])
    assert np.sqrt(np.mean(error**2)) < 2.5


def test_the_final_model_learns_from_all_labels(dataset):
    result = fit_fold(dataset, settings(), None, seed=1)
    assert result.card.n_labels == 44
    assert len(result.parity) == 0
    assert len(result.trials) == 3
    assert set(result.elimination["feature"].tolist()) == set(NAMES)


def test_without_elimination_and_tuning_nothing_is_chosen(dataset):
    result = fit_fold(dataset, settings(elimination=None, tuning=None), 0, seed=1)
    assert result.learner.as_dict() == settings().learner.as_dict()
    assert (len(result.elimination), len(result.trials)) == (0, 0)


def test_the_number_of_features_can_be_given(dataset):
    result = fit_fold(dataset, settings(elimination={"n_splits": 1, "n_trainings": 1, "n_features": 2}), 0, seed=1)
    assert len(result.learner.features) == 2


def test_there_are_no_more_folds_than_groups(dataset):
    assert number_of_folds(dataset, settings()) == 3
    assert number_of_folds(dataset, settings(outer_folds=12)) == 9
    with pytest.raises(InputError, match="fold: 9 is refused: there are 9 folds"):
        fit_fold(dataset, settings(outer_folds=12), 9, seed=1)
    with pytest.raises(InputError, match="there are 2 groups"):
        fit_fold(dataset.take(range(10)), settings(), 0, seed=1)


def test_settings_without_a_group_are_refused():
    with pytest.raises(InputError, match=r"learner\.group is missing"):
        settings(learner={**LEARNER, "group": None})


@pytest.mark.parametrize("protocol", Protocols("nested_training").descriptions())
def test_the_protocols_choose_from_all_features_and_the_baseline(protocol):
    values = Protocols("nested_training").inputs(protocol, None)
    learner = NestedSettings.parse({key: values[key] for key in SETTINGS}, "training").learner
    assert learner.features == [*FEATURES, MIEDEMA]
    assert learner.baseline == MIEDEMA
    assert learner.make().search_space
