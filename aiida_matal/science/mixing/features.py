"""Features of binary alloys from the properties of their elements."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import ELEMENT_COLUMNS, Symbols, element_codes, property_matrix
from aiida_matal.science.table import Column

_MEANS = {f"mean_{name}": Column(f"mean {column.meaning}", column.unit) for name, column in ELEMENT_COLUMNS.items()}
_DEVIATIONS = {
    f"avg_dev_{name}": Column(f"average deviation, {column.meaning}", column.unit)
    for name, column in ELEMENT_COLUMNS.items()
}

#: All features: the mean of each property of the element table, then the average deviation of each.
FEATURES = [*_MEANS, *_DEVIATIONS]

#: The ten features of the Gaussian process in section 2.1 of Bizot, Tamura and Deffrennes (2025).
GP_FEATURES = [
    "avg_dev_group",
    "avg_dev_cp_liquid",
    "avg_dev_cp_fusion",
    "avg_dev_first_ionisation_energy",
    "avg_dev_h_fusion",
    "avg_dev_s_fusion",
    "avg_dev_density",
    "mean_group",
    "mean_cp_liquid",
    "mean_s_fusion",
]

#: The 30 features of the final model in supplementary Table 1 of the same paper, in its order.
FINAL_FEATURES = [
    "avg_dev_thermal_conductivity",
    "avg_dev_electronegativity",
    "mean_s_fusion",
    "avg_dev_s_liquid",
    "avg_dev_n_valence",
    "mean_n_unfilled",
    "avg_dev_mendeleev_number",
    "avg_dev_melting_temperature",
    "avg_dev_h_fusion",
    "avg_dev_s_fusion",
    "avg_dev_first_ionisation_energy",
    "mean_electronegativity",
    "mean_heat_of_vaporisation",
    "mean_polarizability",
    "mean_cp_fusion",
    "avg_dev_group",
    "mean_group",
    "mean_cp_liquid",
    "avg_dev_cp_liquid",
    "avg_dev_cp_fusion",
    "avg_dev_density",
    "mean_density",
    "mean_s_solid",
    "mean_mendeleev_number",
    "avg_dev_cp_solid",
    "mean_h_solid",
    "avg_dev_boiling_temperature",
    "avg_dev_molar_volume",
    "avg_dev_h_liquid",
    "avg_dev_heat_of_vaporisation",
]


def binary_features(
    element_a: Symbols, element_b: Symbols, x_b: ArrayLike
) -> tuple[NDArray[np.float64], dict[str, Column]]:
    """Return mean and average deviation of every element property, weighted by composition.

    mean = sum_i x_i p_i and avg_dev = sum_i x_i abs(p_i - mean) (Ward et al., npj Comput. Mater. 2, 16028 (2016)).

    :param element_a: symbols of the first elements, shape (n,).
    :param element_b: symbols of the second elements, shape (n,).
    :param x_b: mole fractions of the second elements, from 0 to 1, shape (n,).
    :return: the features, shape (n, 44), and their descriptions, in the order of ``FEATURES``.
    :raises InputError: if an element is unknown, a mole fraction is outside 0..1 or the lengths differ.
    """
    fraction = check_binaries(element_a, element_b, x_b)
    properties = property_matrix()
    first, second = properties[element_codes(element_a)], properties[element_codes(element_b)]
    weight = fraction[:, np.newaxis]
    mean = (1 - weight) * first + weight * second
    deviation = (1 - weight) * np.abs(first - mean) + weight * np.abs(second - mean)
    return np.hstack([mean, deviation]), {**_MEANS, **_DEVIATIONS}


def check_binaries(element_a: Symbols, element_b: Symbols, x_b: ArrayLike) -> NDArray[np.float64]:
    """Return the mole fractions as an array, shape (n,).

    :raises InputError: if a mole fraction is outside 0..1 or the lengths differ.
    """
    fraction = np.asarray(x_b, dtype=np.float64)
    lengths = (len(element_a), len(element_b), fraction.size)
    if fraction.ndim != 1 or len(set(lengths)) > 1:
        raise InputError("x_b", lengths, "the lengths differ", "Give two elements and one mole fraction an alloy.")
    if not ((fraction >= 0) & (fraction <= 1)).all():
        raise InputError("x_b", x_b, "it is not a mole fraction", "Give values from 0 to 1.")
    return fraction
