"""Labels from a model of the free energy in place of Monte Carlo, to try out how a campaign chooses its points."""

from __future__ import annotations

import numpy as np
from pydantic import Field

from aiida_matal.science.landscape.columns import WANTED, numbered
from aiida_matal.science.landscape.labels import LandscapeLabel, check_candidates, landscape_labels, sampling_names
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import ID, Table


class SurrogateSettings(Settings):
    """How labels are taken from a model."""

    noise: float = Field(
        0.0, ge=0.0, description="standard deviation, in eV a site, of normal noise on each chemical potential"
    )
    seed: int = Field(ge=1, le=2**31 - 1, description="the seed of the noise, from 1 to 2**31 - 1")


def surrogate_labels(candidates: Table, model: FreeEnergy, settings: SurrogateSettings) -> Table:
    """Return the labels that a model gives to the points: the points themselves, and its gradient there.

    Holber and Garikipati (2025) sized their sampling criteria in this way, with a network in place of Monte Carlo. The
    noise of a point follows from the seed, its id and the number of earlier tries; it is the standard error of mu.

    :param candidates: with ``id`` and the points ``wanted_eta_0``, ...
    :raises InputError: if the points have another number of components than the model.
    """
    d = model.d
    check_candidates(candidates, d, WANTED)
    eta = candidates.matrix(numbered(WANTED, d))
    mu = np.asarray(model.mu(eta), dtype=np.float64).reshape(len(eta), d)
    ids, labels = candidates[ID].tolist(), []
    for row, name in enumerate(sampling_names(candidates)):
        noise = np.random.default_rng(derive_seed(settings.seed, name)).normal(0.0, settings.noise, d)
        reason = "" if np.isfinite(mu[row]).all() else "the model has no finite gradient there"
        error = np.full(d, settings.noise)
        labels.append(LandscapeLabel(ids[row], eta[row], np.zeros(d), mu[row] + noise, error, reason=reason))
    return landscape_labels(labels, d)
