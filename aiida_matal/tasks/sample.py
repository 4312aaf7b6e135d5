"""The task ``sample``: what is known of a landscape in, the points to sample next out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import numpy as np
from pydantic import Field, model_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import LandscapeModel
from aiida_matal.science.landscape.monte_carlo.settings import PhiSettings
from aiida_matal.science.landscape.sampling.regions import TestSetSettings, design_test_set
from aiida_matal.science.landscape.sampling.sample import sample
from aiida_matal.science.landscape.sampling.settings import SamplingSettings
from aiida_matal.science.landscape.system import System, SystemSettings
from aiida_matal.science.registry import LANDSCAPE_LEARNERS
from aiida_matal.science.settings import Settings
from aiida_matal.tasks.folder import Outcome, TaskFolder


class SampleSettings(Settings):
    """Settings of the task ``sample``: those of the sampling of a round, or of the design of a test set."""

    system: SystemSettings = Field(description="crystal, cluster expansion and ordering")
    sampling: dict[str, Any] | None = Field(None, description="criteria, novelty and reweighting of a round")
    test_design: TestSetSettings | None = Field(None, description="how many points of each region a test set has")
    phi: PhiSettings = Field(description="the curvatures composition and order of the bias, in eV per site")
    round: int = Field(0, ge=0, description="number of the round, from 0")
    weights: dict[str, float] = Field(default_factory=dict, description="weights of the criteria in the round before")
    seed: int = Field(ge=0, description="seed of every random choice")
    n_threads: int = Field(1, ge=1, description="number of threads, 1 or more; no result depends on it")

    @model_validator(mode="after")
    def _one_of_two(self) -> Self:
        if (self.sampling is None) == (self.test_design is None):
            raise ValueError("it needs either sampling or test_design")
        return self


def run(task: TaskFolder) -> Outcome:
    """Choose points to sample, given ``dataset``, ``model`` and ``previous_model`` if there are.

    For a round the tables are ``decision`` and ``candidates`` and the values those of
    :class:`aiida_matal.science.landscape.sampling.sample.SampleResult`; for a test set there are ``candidates`` alone
    and their number by region.

    :raises InputError: for settings, tables or models that are refused.
    """
    settings = SampleSettings.parse(task.settings, where="settings")
    system = System.from_settings(settings.system)
    phi = np.array([settings.phi.composition, *[settings.phi.order] * (system.d - 1)])
    if settings.test_design is not None:
        return _test_points(task, system, settings.test_design, phi, settings.seed)
    result = sample(
        system,
        SamplingSettings.parse(settings.sampling or {}, "settings.sampling"),
        settings.round,
        settings.seed,
        phi=phi,
        dataset=task.optional_table("dataset"),
        model=_model(task, "model"),
        previous_model=_model(task, "previous_model"),
        previous_weights=settings.weights,
        n_threads=settings.n_threads,
    )
    tables = task.write_table("decision", result.decision) | task.write_table("candidates", result.candidates)
    return Outcome(dict(result.summary), tables, {})


def _test_points(task: TaskFolder, system: System, design: TestSetSettings, phi: Any, seed: int) -> Outcome:
    candidates = design_test_set(system, design, phi, seed)
    regions = candidates["criterion"].tolist()
    counts: Mapping[str, int] = {f"n_{region}": regions.count(region) for region in design.n_points}
    return Outcome({"n_candidates": len(candidates), **counts}, task.write_table("candidates", candidates), {})


def _model(task: TaskFolder, name: str) -> LandscapeModel | None:
    stored = task.optional_model(name, LANDSCAPE_LEARNERS)
    if stored is None:
        return None
    model, card = stored
    if not isinstance(model, LandscapeModel):
        raise InputError(name, card.kind, "it is no free energy", "Give a model that a landscape learner fitted.")
    return model
