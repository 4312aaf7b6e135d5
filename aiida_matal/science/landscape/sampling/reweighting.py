"""Ask the criteria whose points taught the model most for more points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from pydantic import Field

from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.sampling.labelled import Labelled
from aiida_matal.science.settings import Settings


class ReweightingSettings(Settings):
    """How the numbers of points of the criteria follow the improvement of the model."""

    alpha: float = Field(
        1e4, ge=0, description="by how much a weight grows when the mean squared error falls by 1 eV^2 (0 or more)"
    )
    floor: int = Field(
        10, ge=1, description="the number of points that a criterion keeps, if it was set to as many (1 or more)"
    )


def improvements(labelled: Labelled, round_number: int, model: FreeEnergy, previous: FreeEnergy) -> dict[str, float]:
    """Return how far the error of the model fell at the points that each criterion contributed in a round, in eV^2.

    The error is the mean over points and coordinates of the squared error of mu. A criterion without points in that
    round is left out.

    :param previous: the model before the points of the round were known.
    """
    last = labelled.take(labelled.round_number == round_number)
    if not len(last):
        return {}
    old, new = (np.mean((each.mu(last.eta) - last.mu) ** 2, axis=1) for each in (previous, model))
    return {name: float(np.mean((old - new)[last.criterion == name])) for name in np.unique(last.criterion).tolist()}


def reweighted(
    names: Sequence[str], previous: Mapping[str, float], improved: Mapping[str, float], alpha: float
) -> dict[str, float]:
    """Return the weights of the named criteria, of mean 1.

    To each weight (1 if it has none yet) ``alpha`` times the improvement is added; none falls below 0. Holber and
    Garikipati (2025), section 2.4: they reward improvement, though the text says once that slow criteria gain.
    """
    raw = {name: max(previous.get(name, 1.0) + alpha * improved.get(name, 0.0), 0.0) for name in names}
    total = sum(raw.values())
    if total == 0:
        return dict.fromkeys(names, 1.0)
    return {name: weight * len(names) / total for name, weight in raw.items()}


def weighted_number(n_points: int, weight: float, floor: int) -> int:
    """Return the number of points of a criterion: its own times the weight, at least ``floor`` or its own if less."""
    return max(round(n_points * weight), min(floor, n_points))
