"""Gradient-boosted regression trees (LightGBM), stored as its text model."""

from __future__ import annotations

from pathlib import Path
from typing import Self

import lightgbm
import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from aiida_matal.science.learning.base import Floats, Learner, Model, Prediction, as_features, as_training_data
from aiida_matal.science.learning.search_space import Choice, Range
from aiida_matal.science.settings import Settings

FILE_NAME = "lightgbm.txt"
REPRODUCIBLE = {"deterministic": True, "force_row_wise": True, "num_threads": 1, "verbosity": -1}


class LightGBMSettings(Settings):
    """Settings of the learner ``lightgbm``; the names are those of LightGBM's parameters."""

    num_boost_round: int = Field(300, ge=1, description="number of trees")
    learning_rate: float = Field(0.05, gt=0, le=1, description="shrinkage of each tree")
    num_leaves: int = Field(15, ge=2, description="largest number of leaves of a tree")
    min_data_in_leaf: int | None = Field(
        None, ge=1, description="smallest number of labels in a leaf, or null for 5 % of the labels, 1 to 20"
    )
    max_bin: int = Field(255, ge=2, description="largest number of bins of a feature")
    feature_fraction: float = Field(1.0, gt=0, le=1, description="fraction of the features that each tree may use")
    bagging_fraction: float = Field(1.0, gt=0, le=1, description="fraction of the labels that each tree learns from")
    lambda_l1: float = Field(0.0, ge=0, description="L1 regularisation of the leaf values")
    lambda_l2: float = Field(0.0, ge=0, description="L2 regularisation of the leaf values")
    extra_trees: bool = Field(False, description="whether each split tries one random threshold of each feature")
    feature_fraction_bynode: float = Field(
        1.0, gt=0, le=1, description="fraction of the features that each split tries"
    )


class LightGBMModel(Model):
    """Boosted trees, made of LightGBM's text; they give no standard error."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._booster = lightgbm.Booster(model_str=text)

    def predict(self, features: ArrayLike) -> Prediction:
        """Return the mean for each row of ``features``, shape (n, d), and no error.

        :raises InputError: if the number of columns is not d or a value is not finite.
        """
        points = as_features(features, self._booster.num_feature())
        return Prediction(self._booster.predict(points, num_threads=1))

    def importance(self) -> Floats:
        """Return by how much the splits on each feature reduce the squared error in all, shape (d,)."""
        return np.asarray(self._booster.feature_importance("gain"), dtype=np.float64)

    def write(self, folder: Path) -> None:
        """Write the text model to ``folder``."""
        (folder / FILE_NAME).write_text(self.text, encoding="utf-8")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a model written by :meth:`write`. A corrupted text kills the interpreter: check its sha256 first."""
        return cls((folder / FILE_NAME).read_text(encoding="utf-8"))


class LightGBMLearner(Learner):
    """Fits trees to the squared error, on one thread and reproducibly; standard errors of the target are not used.

    Ke et al., Advances in Neural Information Processing Systems 30 (2017).
    """

    Settings = LightGBMSettings
    model_class = LightGBMModel
    search_space = {
        "num_boost_round": Range(50, 600, log=True, integer=True),
        "learning_rate": Range(0.01, 0.2, log=True),
        "num_leaves": Range(7, 127, log=True, integer=True),
        "min_data_in_leaf": Range(2, 60, log=True, integer=True),
        "feature_fraction_bynode": Range(0.1, 1.0),
        "bagging_fraction": Range(0.3, 1.0),
        "lambda_l2": Range(1e-3, 100.0, log=True),
        "extra_trees": Choice((False, True)),
    }
    settings: LightGBMSettings

    def fit(
        self, features: ArrayLike, target: ArrayLike, *, target_error: ArrayLike | None, seed: int
    ) -> LightGBMModel:
        """Return the trees fitted to ``features``, shape (n, d), and ``target``, shape (n,).

        :raises InputError: if the shapes do not match or a value is not finite.
        """
        points, values, _ = as_training_data(features, target, target_error)
        parameters = {
            **self.settings.as_dict(),
            **REPRODUCIBLE,
            "objective": "regression",
            "min_data_in_leaf": self.settings.min_data_in_leaf or min(20, max(1, len(values) // 20)),
            "min_data_in_bin": 1,
            "bagging_freq": 1,
            "seed": seed,
        }
        n_trees = parameters.pop("num_boost_round")
        booster = lightgbm.train(parameters, lightgbm.Dataset(points, values), n_trees)
        return LightGBMModel(booster.model_to_string())
