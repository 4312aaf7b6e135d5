"""Labels from datasets of ESPEI.

The format is described in https://espei.org, "Making ESPEI datasets": energies are in J per mole of atoms.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from aiida_matal.science.calphad.points import Point, Reading, Refusal, check_point
from aiida_matal.science.calphad.units import ENERGY
from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings

OUTPUT = "HM_MIX"
#: By how much the site fractions of a configuration may miss 1, being rounded.
MAX_MISSING = 0.005


class EspeiSettings(Settings):
    """Which datasets of ESPEI to read."""

    phase: str = Field("LIQUID", min_length=1, description="the name of the liquid phase")
    skip_bad: bool = Field(False, description="whether to leave bad values out")


class _Binary(NamedTuple):
    elements: tuple[str, str]
    x_b: float


def read_espei(files: Mapping[str, bytes], settings: EspeiSettings) -> Reading:
    """Return the points that datasets of ESPEI hold, one dataset a file.

    Read are single-phase datasets of ``HM_MIX`` of the liquid: one sublattice, two elements. Others are left out with
    a reason. The source of a point is the reference of its dataset.

    :param files: content of each file by its name.
    """
    points: list[Point] = []
    bad: list[Refusal] = []
    left_out: list[Refusal] = []
    for name in sorted(files):
        try:
            dataset = _parse(files[name])
            other = _why_not_ours(dataset, settings.phase)
            if other is not None:
                left_out.append(Refusal.of(name, other))
                continue
            found, wrong = _points(name, dataset)
        except InputError as error:
            bad.append(Refusal.of(name, error))
            continue
        points += found
        bad += wrong
    return Reading(points, bad, left_out)


def _parse(content: bytes) -> dict[str, Any]:
    try:
        dataset = json.loads(content.decode("utf-8"))
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(f"line {line}", content[error.start : error.end], "it is not UTF-8", "Save it so.") from None
    except json.JSONDecodeError as error:
        raise InputError(f"line {error.lineno}", error.msg, "it is not JSON", "Correct it.") from None
    except RecursionError:
        raise InputError("dataset", "", "it is nested too deeply", "Give a dataset of ESPEI.") from None
    if not (isinstance(dataset, dict) and {"output", "phases"} <= set(dataset)):
        shown = sorted(dataset) if isinstance(dataset, dict) else type(dataset).__name__
        raise InputError("dataset", shown, "it has no keys output and phases", "Give a dataset of ESPEI.")
    return dataset


def _why_not_ours(dataset: Mapping[str, Any], phase: str) -> InputError | None:
    cure = "Nothing needs to be done."
    if dataset["output"] != OUTPUT:
        return InputError("output", dataset["output"], f"it is not {OUTPUT}", cure)
    if dataset["phases"] != [phase]:
        return InputError("phases", dataset["phases"], f"it is not the phase {phase}", cure)
    if "solver" not in dataset:
        return InputError("solver", "(missing)", "the values are those of an equilibrium", cure)
    return None


def _points(name: str, dataset: Mapping[str, Any]) -> tuple[list[Point], list[Refusal]]:
    configurations, occupancies = _configurations(dataset["solver"])
    temperatures = _conditions(dataset, "T")
    values = _values(dataset, (len(_conditions(dataset, "P")), len(temperatures), len(configurations)))
    points, bad = [], []
    for p, t, c in product(*(range(length) for length in values.shape)):
        where = f"{name}, value {p + 1}, {t + 1}, {c + 1}"
        try:
            binary = _binary(configurations[c], occupancies[c])
            value = ENERGY["J/mol"](float(values[p, t, c]))
            source = str(dataset.get("reference", ""))
            point = Point(where, *binary.elements, binary.x_b, value, temperature=temperatures[t], source=source)
            points.append(check_point(point, ("components", "components")))
        except InputError as error:
            bad.append(Refusal.of(where, error))
    return points, bad


def _configurations(solver: Any) -> tuple[list[Any], list[Any]]:
    if not isinstance(solver, dict) or solver.get("mode", "manual") != "manual":
        raise InputError("solver.mode", solver, "it is not manual", "Give the configurations of the values.")
    ratios = solver.get("sublattice_site_ratios")
    if not isinstance(ratios, list) or len(ratios) != 1 or ratios[0] != 1:
        reason = "a liquid has one sublattice with site ratio 1"
        raise InputError("solver.sublattice_site_ratios", ratios, reason, "Give [1].")
    configurations, occupancies = (solver.get(key) for key in ("sublattice_configurations", "sublattice_occupancies"))
    if not isinstance(configurations, list) or not isinstance(occupancies, list):
        reason = "configurations and occupancies are not both lists"
        raise InputError("solver", sorted(solver), reason, "Give both of each value.")
    if len(configurations) != len(occupancies):
        lengths = (len(configurations), len(occupancies))
        reason = "configurations and occupancies differ in number"
        raise InputError("solver", lengths, reason, "Give both of each value.")
    return configurations, occupancies


def _conditions(dataset: Mapping[str, Any], name: str) -> list[float]:
    conditions = dataset.get("conditions")
    given = conditions.get(name) if isinstance(conditions, dict) else None
    values = [value for value in (given if isinstance(given, list) else [given]) if isinstance(value, int | float)]
    if not values or (isinstance(given, list) and len(values) < len(given)):
        raise InputError(f"conditions.{name}", given, "it is no number or list of numbers", "Give one or more numbers.")
    return [float(value) for value in values]


def _values(dataset: Mapping[str, Any], shape: tuple[int, int, int]) -> NDArray[np.float64]:
    given = dataset.get("values")
    try:
        values = np.array(given, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError("values", given, "it is no array of numbers", "Give lists of numbers.") from None
    if values.shape != shape:
        reason = f"its shape is {values.shape}, not {shape}: pressures, temperatures, configurations"
        raise InputError("values", given, reason, "Give one value for each.")
    return values


def _binary(configuration: Any, occupancy: Any) -> _Binary:
    """Return elements and composition of a configuration such as [["CU", "MG"]] with occupancy [[0.25, 0.75]]."""
    names = _only(configuration, "sublattice_configurations")
    fractions = _only(occupancy, "sublattice_occupancies")
    if len(names) != 2 or not all(isinstance(name, str) for name in names):
        raise InputError("sublattice_configurations", configuration, "it is not two elements", "Give a binary liquid.")
    if len(fractions) != 2 or not all(isinstance(value, int | float) for value in fractions):
        raise InputError("sublattice_occupancies", occupancy, "it is not two numbers", "Give one for each element.")
    total = float(fractions[0] + fractions[1])
    if abs(total - 1) > MAX_MISSING:
        raise InputError("sublattice_occupancies", occupancy, f"their sum is {total:.4g}", "Give fractions.")
    first, second = (name.capitalize() for name in names)
    return _Binary((first, second), float(fractions[1]) / total)


def _only(entry: Any, field: str) -> Sequence[Any]:
    if not isinstance(entry, list) or len(entry) != 1:
        raise InputError(field, entry, "it does not have one sublattice", 'Write it as [["CU", "MG"]].')
    return entry[0] if isinstance(entry[0], list) else [entry[0]]
