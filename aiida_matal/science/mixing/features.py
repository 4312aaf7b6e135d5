"""Features of binary alloys from the properties of their elements."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import ELEMENT_COLUMNS, property_array
from aiida_matal.science.table import Column


def binary_features(
    element_a: Sequence[str] | NDArray[np.str_], element_b: Sequence[str] | NDArray[np.str_], x_b: ArrayLike
) -> tuple[NDArray[np.float64], dict[str, Column]]:
    """Return mean and average deviation of every element property, weighted by composition.

    mean = sum_i x_i p_i and avg_dev = sum_i x_i abs(p_i - mean) (Ward et al., npj Comput. Mater. 2, 16028 (2016)).

    :param element_a: symbols of the first elements, shape (n,).
    :param element_b: symbols of the second elements, shape (n,).
    :param x_b: mole fractions of the second elements, from 0 to 1, shape (n,).
    :return: the features, shape (n, 2p) for p properties, and their descriptions: ``mean_<property>`` of each property,
        then ``avg_dev_<property>`` of each.
    :raises InputError: if an element is unknown, a mole fraction is outside 0..1 or the lengths differ.
    """
    fraction = np.asarray(x_b, dtype=np.float64)
    lengths = (len(element_a), len(element_b), fraction.size)
    if fraction.ndim != 1 or len(set(lengths)) > 1:
        raise InputError("x_b", lengths, "the lengths differ", "Give two elements and one mole fraction an alloy.")
    if not ((fraction >= 0) & (fraction <= 1)).all():
        raise InputError("x_b", x_b, "it is not a mole fraction", "Give values from 0 to 1.")
    first, second = (
        np.column_stack([property_array(symbols, name) for name in ELEMENT_COLUMNS])
        for symbols in (element_a, element_b)
    )
    weight = fraction[:, np.newaxis]
    mean = (1 - weight) * first + weight * second
    deviation = (1 - weight) * np.abs(first - mean) + weight * np.abs(second - mean)
    columns = {f"mean_{name}": Column(f"mean {c.meaning}", c.unit) for name, c in ELEMENT_COLUMNS.items()}
    columns |= {
        f"avg_dev_{name}": Column(f"average deviation, {c.meaning}", c.unit) for name, c in ELEMENT_COLUMNS.items()
    }
    return np.hstack([mean, deviation]), columns
