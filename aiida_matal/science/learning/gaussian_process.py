"""Gaussian process regression: scikit-learn learns the hyper-parameters, plain arrays hold the model."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field, model_validator
from scipy.linalg import cho_solve, cholesky, solve_triangular
from sklearn.exceptions import ConvergenceWarning
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, ConstantKernel, Matern, WhiteKernel

from aiida_matal.science.learning.base import (
    Floats,
    Learner,
    Model,
    Prediction,
    as_features,
    as_training_data,
)
from aiida_matal.science.learning.kernels import Kernel, KernelName
from aiida_matal.science.learning.search_space import Range
from aiida_matal.science.learning.standardisation import Standardisation
from aiida_matal.science.settings import Settings

FILE_NAME = "gaussian_process.npz"
ROWS_AT_ONCE = 4096
VARIANCE_BOUNDS = (1e-3, 1e3)
LENGTH_SCALE_BOUNDS = (1e-2, 1e3)
LARGEST_NOISE = 10.0


class GaussianProcessSettings(Settings):
    """Settings of the learner ``gaussian_process``."""

    kernel: KernelName = Field("matern52", description="covariance function: rbf or matern52")
    ard: bool = Field(True, description="whether each feature has a length scale of its own")
    n_restarts: int = Field(2, ge=0, le=100, description="number of extra starts of the likelihood maximisation")
    noise_floor: float = Field(
        1e-6, gt=0, lt=1, description="smallest noise variance, as a fraction of the variance of the target"
    )
    length_scale: float | None = Field(
        None, gt=0, description="one length scale of all features, in their standard deviations, or null to learn them"
    )
    label_noise: float | None = Field(
        None, gt=0, description="noise variance, as a fraction of the variance of the target, or null to learn it"
    )

    @model_validator(mode="after")
    def _refuse_half(self) -> Self:
        if (self.length_scale is None) != (self.label_noise is None):
            raise ValueError("length_scale and label_noise are given together, or neither")
        return self


@dataclass(frozen=True)
class GaussianProcessModel(Model):
    """A Gaussian process with fixed hyper-parameters.

    The kernel acts on standardised features, and its variance is in units of the variance of the target.
    ``inputs`` (n, d), ``targets`` (n,) and ``noise`` (n,), the noise variance of each point, are standardised too.
    ``label_noise`` is the noise variance that was learned, which a label without a standard error of its own has.
    """

    kernel: Kernel
    feature_scaling: Standardisation
    target_scaling: Standardisation
    inputs: Floats
    targets: Floats
    noise: Floats
    label_noise: float

    @cached_property
    def _factor(self) -> Floats:
        return cholesky(self.kernel.covariance(self.inputs, self.inputs) + np.diag(self.noise), lower=True)

    @cached_property
    def _weights(self) -> Floats:
        return cho_solve((self._factor, True), self.targets)

    def predict(self, features: ArrayLike) -> Prediction:
        """Return mean and standard error of the latent function, without the noise of a new label.

        Rasmussen and Williams (2006), algorithm 2.1.

        :raises InputError: if the number of columns is not d or a value is not finite.
        """
        points = self.feature_scaling.apply(as_features(features, self.inputs.shape[1]))
        mean, variance = np.empty(len(points)), np.empty(len(points))
        for start in range(0, len(points), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            covariance = self.kernel.covariance(self.inputs, points[rows])
            half = solve_triangular(self._factor, covariance, lower=True)
            mean[rows] = covariance.T @ self._weights
            variance[rows] = self.kernel.variance - (half**2).sum(axis=0)
        scale = float(self.target_scaling.scale)
        return Prediction(mean * scale + float(self.target_scaling.mean), np.sqrt(np.clip(variance, 0, None)) * scale)

    def write(self, folder: Path) -> None:
        """Write the model to one NPZ file in ``folder``."""
        np.savez_compressed(
            folder / FILE_NAME,
            kernel=np.array(self.kernel.name),
            variance=np.array(self.kernel.variance),
            length_scales=self.kernel.length_scales,
            feature_mean=self.feature_scaling.mean,
            feature_scale=self.feature_scaling.scale,
            target_mean=np.array(self.target_scaling.mean),
            target_scale=np.array(self.target_scaling.scale),
            inputs=self.inputs,
            targets=self.targets,
            noise=self.noise,
            label_noise=np.array(self.label_noise),
        )

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Read a model written by :meth:`write`; pickled content is refused."""
        with np.load(folder / FILE_NAME, allow_pickle=False) as stored:
            return cls(
                kernel=Kernel(str(stored["kernel"]), float(stored["variance"]), stored["length_scales"]),  # type: ignore[arg-type]
                feature_scaling=Standardisation(stored["feature_mean"], stored["feature_scale"]),
                target_scaling=Standardisation(stored["target_mean"], stored["target_scale"]),
                inputs=stored["inputs"],
                targets=stored["targets"],
                noise=stored["noise"],
                label_noise=float(stored["label_noise"]),
            )


