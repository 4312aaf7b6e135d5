"""A forecast as text."""

from __future__ import annotations

from aiida_matal.cli.text import text_table
from aiida_matal.science.mixing.forecast import Amount, Basis, Forecast
from aiida_matal.science.mixing.liquid_cost import MIN_FOR_SPREAD, CoreHours

_HEADER = ["", "candidates", "pure liquids", "MD jobs", "at least", "MD steps", "at least", "core-hours", "10 to 90 %"]


def forecast_text(forecast: Forecast, engine_name: str, n_atoms: int) -> str:
    """Return a table of what the rounds take, and what it rests on.

    :param n_atoms: atoms of a liquid of the campaign.
    """
    rounds = f"{forecast.campaign.n_rounds} round{'s' if forecast.campaign.n_rounds > 1 else ''}"
    rows = [_row("first round", forecast.first_round)]
    if forecast.later_round is not None:
        rows.append(_row("later round, on average", forecast.later_round))
    rows.append(_row(f"campaign, {rounds}", forecast.campaign))
    notes = [
        f"The campaign ends by {forecast.ends_by}, if no other stopping rule ends it before.",
        "Each candidate is an alloy liquid. Pure liquids: at most; one that the graph holds is not simulated again.",
        *_basis_notes(forecast, engine_name, n_atoms),
    ]
    return "\n".join(["Forecast", "", text_table(_HEADER, rows), "", *notes])


def forecast_line(forecast: Forecast) -> str:
    """Return one line on the first round."""
    amount = forecast.first_round
    jobs = f"{amount.least_jobs:.0f} MD jobs or more" if amount.jobs is None else f"about {amount.jobs:.0f} MD jobs"
    hours = "core-hours unknown until one liquid has been run"
    if amount.core_hours is not None:
        spread = _spread(amount.core_hours)
        hours = f"{amount.core_hours.median:.3g} core-hours{f' ({spread})' if spread else ''}"
    liquids = f"{amount.candidates} alloy and at most {amount.pure_liquids:.0f} pure liquids"
    return f"forecast of the first round: {liquids}, {jobs}, {hours}"


def _row(name: str, amount: Amount) -> list[object]:
    hours = amount.core_hours
    return [
        name,
        amount.candidates,
        round(amount.pure_liquids, 1) if amount.pure_liquids % 1 else int(amount.pure_liquids),
        None if amount.jobs is None else round(amount.jobs),
        round(amount.least_jobs),
        None if amount.steps is None else round(amount.steps),
        round(amount.least_steps),
        "unknown" if hours is None else f"{hours.median:.3g}",
        "-" if hours is None else _spread(hours) or "-",
    ]


def _spread(hours: CoreHours) -> str:
    return "" if hours.low is None or hours.high is None else f"{hours.low:.3g} to {hours.high:.3g}"


def _basis_notes(forecast: Forecast, engine_name: str, n_atoms: int) -> list[str]:
    basis = forecast.basis
    if basis is None:
        return [
            f"This profile holds no liquid of {engine_name}: core-hours are unknown until one liquid has been run.",
            "A limit of core-hours is not looked at; jobs and steps are the least that the settings allow.",
        ]
    sizes = " or ".join(str(size) for size in basis.sizes)
    liquids = f"{basis.n_liquids} liquid{'s' if basis.n_liquids > 1 else ''}"
    notes = [
        f"From {liquids} of {engine_name} in this profile, {sizes} atoms ({_likeness(basis)}); each took",
        f"{basis.runs:.1f} runs, {basis.jobs:.1f} jobs, {basis.steps:.0f} steps, {basis.core_hours:.3g} core-hours"
        " on average.",
        "Settings of the engine itself, such as cutoffs and cores, are not compared.",
    ]
    if not basis.same_settings:
        notes.append("Settings differ: jobs and steps are scaled by those of the shortest liquid.")
    if basis.sizes != [n_atoms]:
        low, high = forecast.exponents
        power = f"N^{low:g}" if low == high else f"N^{low:g} to N^{high:g}"
        notes.append(f"The cost of a step is taken to grow with the number of atoms as {power}, to {n_atoms} atoms.")
    if basis.n_liquids < MIN_FOR_SPREAD:
        notes.append(f"No range: fewer than {MIN_FOR_SPREAD} liquids.")
    return notes


def _likeness(basis: Basis) -> str:
    code = "the same code" if basis.same_code else "not all with the same code"
    return f"{code}, {'the same settings' if basis.same_settings else 'not all with the same settings'}"
