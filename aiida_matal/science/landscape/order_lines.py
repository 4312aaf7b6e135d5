"""Lines of states along which order grows: that of the ordering of a system, and those of other orders."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.sampling.known_regions import ordering_lines
from aiida_matal.science.landscape.system import System

Floats = NDArray[np.float64]

ORDERED, DISORDERED = "ordered", "disordered"


@dataclass(frozen=True, eq=False)
class OrderLine:
    """States with one order, in amounts from none to all that fits.

    :ivar name: of the phases along it.
    :ivar vector: from the disordered state; as long as fits at the composition with the most room, shape (d,).
    :ivar one_sided: whether only this direction is to be looked at, because the opposite one is equivalent.
    """

    name: str
    vector: Floats
    one_sided: bool


def order_lines(system: System, others: Mapping[str, Sequence[float]], where: str = "orders") -> list[OrderLine]:
    """Return a line for each set of equivalent variants of a system, and one for each other order.

    :param others: names, with the ratios of the order parameters eta_1, eta_2, ...
    :param where: name of the input that holds ``others``; error messages begin with it.
    :raises InputError: if an order has another number of parameters than the system, or is none.
    """
    lines = [OrderLine(ORDERED, vector, one_sided) for vector, one_sided in _representatives(system)]
    return lines + [_other(system, name, ratios, f"{where}.{name}") for name, ratios in others.items()]


def _other(system: System, name: str, ratios: Sequence[float], where: str) -> OrderLine:
    n = system.d - 1
    if len(ratios) != n or not np.any(ratios) or not np.isfinite(ratios).all():
        cure = f"Give {n} numbers, the ratios of eta_1, eta_2, ..., not all 0."
        raise InputError(where, list(ratios), f"the system has {n} order parameters", cure)
    vector = np.array([0.0, *ratios])
    occupations = vector @ system.order_parameters.signs
    vector /= np.ptp(occupations)
    return OrderLine(name, vector, _is_among(-vector, system.order_parameters.orbit(vector)))


def _representatives(system: System) -> Iterator[tuple[Floats, bool]]:
    """Yield the line of one variant of each set of equivalent ones, and whether it is one-sided."""
    seen: list[Floats] = []
    for line, two_sided in zip(*ordering_lines(system), strict=True):
        direction = line * (np.arange(len(line)) > 0)
        if not any(np.allclose(direction, other, atol=1e-9) for other in seen):
            images = system.order_parameters.orbit(direction)
            seen += [*images, *(-images if two_sided else [])]
            yield direction, bool(two_sided or _is_among(-direction, images))


def _is_among(vector: Floats, images: Floats) -> bool:
    return bool(np.isclose(images, vector, atol=1e-9).all(axis=1).any())
