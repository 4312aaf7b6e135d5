"""The inputs of a free-energy campaign that a protocol and overrides make."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from aiida.engine import ProcessBuilder
from aiida.orm import AbstractCode, Dict, Int, Str

from aiida_matal.data.model import ModelData
from aiida_matal.science.errors import InputError
from aiida_matal.science.failure_policy import FailurePolicy
from aiida_matal.science.landscape.sampling.settings import SamplingSettings
from aiida_matal.science.landscape.surrogate import SurrogateSettings
from aiida_matal.science.landscape.system import SystemSettings
from aiida_matal.science.landscape.training import LandscapeLearnerSettings
from aiida_matal.science.seeds import derive_seed
from aiida_matal.workflows.campaigns.landscape_checks import complete_test_design
from aiida_matal.workflows.oracles.umbrella import UmbrellaOracleSettings
from aiida_matal.workflows.ports import check_whole

UMBRELLA, SURROGATE = "matal.oracle.umbrella", "matal.oracle.landscape_model"


def fill_builder(
    builder: ProcessBuilder,
    code: AbstractCode,
    system: Mapping[str, Any],
    values: Mapping[str, Any],
    surrogate: ModelData | None,
    oracle: Mapping[str, Any],
) -> None:
    """Give a builder all that a protocol and overrides say.

    :param values: what :meth:`~aiida_matal.workflows.protocols.protocol.Protocols.inputs` returned. A criterion that is
        null is left out, and so is the test set if ``test_design`` has no points.
    :param surrogate: a model that labels the points in place of Monte Carlo.
    :param oracle: inputs of the oracle other than its settings.
    :raises InputError: naming the first field that is refused.
    """
    check_whole("seed", values["seed"], smallest=0)
    _check_temperature(values["temperature"])
    builder.code = code
    builder.system = Dict(SystemSettings.parse(system, "system").as_dict())
    builder.seed = Int(values["seed"])
    builder.learner = Dict(_learner(values).as_dict())
    builder.sampling = Dict(parse_sampling(values["sampling"]).as_dict())
    builder.failure_policy = Dict(FailurePolicy.parse(values["failure_policy"], "failure_policy").as_dict())
    builder.stopping = Dict(values["stopping"])
    builder.oracle_name = Str(UMBRELLA if surrogate is None else SURROGATE)
    settings = _umbrella(values) if surrogate is None else _surrogate(values)
    model = {} if surrogate is None else {"model": surrogate}
    builder.oracle = {"settings": Dict(settings), **model, **oracle}
    test_design = {**values["test_design"], "n_points": _without_null(values["test_design"]["n_points"])}
    if test_design["n_points"]:
        temperature = {"temperature": values["temperature"]}
        builder.test_design = Dict(complete_test_design({**test_design, **temperature}, builder.oracle))


def parse_sampling(values: Mapping[str, Any]) -> SamplingSettings:
    """Return the sampling that values describe, in which a criterion that is null is left out.

    :raises InputError: naming the first field that is refused.
    """
    return SamplingSettings.parse({**values, "criteria": _without_null(values["criteria"])}, "sampling")


def _check_temperature(value: Any) -> None:
    if not isinstance(value, int | float) or not 0 < value < math.inf:
        raise InputError("temperature", value, "it is not above 0 K", "Give a temperature in K.")


def _learner(values: Mapping[str, Any]) -> LandscapeLearnerSettings:
    learner = LandscapeLearnerSettings.parse(values["learner"], "learner")
    if not values["ideal_mixing"] or "ideal_mixing" not in learner.learner_class().Settings.model_fields:
        return learner
    settings = {"ideal_mixing": values["temperature"], **learner.settings}
    return LandscapeLearnerSettings.parse({**values["learner"], "settings": settings}, "learner")


def _umbrella(values: Mapping[str, Any]) -> dict[str, Any]:
    if "temperature" in values["oracle"]:
        given = values["oracle"]["temperature"]
        raise InputError("overrides.oracle.temperature", given, "it is the same for all", "Give `temperature`.")
    own = {"temperature": values["temperature"], "seed": derive_seed(values["seed"], "oracle")}
    return UmbrellaOracleSettings.parse({**own, **values["oracle"]}, "oracle.settings").as_dict()


def _surrogate(values: Mapping[str, Any]) -> dict[str, Any]:
    own = {"seed": derive_seed(values["seed"], "oracle")}
    return SurrogateSettings.parse({**own, **values["surrogate"]}, "oracle.settings").as_dict()


def _without_null(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
