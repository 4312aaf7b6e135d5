from __future__ import annotations

from dataclasses import replace

import pytest

from aiida_matal.cli.forecast_text import forecast_line, forecast_text
from aiida_matal.science.mixing.forecast import CampaignPlan, forecast
from aiida_matal.science.mixing.liquid_cost import LiquidCost, Wanted
from aiida_matal.science.mixing.settings import LiquidSettings

SETTINGS = LiquidSettings(sample_every=10, hot_start_steps=1000, volume_steps=1500, production_steps=5000)
COST = LiquidCost(SETTINGS, "code", n_atoms=108, runs=3, jobs=4, steps=12_000, core_hours=0.25)
WANTED = Wanted(SETTINGS, "code", exponents=(2.0, 3.0), hot_start_in_job=True)
PLAN = CampaignPlan(n_candidates=45, n_pure=6, start_batch=4, batch=3, train_from=2, max_rounds=4)
LARGER = replace(WANTED, settings=SETTINGS.model_copy(update={"n_atoms": 216}))


def text(costs, wanted=WANTED, plan=PLAN):
    found = forecast(plan, costs, wanted)
    return forecast_text(found, "matal.md.vasp", wanted.settings.n_atoms)


def row(shown, name):
    (line,) = [line for line in shown.splitlines() if line.startswith(name)]
    return line.removeprefix(name).split()


def test_table_shows_what_rounds_and_campaign_take():
    shown = text([COST] * 5)
    assert row(shown, "first round") == ["4", "6", "40", "20", "120000", "60000", "2.5", "1", "to", "2.5"]
    assert row(shown, "later round, on average")[:3] == ["3", "0", "12"]
    assert row(shown, "campaign, 4 rounds")[:3] == ["13", "6", "76"]
    assert "The campaign ends by max_rounds" in shown
    assert "From 5 liquids of matal.md.vasp in this profile, 108 atoms (the same code, the same settings)" in shown
    assert "3.0 runs, 4.0 jobs, 12000 steps, 0.25 core-hours on average" in shown
    assert "N^" not in shown


def test_campaign_of_one_round_has_no_later_one():
    shown = text([COST] * 5, plan=replace(PLAN, max_rounds=1))
    assert "later round" not in shown
    assert row(shown, "campaign, 1 round ")[0] == "4"


def test_without_earlier_liquids_no_cost_is_invented():
    shown = text([])
    assert row(shown, "first round") == ["4", "6", "-", "20", "-", "60000", "unknown", "-"]
    assert "holds no liquid of matal.md.vasp: core-hours are unknown until one liquid has been run" in shown


def test_assumptions_are_told_where_the_liquids_differ():
    shown = text([replace(COST, code="other")] * 2, LARGER)
    assert "From 2 liquids" in shown
    assert "(not all with the same code, not all with the same settings)" in shown
    assert "jobs and steps are scaled by those of the shortest liquid" in shown
    assert "grow with the number of atoms as N^2 to N^3, to 216 atoms" in shown
    assert "No range: fewer than 3 liquids." in shown


@pytest.mark.parametrize(
    ("costs", "end"),
    [
        ([COST] * 5, "about 40 MD jobs, 2.5 core-hours (1 to 2.5)"),
        ([COST], "about 40 MD jobs, 2.5 core-hours"),
        ([], "20 MD jobs or more, core-hours unknown until one liquid has been run"),
    ],
)
def test_line_sums_up_the_first_round(costs, end):
    line = forecast_line(forecast(PLAN, costs, WANTED))
    assert line == f"forecast of the first round: 4 alloy and at most 6 pure liquids, {end}"
