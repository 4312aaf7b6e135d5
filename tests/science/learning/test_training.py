from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.training import LearnerSettings, train

LINEAR = {"name": "gaussian_process", "features": ["u", "v"], "target": "energy", "settings": {"n_restarts": 0}}


def settings(**changed):
    return LearnerSettings.parse({**LINEAR, **changed}, where="learner")


def test_a_linear_target_is_learned_and_cross_validated_by_group(make_dataset):
    result = train(make_dataset(), settings(group="system", n_folds=5), 1, make_dataset(30, prefix="t"))
    assert sorted(result.scores) == ["cv_mae", "cv_r2", "cv_rmse", "test_mae", "test_r2", "test_rmse"]
    assert result.scores["cv_rmse"] < 0.3
    assert result.scores["test_rmse"] < 0.3


def test_the_parity_table_is_what_the_scores_were_computed_from(make_dataset):
    result = train(make_dataset(), settings(), 1)
    parity = result.parity
    assert parity["id"].tolist() == make_dataset()["id"][:-1].tolist()
    assert parity["observed"].tolist() == make_dataset()["energy"][:-1].tolist()
    assert np.sqrt(np.mean((parity["observed"] - parity["predicted"]) ** 2)) == pytest.approx(result.scores["cv_rmse"])
    assert (parity["predicted_error"] > 0).all()
    assert parity.columns["predicted"].unit == "kJ/mol"


def test_the_card_says_what_the_model_is(make_dataset):
    dataset = make_dataset()
    card = train(dataset, settings(), 1).card
    learner = card.settings
    assert (learner["n_restarts"], learner["kernel"]) == (0, "matern52")
    limits = {name: [dataset[name][:-1].min(), dataset[name][:-1].max()] for name in ("u", "v")}
    assert card.as_dict() == {
        "kind": "gaussian_process",
        "features": ["u", "v"],
        "target": "energy",
        "unit": "kJ/mol",
        "baseline": None,
        "settings": learner,
        "n_labels": 19,
        "domain": limits,
        "sha256": {},
    }


def test_the_same_seed_gives_the_same_scores_and_another_seed_other_folds(make_dataset):
    scores = [train(make_dataset(), settings(n_folds=3), seed).scores["cv_rmse"] for seed in (1, 1, 2)]
    assert scores[0] == scores[1]
    assert scores[0] != scores[2]


def test_scores_that_are_not_known_are_left_out(make_dataset):
    dataset = make_dataset(5, system=["s"] * 5)
    result = train(dataset, settings(group="system"), 1)
    assert result.scores == {}
    assert np.isnan(result.parity["predicted"]).all()
    constant = train(make_dataset(5, energy=[1.0, 1.0, 1.0, 1.0, np.nan]), settings(), 1)
    assert sorted(constant.scores) == ["cv_mae", "cv_rmse"]


def test_two_labels_are_enough_and_one_is_refused(make_dataset):
    assert train(make_dataset(3), settings(), 1).scores["cv_rmse"] > 0
    with pytest.raises(InputError, match="it holds 1 labels with status ok"):
        train(make_dataset(2), settings(), 1)


def test_a_test_row_that_is_in_the_dataset_is_refused(make_dataset):
    with pytest.raises(InputError, match=r"test_set: .*'c000'"):
        train(make_dataset(), settings(), 1, make_dataset(5))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"features": []}, "learner.features"),
        ({"features": ["u", "u"]}, "learner.features"),
        ({"n_folds": 1}, "learner.n_folds"),
        ({"feature": ["u"]}, "learner.feature"),
    ],
)
def test_settings_that_mean_nothing_are_refused(changed, field):
    with pytest.raises(InputError, match=field):
        settings(**changed)


def test_an_unknown_learner_and_an_unknown_setting_of_it_are_refused(make_dataset):
    with pytest.raises(InputError, match="learners: 'neural'"):
        train(make_dataset(), settings(name="neural"), 1)
    with pytest.raises(InputError, match="kernal"):
        train(make_dataset(), settings(settings={"kernal": "rbf"}), 1)
