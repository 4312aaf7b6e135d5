"""Errors of a free-energy model by the region of the landscape, or by the criterion that asked for the points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.sampling.labelled import Labelled
from aiida_matal.science.table import Column, Table

Floats = NDArray[np.float64]

ALL = "all"
#: Published errors are of chemical potentials in units of 0.01 eV.
SCALE = 100.0

_COLUMNS = {
    "region": Column("region, or criterion that asked for the points, or all of them"),
    "n_points": Column("number of points", "1"),
    "mse": Column("mean over points and coordinates of the squared error of mu", "eV^2"),
    "mse_scaled": Column("the same of mu in units of 0.01 eV, as published", "1"),
    "rmse": Column("root of the mean squared error of mu", "eV"),
    "rmse_mu_0": Column("root mean squared error of the derivative with respect to the composition", "eV"),
    "rmse_order": Column("root mean squared error of the derivatives with respect to the order parameters", "eV"),
    "max_error": Column("largest absolute error of a component of mu", "eV"),
}


def region_errors(model: FreeEnergy, dataset: Table) -> Table:
    """Return the errors of the model at all points of status ok, and then in each region, sorted by name.

    :param dataset: labelled points; the column ``criterion`` holds the region.
    :raises InputError: if no point has the status ok, or one has another number of coordinates than the model.
    """
    labelled = Labelled.read(dataset, model.d)
    if not len(labelled):
        raise InputError("dataset", f"{len(dataset)} rows", "no point has the status ok", "Give labelled points.")
    errors = model.mu(labelled.eta) - labelled.mu
    names = np.unique(labelled.criterion).tolist()
    rows = [_row(ALL, errors), *(_row(name, errors[labelled.criterion == name]) for name in names)]
    return Table({name: np.array([row[position] for row in rows]) for position, name in enumerate(_COLUMNS)}, _COLUMNS)


def _row(region: str, errors: Floats) -> tuple[str | int | float, ...]:
    mse = float(np.mean(errors**2))
    composition, order = _root_mean_square(errors[:, 0]), _root_mean_square(errors[:, 1:])
    return region, len(errors), mse, SCALE**2 * mse, mse**0.5, composition, order, float(np.abs(errors).max())


def _root_mean_square(errors: Floats) -> float:
    return float(np.sqrt(np.mean(errors**2)))
