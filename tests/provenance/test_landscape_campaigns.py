from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aiida_matal.provenance.landscape_campaigns import error_table, landscape_campaigns
from aiida_matal.provenance.landscape_models import read_free_energy, system_of
from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.region_errors import region_errors
from aiida_matal.science.landscape.system import read_system
from tests.landscape_campaigns import CRITERIA, REGIONS, dataset_of, store_campaign
from tests.landscape_models import random_idnn, random_points

EXAMPLES = Path(__file__).parents[2] / "examples" / "free_energy"


@pytest.fixture(scope="module")
def fcc():
    return read_system(EXAMPLES / "fcc_l10.yaml")


@pytest.fixture
def make(localhost, fcc):
    return lambda *arguments, **options: store_campaign(fcc, localhost, *arguments, **options)


def test_models_are_those_of_the_rounds(make, fcc):
    (campaign,) = landscape_campaigns([make("walk")])
    assert (campaign.name, campaign.n_rounds, sorted(campaign.models)) == ("walk", 2, [0, 1])
    points = random_points(fcc, 3)
    np.testing.assert_array_equal(campaign.model.g(points), random_idnn(fcc, seed=2).g(points))
    model, card = read_free_energy(campaign.models[0])
    np.testing.assert_array_equal(model.g(points), random_idnn(fcc, seed=1).g(points))
    assert card.kind == "idnn"
    assert system_of(campaign.newest_model).settings == fcc.settings


def test_early_models_are_judged_on_the_final_training_set(make, fcc):
    (campaign,) = landscape_campaigns([make()])
    truth = random_idnn(fcc, seed=99)
    dataset = dataset_of(fcc, truth, CRITERIA, range(2))
    expected = [
        np.mean((100 * (random_idnn(fcc, seed=seed).mu(campaign_eta(dataset)) - mu(dataset))) ** 2) for seed in (1, 2)
    ]
    np.testing.assert_allclose(campaign.training_errors, expected, rtol=1e-12)


def campaign_eta(dataset):
    return dataset.matrix([f"eta_{column}" for column in range(4)])


def mu(dataset):
    return dataset.matrix([f"mu_{column}" for column in range(4)])


def test_table_of_errors_has_the_best_model_of_each_campaign(make, fcc):
    campaigns = landscape_campaigns([make("a", seeds=(1, 2)), make("b", seeds=(3, 99))])
    table = error_table(campaigns)
    assert table.names == ["campaign", "round", "training", "test", "BW", "wells"]
    assert table["campaign"].tolist() == ["a", "b"]
    assert table["round"][0] == np.argmin(campaigns[0].training_errors)
    # The second campaign ends with the very model that labelled the points.
    assert [table[name][1] for name in ("round", "training", "test", "BW", "wells")] == [1, 0, 0, 0, 0]
    test_set = dataset_of(fcc, random_idnn(fcc, seed=99), REGIONS, [-1], seed=7)
    errors = region_errors(random_idnn(fcc, seed=1 + table["round"][0]), test_set)
    assert [table[name][0] for name in ("test", "BW", "wells")] == errors["mse_scaled"].tolist()


def test_equal_labels_are_told_apart(make):
    nodes = [make("walk", seeds=()), make("walk", seeds=()), make(seeds=())]
    assert [campaign.name for campaign in landscape_campaigns(nodes)] == [
        f"walk {nodes[0].pk}",
        f"walk {nodes[1].pk}",
        f"campaign {nodes[2].pk}",
    ]


def test_without_a_model_there_is_no_table(make):
    (campaign,) = landscape_campaigns([make(seeds=())])
    assert (campaign.n_rounds, campaign.dataset) == (0, None)
    with pytest.raises(InputError, match="it has no model yet"):
        campaign.newest_model  # noqa: B018
    with pytest.raises(InputError, match="there is no model yet"):
        error_table([campaign])
