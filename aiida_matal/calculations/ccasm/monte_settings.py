"""The settings file of ``ccasm monte``, CASM 1.x."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.calculations.ccasm.settings import CcasmSettings

Floats = NDArray[np.float64]

#: By how much two conditions differ that CASM takes for different.
_TOLERANCE = 1e-3


def monte_settings(settings: CcasmSettings, kappa: Floats) -> dict[str, Any]:
    """Return the content of the settings file: one condition for each point, each run from the motif.

    CASM adds, for each primitive cell, ``vector[c] (order_parameter[c] - target[c])^2`` to the potential energy.

    :param kappa: centres of the bias, shape (n, d).
    """
    scale = np.array(settings.scale)
    measured = {"quantity": "order_parameter", "precision": settings.precision * float(np.abs(scale).min())}
    return {
        "ensemble": "grand_canonical",
        "method": "metropolis",
        "model": {"formation_energy": settings.formation_energy, "order_parameter": settings.order_parameter},
        "supercell": [list(row) for row in settings.supercell],
        "data": {
            "sample_by": "pass",
            "sample_period": 1,
            "equilibration_passes_each_run": settings.equilibration_passes,
            "min_pass": settings.min_passes,
            "max_pass": settings.max_passes,
            "confidence": 0.95,
            "measurements": [{"quantity": "formation_energy"}, {"quantity": "potential_energy"}, measured],
            "storage": {"write_observations": False, "write_trajectory": False, "output_format": ["json"]},
        },
        "driver": {
            "mode": "custom",
            "dependent_runs": False,
            "motif": {"configname": settings.motif},
            "custom_conditions": [_condition(settings, scale, centre) for centre in kappa],
        },
    }


def _condition(settings: CcasmSettings, scale: Floats, kappa: Floats) -> dict[str, Any]:
    target, vector = np.zeros((2, settings.n_components))
    target[settings.components] = scale * kappa
    vector[settings.components] = settings.sites_per_cell * settings.curvatures / scale**2
    return {
        "temperature": settings.temperature,
        "tolerance": _TOLERANCE,
        "order_parameter_quad_pot_target": target.tolist(),
        "order_parameter_quad_pot_vector": vector.tolist(),
    }
