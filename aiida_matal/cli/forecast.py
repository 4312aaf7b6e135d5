"""The forecast of a campaign that has not been submitted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder

    from aiida_matal.science.mixing.forecast import CampaignPlan, Forecast
    from aiida_matal.science.mixing.liquid_cost import Wanted

#: Power of the number of atoms with which the cost of a step grows: cubic at the most where there are electrons.
_CLASSICAL = (1.0, 1.0)
_ELECTRONIC = (2.0, 3.0)


def forecast_campaign(builder: ProcessBuilder) -> Forecast | None:
    """Return what the campaign of a builder will take, from what the liquids in the profile took.

    :return: None for a campaign that simulates nothing.
    """
    if "engine_name" not in builder.oracle:
        return None
    from aiida_matal.provenance.liquid_costs import liquid_costs
    from aiida_matal.science.mixing.forecast import forecast

    return forecast(_plan(builder), liquid_costs(builder.oracle["engine_name"].value), _wanted(builder))


def _plan(builder: ProcessBuilder) -> CampaignPlan:
    from aiida_matal.science.mixing.forecast import CampaignPlan
    from aiida_matal.science.mixing.mixtures import references_of
    from aiida_matal.science.mixing.pool import MixingSpace, mixing_pool
    from aiida_matal.workflows.campaigns.round import MIN_LABELS_TO_TRAIN

    pool = mixing_pool(MixingSpace.parse(builder.space.get_dict(), "space"))
    limits = {"max_rounds": "rounds", "max_labels": "labels", "max_core_hours": "core_hours"}
    stopping = builder.stopping.get_dict()
    return CampaignPlan(
        n_candidates=len(pool),
        n_pure=len(references_of(pool)),
        start_batch=builder.start_design["batch_size"],
        batch=builder.selection["batch_size"],
        train_from=MIN_LABELS_TO_TRAIN,
        **{rule: stopping[rule][key] for rule, key in limits.items() if rule in stopping},
    )


def _wanted(builder: ProcessBuilder) -> Wanted:
    from aiida_matal.science.mixing.liquid_cost import Wanted
    from aiida_matal.science.mixing.settings import MixingSettings
    from aiida_matal.workflows.md.engines import load_engine

    engine = load_engine(builder.oracle["engine_name"].value)
    has_electrons = "electrons" in engine.spec().inputs["engine"]
    return Wanted(
        settings=MixingSettings.parse(builder.oracle["settings"].get_dict(), "oracle.settings").liquid,
        code=builder.oracle["engine"]["code"].uuid,
        exponents=_ELECTRONIC if has_electrons else _CLASSICAL,
        hot_start_in_job=engine.HOT_START_IN_JOB,
    )
