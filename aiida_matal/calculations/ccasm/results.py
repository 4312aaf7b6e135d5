"""What ``ccasm monte`` of CASM 1.x writes: ``results.json``, and the times in its output."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.calculations.ccasm.settings import CcasmSettings
from aiida_matal.science.landscape.labels import LandscapeLabel
from aiida_matal.science.landscape.monte_carlo.averages import Z_95

Floats = NDArray[np.float64]

_RUN_TIME = re.compile(r"^\s*run time:\s*(\S+) \(s\)", re.MULTILINE)


class WrongResultError(ValueError):
    """The results are readable and are not those of the job."""


class MonteResults:
    """The averages of the points that were done.

    :param text: content of ``results.json``: a list with a value of each point under each key.
    :raises ValueError: if it cannot be read.
    :raises WrongResultError: if a key is missing, or the points had another temperature.
    """

    def __init__(self, text: str, settings: CcasmSettings) -> None:
        self._settings = settings
        self._columns: dict[str, list[Any]] = _lists(text)
        means = [f"<order_parameter({index})>" for index in settings.components]
        half_widths = [f"prec({name})" for name in means]
        needed = ["T", "is_equilibrated", "is_converged", "N_avg_samples", *means, *half_widths]
        missing = [name for name in needed if name not in self._columns]
        if missing:
            raise WrongResultError(f"it has no {missing[0]}")
        self._n_points = min(len(self._columns[name]) for name in needed)
        temperatures = self._floats("T")
        if not np.allclose(temperatures, settings.temperature, atol=1e-6):
            raise WrongResultError(f"its temperatures are {temperatures.tolist()}, not {settings.temperature}")
        scale = np.array(settings.scale)
        self._eta = np.column_stack([self._floats(name) for name in means]) / scale
        self._half_width = np.column_stack([self._floats(name) for name in half_widths]) / np.abs(scale)

    def __len__(self) -> int:
        return self._n_points

    def labels(self, ids: list[str], kappa: Floats, seconds: list[float], evidence: str) -> list[LandscapeLabel]:
        """Return the label of each point that was done, with mu = -2 phi (<eta> - kappa).

        Holber and Garikipati (2025), eq. 4, in eV per site.

        :param ids: names of all points, in the order of the conditions.
        :param kappa: centres of the bias on them, shape (n, d).
        :param seconds: time that each took, as far as it is known.
        :param evidence: uuid of the job.
        """
        curvatures = self._settings.curvatures
        errors = self._half_width / Z_95
        samples = self._floats("N_avg_samples")
        return [
            LandscapeLabel(
                id=ids[row],
                eta=self._eta[row],
                eta_error=errors[row],
                mu=-2 * curvatures * (self._eta[row] - kappa[row]),
                mu_error=2 * curvatures * errors[row],
                n_passes=int(np.nan_to_num(samples[row])),
                reason=self._reason(row),
                evidence=evidence,
                core_hours=seconds[row] / 3600 if row < len(seconds) else 0.0,
            )
            for row in range(len(self))
        ]

    def _reason(self, row: int) -> str:
        if self._columns["is_equilibrated"][row] is not True:
            return "CASM does not find it equilibrated"
        if not np.isfinite(self._eta[row]).all():
            return "there are no averages of all order parameters"
        if self._columns["is_converged"][row] is not True:
            widest = int(np.argmax(self._half_width[row]))
            return f"not converged: the half-width of eta_{widest} is {self._half_width[row, widest]:.2g}"
        return ""

    def _floats(self, name: str) -> Floats:
        """Return a column as numbers; what is none, such as an average that CASM does not know, is NaN."""
        values = self._columns[name][: self._n_points]
        numbers = [value if isinstance(value, int | float) else np.nan for value in values]
        return np.array(numbers, dtype=np.float64)


def run_times(output: str) -> list[float]:
    """Return the time in seconds that each point took, in order, as the output of the code says."""
    times = []
    for word in _RUN_TIME.findall(output):
        try:
            times.append(float(word))
        except ValueError:
            return times
    return times


def _lists(text: str) -> dict[str, list[Any]]:
    values = json.loads(text)
    if not isinstance(values, dict):
        raise WrongResultError("it holds no keys")
    return {name: column for name, column in values.items() if isinstance(column, list)}
