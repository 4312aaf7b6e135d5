from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.columns import KAPPA, MU, WANTED, vector
from aiida_matal.science.landscape.sampling.bias import trusted_mu
from aiida_matal.science.landscape.sampling.explored import walk
from aiida_matal.science.landscape.sampling.sample import sample
from aiida_matal.science.landscape.sampling.settings import SamplingSettings
from aiida_matal.science.registry import SAMPLING_CRITERIA, registered_names

PHI = np.array([50.0, 0.05, 0.05, 0.05])
ALL = {name: {"n_points": 3} for name in registered_names(SAMPLING_CRITERIA)}


def make_settings(criteria=None, **others):
    criteria = {"billiard_walk": {"n_points": 20}} if criteria is None else criteria
    return SamplingSettings.parse({"criteria": criteria, "explored_points": 400, **others}, "settings")


@pytest.fixture
def dataset(layered, wells_model, make_dataset):
    eta = walk(layered, 60, 0.2, 0.05, 9)
    names = ["billiard_walk", "set_wells", "high_error"] * 20
    return make_dataset(eta, wells_model(layered.d).mu(eta), names, [0, 1] * 30)


@pytest.fixture
def model(wells_model, layered):
    members = [wells_model(layered.d, factor=factor) for factor in (1.1, 0.9)]
    return wells_model(layered.d, factor=1.1, members=members)


def test_round_0_takes_what_needs_no_model(layered):
    result = sample(layered, make_settings(ALL), 0, 1, phi=PHI)
    names = set(result.candidates["criterion"].tolist())
    assert names == {"billiard_walk", "set_wells", "vertices", "endpoints"}
    assert vector(result.candidates, KAPPA).tolist() == vector(result.candidates, WANTED).tolist()
    closed = result.decision.take(~result.decision["open"])
    assert set(closed["criterion"].tolist()) == set(ALL) - names
    assert "query_by_committee proposes nothing: it needs a model" in closed["reason"].tolist()
    assert not closed["chosen"].any()
    # 3 each: points, six wells and the disordered state, three lines, two ends.
    numbers = {name: result.summary[f"n_{name}"] for name in names}
    assert numbers == {"billiard_walk": 3, "set_wells": 21, "vertices": 9, "endpoints": 6}
    assert result.summary["n_proposed"] == result.summary["n_candidates"] == 39


def test_later_rounds_centre_the_bias_so_that_the_average_comes_to_the_point(layered, dataset, model):
    result = sample(layered, make_settings(ALL), 2, 1, phi=PHI, dataset=dataset, model=model)
    wanted, kappa = vector(result.candidates, WANTED), vector(result.candidates, KAPPA)
    largest = trusted_mu(vector(dataset, MU))
    assert -2 * PHI * (wanted - kappa) == pytest.approx(np.clip(model.mu(wanted), -largest, largest))
    assert set(result.candidates["criterion"].tolist()) == set(ALL)
    assert layered.polytope.contains(wanted, 1e-9).all()


def test_the_decision_says_who_asked_and_why(layered, dataset, model):
    settings = make_settings({"billiard_walk": {"n_points": 2}, "sensitivity": {"n_points": 3}})
    decision = sample(layered, settings, 7, 1, phi=PHI, dataset=dataset, model=model).decision
    # The best of each criterion first, then the second best.
    assert decision["id"].tolist() == [
        "r07_billiard_walk_00000",
        "r07_sensitivity_00000",
        "r07_billiard_walk_00001",
        "r07_sensitivity_00001",
        "r07_sensitivity_00002",
    ]
    assert decision["rank"].tolist() == [0, 1, 2, 3, 4]
    assert decision["chosen"].all()
    assert decision["open"].all()
    assert np.isnan(decision["novelty"]).all()
    assert decision["reason"][0] == "asked for by billiard_walk"
    assert decision["reason"][1] == (
        f"asked for by sensitivity: largest eigenvalue of the Hessian = {decision['score'][1]:.3g} eV"
    )


def test_a_model_without_a_committee_leaves_the_committee_out(layered, dataset, model, wells_model):
    settings = make_settings({"billiard_walk": {"n_points": 2}, "query_by_committee": {}})
    alone = wells_model(layered.d)
    result = sample(layered, settings, 1, 1, phi=PHI, dataset=dataset, model=alone)
    assert result.decision["reason"][-1] == (
        "query_by_committee proposes nothing: it needs a committee of two models or more"
    )
    assert result.summary["n_query_by_committee"] == 0
    assert len(result.candidates) == 2


def test_no_proposal_at_all_is_refused(layered):
    with pytest.raises(InputError, match=r"sensitivity proposes nothing: it needs a model.*billiard_walk"):
        sample(layered, make_settings({"sensitivity": {}}), 0, 1, phi=PHI)


def test_the_points_of_a_criterion_do_not_depend_on_the_others(layered, dataset, model):
    alone = sample(layered, make_settings(), 3, 1, phi=PHI).candidates
    among = sample(
        layered, make_settings({**ALL, "billiard_walk": {"n_points": 20}}), 3, 1, phi=PHI, dataset=dataset, model=model
    ).candidates
    among = among.take(among["criterion"] == "billiard_walk")
    assert vector(alone, WANTED).tolist() == vector(among, WANTED).tolist()


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**31), order=st.permutations(range(60)), threshold=st.sampled_from([None, "r1", "r2"]))
def test_points_are_inside_and_follow_from_the_seed_alone(layered, dataset, model, seed, order, threshold):
    novelty = None if threshold is None else {"threshold": threshold}
    settings = make_settings(ALL, novelty=novelty, reweighting={})
    first = sample(layered, settings, 2, seed, phi=PHI, dataset=dataset, model=model, previous_model=model.members[1])
    again = sample(
        layered, settings, 2, seed, phi=PHI, dataset=dataset.take(order), model=model, previous_model=model.members[1]
    )
    assert first.decision == again.decision
    assert first.candidates == again.candidates
    assert first.weights == again.weights
    assert layered.polytope.contains(vector(first.candidates, WANTED), 1e-9).all()
    assert first.candidates["id"].tolist() == first.decision["id"][first.decision["chosen"]].tolist()
    assert np.isfinite(list(first.summary.values())).all()


