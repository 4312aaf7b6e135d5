from __future__ import annotations

from math import nan

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.labels import collect
from aiida_matal.science.landscape.columns import candidate_table, numbered
from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.region_errors import region_errors
from aiida_matal.science.landscape.sampling.explored import walk
from aiida_matal.science.landscape.surrogate import SurrogateSettings, surrogate_labels
from aiida_matal.science.landscape.training import LandscapeLearnerSettings, SearchPlan, train_landscape
from aiida_matal.science.learning.model_files import ModelCard

SMALL = {"layers": 1, "neurons": 8, "epochs": 20}


@pytest.fixture(scope="module")
def make_dataset(fcc):
    """Return a function that gives points of a walk with labels of the Bragg-Williams model."""
    model = MeanFieldModel(fcc, 900.0)

    def make(n_points, seed, prefix="p"):
        wanted = walk(fcc, n_points, 0.0, 0.0, seed)
        ids = [f"{prefix}{row}" for row in range(n_points)]
        points = candidate_table(ids, ["billiard_walk"] * n_points, wanted, wanted)
        return collect(points, [surrogate_labels(points, model, SurrogateSettings(seed=1))], 0, None)

    return make


@pytest.mark.parametrize(
    ("plan", "number", "errors", "is_due"),
    [
        ({}, 3, [nan, 1.0, 2.0], False),
        ({}, 3, [3.0, 1.0, 2.0, 3.0], True),
        ({}, 4, [1.0, 2.0, 3.0, 2.5], False),
        ({}, 4, [1.0, nan, 2.0, 3.0], False),
        ({}, 4, [1.0, 2.0, 2.0], False),
        ({"rises": 1}, 2, [1.0, 2.0], True),
        ({"rises": None}, 5, [1.0, 2.0, 3.0, 4.0], False),
        ({"rises": None, "every": 1}, 0, [], False),
        ({"rises": None, "every": 3}, 1, [nan], True),
        ({"rises": None, "every": 3}, 3, [nan, 1.0, 1.0], False),
        ({"rises": None, "every": 3}, 4, [nan, 1.0, 1.0, 1.0], True),
    ],
)
def test_a_search_is_due_after_rises_and_from_time_to_time(plan, number, errors, is_due):
    assert SearchPlan.parse(plan, "search").is_due(number, errors) == is_due


def test_scores_and_errors_by_region_are_those_of_the_model(fcc, make_dataset):
    dataset, test_set = make_dataset(60, 1), make_dataset(20, 2, "t")
    settings = LandscapeLearnerSettings.parse({"name": "idnn", "settings": SMALL}, "learner")
    trained = train_landscape(dataset, settings, fcc, 3, test_set=test_set)
    squared = (trained.model.mu(test_set.matrix(numbered("eta", 4))) - test_set.matrix(numbered("mu", 4))) ** 2
    assert trained.scores["test_rmse"] == pytest.approx(np.sqrt(squared.mean()), rel=1e-12)
    assert trained.scores["test_mse_scaled"] == pytest.approx(1e4 * squared.mean(), rel=1e-12)
    assert {"training_rmse", "validation_rmse"} <= set(trained.scores)
    assert trained.errors["data"].tolist() == ["training"] * 2 + ["test set"] * 2
    own = trained.errors.take(trained.errors["data"] == "training").select(region_errors(trained.model, dataset).names)
    assert own == region_errors(trained.model, dataset)
    assert len(trained.history) == 20
    assert trained.trials is None


def test_the_card_says_what_the_model_is_and_where_it_knows(fcc, make_dataset):
    dataset = make_dataset(40, 1)
    settings = LandscapeLearnerSettings.parse({"name": "idnn", "settings": SMALL}, "learner")
    card = train_landscape(dataset, settings, fcc, 3).card
    assert (card.kind, card.target, card.unit, card.n_labels) == ("idnn", "free_energy", "eV", 40)
    assert card.features == ["eta_0", "eta_1", "eta_2", "eta_3"]
    assert card.domain["eta_2"] == (dataset["eta_2"].min(), dataset["eta_2"].max())
    assert {name: card.settings[name] for name in SMALL} == SMALL


def test_a_search_makes_a_committee_and_its_choice_is_kept(fcc, make_dataset):
    dataset = make_dataset(40, 1)
    search = {"settings": {"n_trials": 2, "neurons": [5, 9], "layers": [1, 1]}}
    settings = LandscapeLearnerSettings.parse({"name": "idnn", "settings": SMALL, "search": search}, "learner")
    searched = train_landscape(dataset, settings, fcc, 3, search=True)
    assert len(searched.model.members) == len(searched.trials) == 2
    best = searched.trials["rank"].tolist().index(0)
    assert searched.card.settings["neurons"] == searched.trials["neurons"][best]
    later = train_landscape(dataset, settings, fcc, 4, previous=searched.card)
    assert later.card.settings == searched.card.settings
    alone = LandscapeLearnerSettings.parse({"name": "idnn", "settings": SMALL}, "learner")
    assert train_landscape(dataset, alone, fcc, 4, previous=searched.card).card.settings["neurons"] == 8


def test_hyper_parameters_of_another_learner_are_not_taken_over(fcc, make_dataset):
    settings = LandscapeLearnerSettings.parse({"name": "idnn", "settings": SMALL, "search": {}}, "learner")
    other = ModelCard(kind="spline", features=["eta_0"], target="free_energy", unit="eV", settings={"knots": 3})
    assert train_landscape(make_dataset(20, 1), settings, fcc, 4, previous=other).card.settings["neurons"] == 8


def test_recent_points_can_count_more(fcc, make_dataset):
    dataset = make_dataset(30, 1)
    newest = (np.arange(30) >= 20).astype(int)
    dataset = dataset.with_columns({"round": newest}, {"round": dataset.columns["round"]})
    models = [
        train_landscape(
            dataset,
            LandscapeLearnerSettings.parse({"name": "idnn", "settings": SMALL, "favour_recent": favour}, "learner"),
            fcc,
            3,
        ).model
        for favour in (False, True)
    ]
    point = [[0.4, 0.0, 0.0, 0.0]]
    assert not np.array_equal(models[0].mu(point), models[1].mu(point))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"name": "idn"}, r"learner\.name: 'idn' is refused: it is not registered. Registered: .*idnn"),
        ({"name": "idnn", "settings": {"layer": 2}}, r"learner\.settings\.layer: 2 is refused: .* mean 'layers'"),
        ({"name": "idnn", "search": {"rise": 2}}, r"learner\.search\.rise: 2 is refused"),
        (
            {"name": "idnn", "search": {"settings": {"n_trial": 2}}},
            r"learner\.search\.settings\.n_trial: 2 is refused: .* mean 'n_trials'",
        ),
    ],
)
def test_wrong_settings_are_refused(values, message):
    with pytest.raises(InputError, match=message):
        LandscapeLearnerSettings.parse(values, "learner")


def test_test_points_in_the_dataset_are_refused(fcc, make_dataset):
    dataset = make_dataset(10, 1)
    settings = LandscapeLearnerSettings(name="idnn", settings=SMALL)
    with pytest.raises(InputError, match=r"test_set: .*'p0'.* is refused: the points are in the dataset too"):
        train_landscape(dataset, settings, fcc, 3, test_set=dataset)
