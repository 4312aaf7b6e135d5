from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.forecast import CampaignPlan, forecast
from aiida_matal.science.mixing.liquid_cost import LiquidCost, Wanted
from aiida_matal.science.mixing.settings import LiquidSettings

SETTINGS = LiquidSettings(sample_every=10, hot_start_steps=1000, volume_steps=1500, production_steps=5000)
COST = LiquidCost(SETTINGS, "code", n_atoms=108, runs=3, jobs=4, steps=12_000, core_hours=0.25)
WANTED = Wanted(SETTINGS, "code", exponents=(1.0, 1.0), hot_start_in_job=True)
PLAN = CampaignPlan(n_candidates=45, n_pure=6, start_batch=4, batch=3, train_from=2, max_rounds=4)
HISTORY = [COST] * 5

plans = st.builds(
    CampaignPlan,
    n_candidates=st.integers(1, 60),
    n_pure=st.integers(2, 30),
    start_batch=st.integers(1, 8),
    batch=st.integers(1, 8),
    train_from=st.just(2),
    max_rounds=st.integers(1, 6),
)


def test_rounds_and_campaign_take_what_equal_liquids_took():
    found = forecast(PLAN, HISTORY, WANTED)
    assert (found.first_round.candidates, found.first_round.pure_liquids) == (4, 6)
    assert (found.first_round.jobs, found.first_round.steps) == (10 * 4, 10 * 12_000)
    assert (found.first_round.least_jobs, found.first_round.least_steps) == (10 * 2, 10 * 6000)
    assert found.first_round.core_hours == pytest.approx((2.5, 1.0, 2.5))
    assert (found.later_round.candidates, found.later_round.pure_liquids) == (3, 0)
    assert found.later_round.core_hours == pytest.approx((0.75, 0.75, 0.75))
    assert (found.campaign.n_rounds, found.campaign.candidates, found.campaign.pure_liquids) == (4, 13, 6)
    assert found.campaign.core_hours.median == pytest.approx(19 * 0.25)
    assert found.ends_by == "max_rounds"
    assert (found.basis.n_liquids, found.basis.runs, found.basis.jobs) == (5, 3.0, 4.0)


def test_without_earlier_liquids_only_the_least_is_known():
    found = forecast(PLAN, [], WANTED)
    assert found.basis is None
    for amount in (found.first_round, found.later_round, found.campaign):
        assert (amount.jobs, amount.steps, amount.core_hours) == (None, None, None)
        assert amount.least_steps > 0


@pytest.mark.parametrize(
    ("changes", "rounds", "candidates", "ends_by"),
    [
        ({"max_labels": 8}, 3, 10, "max_labels"),
        ({"max_core_hours": 3.0}, 2, 7, "max_core_hours"),
        ({"n_candidates": 5}, 2, 5, "pool_exhausted"),
        ({"max_rounds": float("inf")}, 15, 45, "pool_exhausted"),
        ({"max_rounds": 1}, 1, 4, "max_rounds"),
        ({"start_batch": 1}, 4, 1 + 1 + 3 + 3, "max_rounds"),
    ],
)
def test_the_first_limit_that_a_round_finds_reached_ends_the_campaign(changes, rounds, candidates, ends_by):
    found = forecast(replace(PLAN, **changes), HISTORY, WANTED)
    assert (found.campaign.n_rounds, found.campaign.candidates, found.ends_by) == (rounds, candidates, ends_by)
    assert (found.later_round is None) == (rounds == 1)


@given(plans, st.integers(0, 5))
def test_a_larger_campaign_never_takes_less(plan, more):
    small = forecast(plan, HISTORY, WANTED).campaign
    for changes in ({"max_rounds": plan.max_rounds + more}, {"n_candidates": plan.n_candidates + more}):
        large = forecast(replace(plan, **changes), HISTORY, WANTED).campaign
        assert large.candidates >= small.candidates
        assert large.steps >= small.steps
        assert all(new >= old for new, old in zip(large.core_hours, small.core_hours, strict=True))


@given(plans)
def test_rounds_add_up_to_the_campaign(plan):
    found = forecast(plan, HISTORY, WANTED)
    later = 0 if found.later_round is None else found.later_round.pure_liquids * (found.campaign.n_rounds - 1)
    assert found.first_round.pure_liquids + later == pytest.approx(found.campaign.pure_liquids)
    assert found.campaign.candidates <= plan.n_candidates
    assert found.campaign.pure_liquids <= plan.n_pure


def test_forecast_is_plain_json():
    values = json.loads(json.dumps(forecast(PLAN, HISTORY, WANTED).as_dict()))
    assert set(values["campaign"]["core_hours"]) == {"median", "low", "high"}
    assert values["basis"]["sizes"] == [108]
    assert json.loads(json.dumps(forecast(PLAN, [], WANTED).as_dict()))["campaign"]["core_hours"] is None


def test_empty_batches_are_refused():
    with pytest.raises(InputError, match="batch: 0 is refused"):
        forecast(replace(PLAN, batch=0), HISTORY, WANTED)