def test_other_seeds_and_rounds_give_other_points(layered):
    first, seed, later = (
        sample(layered, make_settings(), number, seed, phi=PHI).candidates for number, seed in [(0, 1), (0, 2), (1, 1)]
    )
    for other in (seed, later):
        assert not np.isclose(vector(first, WANTED), vector(other, WANTED)).all(axis=1).any()


def test_points_that_are_known_already_are_not_novel(layered, model, make_dataset):
    first = sample(layered, make_settings(), 1, 1, phi=PHI).candidates
    known = vector(first, WANTED)[:8]
    dataset = make_dataset(known, model.mu(known))
    settings = make_settings(novelty={"threshold": "r1"})
    result = sample(layered, settings, 1, 1, phi=PHI, dataset=dataset, model=model)
    decision = result.decision
    dropped = decision.take(~decision["chosen"])
    assert (dropped["novelty"] == 0).sum() == 8
    close = dropped.take(dropped["novelty"] == 0)
    assert set(close["reason"].tolist()) == {"not novel: a labelled point is too close; asked for by billiard_walk"}
    assert decision["novelty"].sum() == pytest.approx(1)
    assert result.summary["n_dropped_by_novelty"] == len(dropped) == 20 - len(result.candidates)
    assert decision["chosen"].tolist() == sorted(decision["chosen"].tolist(), reverse=True)


def test_points_that_failed_are_not_known(layered, model, make_dataset):
    first = sample(layered, make_settings(), 1, 1, phi=PHI).candidates
    known = vector(first, WANTED)
    dataset = make_dataset(known, np.full_like(known, np.nan), status=["failed"] * len(known))
    result = sample(layered, make_settings(novelty={}), 1, 1, phi=PHI, dataset=dataset, model=model)
    assert len(result.candidates) == 20


def test_criteria_are_reweighted_by_what_their_points_taught(layered, dataset, model, wells_model):
    settings = make_settings(
        {"high_error": {"n_points": 20, "replicas": 1}, "set_wells": {"n_points": 4}, "query_by_committee": {}},
        reweighting={"alpha": 100.0},
    )
    old = wells_model(layered.d, factor=1.6)
    result = sample(layered, settings, 2, 1, phi=PHI, dataset=dataset, model=model, previous_model=old)
    raw = {}
    for name in ("high_error", "set_wells"):
        rows = (dataset["criterion"] == name) & (dataset["round"] == 1)
        squares = np.mean(dataset.take(rows).matrix([f"mu_{number}" for number in range(4)]) ** 2)
        raw[name] = 1 + 100 * (0.6**2 - 0.1**2) * squares
    mean = np.mean(list(raw.values()))
    assert result.weights == {
        "high_error": pytest.approx(raw["high_error"] / mean),
        "set_wells": pytest.approx(raw["set_wells"] / mean),
        "query_by_committee": 1.0,
    }
    assert result.summary["n_high_error"] == round(20 * result.weights["high_error"])
    assert result.summary["weight_set_wells"] == result.weights["set_wells"]


def test_weights_go_on_from_those_before(layered, dataset, model):
    criteria = {"billiard_walk": {"n_points": 20}, "endpoints": {"n_points": 20}}
    settings = make_settings(criteria, reweighting={})
    weights = {"billiard_walk": 0.2, "endpoints": 1.8}
    result = sample(layered, settings, 2, 1, phi=PHI, dataset=dataset, model=model, previous_weights=weights)
    assert result.weights == pytest.approx(weights)
    # 4 points would be fewer than the floor of 10; 36 at each of two ends.
    assert result.summary["n_billiard_walk"] == 10
    assert result.summary["n_endpoints"] == 72
    fixed = make_settings(criteria)
    result = sample(layered, fixed, 2, 1, phi=PHI, dataset=dataset, model=model, previous_weights=weights)
    assert result.weights == {"billiard_walk": 1.0, "endpoints": 1.0}


@pytest.mark.parametrize("phi", [[1.0, 1.0], [1.0, 0.0, 1.0, 1.0], [1.0, np.nan, 1.0, 1.0]])
def test_a_bias_that_does_not_hold_each_coordinate_is_refused(layered, phi):
    with pytest.raises(InputError, match="Give 4 numbers above 0"):
        sample(layered, make_settings(), 0, 1, phi=phi)


def test_a_model_that_is_not_finite_is_refused(layered, dataset, model, wells_model):
    broken = wells_model(layered.d, k=np.nan)
    with pytest.raises(InputError, match="its mu is not finite"):
        sample(layered, make_settings(), 1, 1, phi=PHI, dataset=dataset, model=broken)


def test_a_dataset_of_another_system_is_refused(zigzag, dataset):
    with pytest.raises(InputError, match="have not 7 coordinates"):
        sample(zigzag, make_settings(), 1, 1, phi=np.ones(7), dataset=dataset)


def test_rounds_count_from_0(layered):
    with pytest.raises(InputError, match="rounds count from 0"):
        sample(layered, make_settings(), -1, 1, phi=PHI)