class GaussianProcessLearner(Learner):
    """Maximises the marginal likelihood over variance, length scales and noise, or takes them as given.

    Features and target are standardised inside. The variance of the noise of a point is the learned one plus the square
    of the point's standard error. A target that does not vary teaches nothing: the start values are kept.
    """

    Settings = GaussianProcessSettings
    model_class = GaussianProcessModel
    search_space = {"length_scale": Range(2.0, 30.0, log=True), "label_noise": Range(0.3, 10.0, log=True)}
    settings: GaussianProcessSettings

    def fit(
        self, features: ArrayLike, target: ArrayLike, *, target_error: ArrayLike | None, seed: int
    ) -> GaussianProcessModel:
        """Return the Gaussian process fitted to ``features``, shape (n, d), and ``target``, shape (n,).

        :param target_error: standard error of each target value, shape (n,), or None if they are unknown.
        :raises InputError: if the shapes do not match or a value is not finite.
        """
        points, values, errors = as_training_data(features, target, target_error)
        feature_scaling, target_scaling = Standardisation.of(points), Standardisation.of(values)
        inputs, targets = feature_scaling.apply(points), target_scaling.apply(values)
        known_noise = np.zeros(len(values)) if errors is None else (errors / target_scaling.scale) ** 2
        kernel, label_noise = self._hyper_parameters(inputs, targets, known_noise, seed)
        noise = label_noise + known_noise
        return GaussianProcessModel(kernel, feature_scaling, target_scaling, inputs, targets, noise, label_noise)

    def _hyper_parameters(
        self, inputs: Floats, targets: Floats, known_noise: Floats, seed: int
    ) -> tuple[Kernel, float]:
        if self.settings.length_scale is not None and self.settings.label_noise is not None:
            given = np.full(inputs.shape[1], self.settings.length_scale)
            return Kernel(self.settings.kernel, 1.0, given), self.settings.label_noise
        n_features = inputs.shape[1]
        kernel = self._start_kernel(n_features)
        if np.ptp(targets) > 0:
            regressor = GaussianProcessRegressor(
                kernel, alpha=known_noise, n_restarts_optimizer=self.settings.n_restarts, random_state=seed
            )
            with warnings.catch_warnings():
                # A length scale at its upper bound is what an irrelevant feature should have.
                warnings.filterwarnings("ignore", "The optimal value found for", ConvergenceWarning)
                kernel = regressor.fit(inputs, targets).kernel_
        length_scales = np.broadcast_to(kernel.k1.k2.length_scale, n_features).astype(np.float64)
        learned = Kernel(self.settings.kernel, float(kernel.k1.k1.constant_value), length_scales)
        return learned, float(kernel.k2.noise_level)

    def _start_kernel(self, n_features: int) -> Any:
        length_scale = np.full(n_features if self.settings.ard else 1, np.sqrt(n_features))
        if self.settings.kernel == "rbf":
            shape = RBF(length_scale, LENGTH_SCALE_BOUNDS)
        else:
            shape = Matern(length_scale, LENGTH_SCALE_BOUNDS, nu=2.5)
        noise_bounds = (self.settings.noise_floor, LARGEST_NOISE)
        noise = WhiteKernel(max(1e-2, self.settings.noise_floor), noise_bounds)
        return ConstantKernel(1.0, VARIANCE_BOUNDS) * shape + noise
