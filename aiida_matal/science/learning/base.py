"""The interface of learners and of the models that they fit."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science import settings as settings_module
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.search_space import SearchSpace

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Prediction:
    """What a model says about n points, in the unit of the target.

    ``mean`` has shape (n,). ``error`` is the standard error of each mean, shape (n,), or None if the model has none.
    """

    mean: Floats
    error: Floats | None = None


class Model(ABC):
    """A fitted model. It is stored as text or plain arrays; pickle is not allowed."""

    @abstractmethod
    def predict(self, features: ArrayLike) -> Prediction:
        """Return the prediction for each row of ``features``, shape (n, d).

        :raises InputError: if the number of columns is not d or a value is not finite.
        """

    def importance(self) -> Floats | None:
        """Return how much each feature matters to the model, shape (d,), 0 or more, or None if it cannot tell."""
        return None

    @abstractmethod
    def write(self, folder: Path) -> None:
        """Write the model to files, without sub-folders, in the existing ``folder``."""

    @classmethod
    @abstractmethod
    def read(cls, folder: Path) -> Self:
        """Read a model written by :meth:`write`.

        The files are not checked here: :func:`aiida_matal.science.learning.model_files.read_model` does that first.
        """


class Learner(ABC):
    """Fits a model to labelled points.

    :param settings: settings of the learner, parsed by its class ``Settings``.
    :raises InputError: for settings that are unknown or refused.
    """

    Settings: ClassVar[type[settings_module.Settings]]
    model_class: ClassVar[type[Model]]
    #: Settings that tuning may change, and within which limits; a dot leads into a mapping.
    search_space: SearchSpace = {}

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self.settings = self.Settings.parse(settings, where="learner settings")

    def ranker(self) -> Learner:
        """Return the learner whose models rank the features when some are to be eliminated."""
        return self

    @abstractmethod
    def fit(self, features: ArrayLike, target: ArrayLike, *, target_error: ArrayLike | None, seed: int) -> Model:
        """Return the model fitted to ``features``, shape (n, d), and ``target``, shape (n,), with n >= 1.

        The same arguments give the same model.

        :param target_error: standard error of each target value, shape (n,), or None if they are unknown.
        :raises InputError: if the shapes do not match or a value is not finite.
        """


def as_features(features: ArrayLike, n_columns: int | None = None) -> Floats:
    """Return ``features`` as a float array of shape (n, d).

    :param n_columns: d, if it is known.
    :raises InputError: if the shape is another one or a value is not finite.
    """
    array = np.asarray(features, dtype=np.float64)
    if array.ndim != 2:
        raise InputError("features", array.shape, "they have two dimensions", "Give one row a point.")
    if n_columns is not None and array.shape[1] != n_columns:
        cure = f"Give {n_columns} columns, in the order of the training."
        raise InputError("features", array.shape, f"the model was trained on {n_columns} columns", cure)
    refuse_not_finite("features", array)
    return array


def as_training_data(
    features: ArrayLike, target: ArrayLike, target_error: ArrayLike | None
) -> tuple[Floats, Floats, Floats | None]:
    """Return the arguments of :meth:`Learner.fit` as float arrays of matching shapes.

    :raises InputError: if there are no rows, shapes do not match, a value is not finite or an error is negative.
    """
    array = as_features(features)
    if len(array) == 0:
        raise InputError("features", array.shape, "there is nothing to learn from", "Give at least one row.")
    values = _as_column("target", target, len(array))
    if target_error is None:
        return array, values, None
    errors = _as_column("target_error", target_error, len(array))
    if (errors < 0).any():
        raise InputError("target_error", errors.min(), "a standard error is not negative", "Give errors >= 0.")
    return array, values, errors


def refuse_not_finite(field: str, array: Floats) -> None:
    """Refuse arrays that hold NaN or infinity.

    :raises InputError: naming the first row.
    """
    bad = np.argwhere(~np.isfinite(array))
    if len(bad):
        first = tuple(bad[0].tolist())
        raise InputError(field, float(array[first]), f"row {first[0]} is not finite", "Give finite numbers only.")


def _as_column(field: str, values: ArrayLike, n_rows: int) -> Floats:
    array = np.asarray(values, dtype=np.float64)
    if array.shape != (n_rows,):
        raise InputError(field, array.shape, f"the features have {n_rows} rows", "Give one value a row.")
    refuse_not_finite(field, array)
    return array
