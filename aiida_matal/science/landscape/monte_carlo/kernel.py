"""Compiled loops of lattice Monte Carlo: local fields, single flips with an order-parameter bias, and swaps.

The energy is linear in each occupation x_i, so a flip of site i costs (1 - 2 x_i) F_i with the local field
F_i = dE/dx_i. All fields are kept, and only an accepted move changes those of its neighbours. The bias
N sum_j phi_j (eta_j - kappa_j)^2 - N mu eta_0 depends on the numbers of occupied sites on the sublattices alone: it has
one field a sublattice, which an accepted flip changes by a column of a constant matrix.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.uint32]
Occupation = NDArray[np.int8]

_11, _17, _19, _32, _45, _57, _7 = (np.uint64(bits) for bits in (11, 17, 19, 32, 45, 57, 7))
_5, _9, _64 = np.uint64(5), np.uint64(9), np.uint64(64)
_UNIT = 2.0**-53


class Clusters(NamedTuple):
    """The clusters at each of N sites, with b sublattices of the primitive cell; energies in eV.

    A row of ``..._sites`` lists the other sites of each cluster that holds the site; columns beyond the number of
    clusters of a sublattice name the site itself and have no energy.

    :ivar sublattice: of the primitive cell, each site, shape (N,).
    :ivar point: energy of an occupied site alone, shape (b,).
    :ivar pair_sites: shape (N, z2).
    :ivar pair_eci: shape (b, z2).
    :ivar triplet_sites: shape (N, z3, 2).
    :ivar triplet_eci: shape (b, z3).
    :ivar quadruplet_sites: shape (N, z4, 3).
    :ivar quadruplet_eci: shape (b, z4).
    """

    sublattice: Indices
    point: Floats
    pair_sites: Indices
    pair_eci: Floats
    triplet_sites: Indices
    triplet_eci: Floats
    quadruplet_sites: Indices
    quadruplet_eci: Floats


class Bias(NamedTuple):
    """The bias on d order parameters in the M classes of sites.

    :ivar classes: class of each site, shape (N,).
    :ivar signs: order parameter j is the sum of signs[j, class] over the occupied sites, divided by N; shape (d, M).
    :ivar phi: curvatures, eV per site, shape (d,).
    :ivar kappa: centres, shape (d,).
    :ivar mu: chemical potential, eV per site.
    """

    classes: Indices
    signs: Floats
    phi: Floats
    kappa: Floats
    mu: float


@njit(cache=True, nogil=True)
def fill_fields(clusters: Clusters, occupation: Occupation, fields: Floats) -> float:
    """Compute the local field of every site, eV, shape (N,), and return the energy, eV."""
    energy = 0.0
    for site in range(len(occupation)):
        row = clusters.sublattice[site]
        point = clusters.point[row]
        pairs = triplets = quadruplets = 0.0
        for k in range(clusters.pair_sites.shape[1]):
            pairs += clusters.pair_eci[row, k] * occupation[clusters.pair_sites[site, k]]
        for k in range(clusters.triplet_sites.shape[1]):
            first, second = clusters.triplet_sites[site, k]
            triplets += clusters.triplet_eci[row, k] * (occupation[first] * occupation[second])
        for k in range(clusters.quadruplet_sites.shape[1]):
            first, second, third = clusters.quadruplet_sites[site, k]
            filled = occupation[first] * occupation[second] * occupation[third]
            quadruplets += clusters.quadruplet_eci[row, k] * filled
        fields[site] = point + pairs + triplets + quadruplets
        energy += occupation[site] * (point + pairs / 2 + triplets / 3 + quadruplets / 4)
    return energy


@njit(cache=True, nogil=True)
def _spread(clusters: Clusters, occupation: Occupation, fields: Floats, site: int, change: int) -> None:
    """Change the fields of the neighbours of a site whose occupation changes."""
    row = clusters.sublattice[site]
    for k in range(clusters.pair_sites.shape[1]):
        fields[clusters.pair_sites[site, k]] += change * clusters.pair_eci[row, k]
    for k in range(clusters.triplet_sites.shape[1]):
        first, second = clusters.triplet_sites[site, k]
        energy = change * clusters.triplet_eci[row, k]
        fields[first] += energy * occupation[second]
        fields[second] += energy * occupation[first]
    for k in range(clusters.quadruplet_sites.shape[1]):
        first, second, third = clusters.quadruplet_sites[site, k]
        energy = change * clusters.quadruplet_eci[row, k]
        fields[first] += energy * (occupation[second] * occupation[third])
        fields[second] += energy * (occupation[first] * occupation[third])
        fields[third] += energy * (occupation[first] * occupation[second])


@njit(cache=True, nogil=True)
def _coupling(clusters: Clusters, occupation: Occupation, site: int, other: int) -> float:
    """Return by how much the field of one site grows when the other one is filled, eV."""
    row = clusters.sublattice[site]
    coupling = 0.0
    for k in range(clusters.pair_sites.shape[1]):
        if clusters.pair_sites[site, k] == other:
            coupling += clusters.pair_eci[row, k]
    for k in range(clusters.triplet_sites.shape[1]):
        first, second = clusters.triplet_sites[site, k]
        if first == other:
            coupling += clusters.triplet_eci[row, k] * occupation[second]
        elif second == other:
            coupling += clusters.triplet_eci[row, k] * occupation[first]
    for k in range(clusters.quadruplet_sites.shape[1]):
        first, second, third = clusters.quadruplet_sites[site, k]
        if first == other:
            coupling += clusters.quadruplet_eci[row, k] * (occupation[second] * occupation[third])
        elif second == other:
            coupling += clusters.quadruplet_eci[row, k] * (occupation[first] * occupation[third])
        elif third == other:
            coupling += clusters.quadruplet_eci[row, k] * (occupation[first] * occupation[second])
    return coupling


@njit(cache=True, nogil=True)
def _draw(state: Any) -> Any:
    """Return 64 random bits and the next state: xoshiro256** (Blackman and Vigna, 2021)."""
    s0, s1, s2, s3 = state
    product = s1 * _5
    bits = ((product << _7) | (product >> _57)) * _9
    shifted = s1 << _17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    return bits, (s0, s1, s2, (s3 << _45) | (s3 >> _19))


@njit(cache=True, nogil=True)
def _below(bits: Any, n: int) -> np.int64:
    """Return a number in 0 .. n - 1 from 64 random bits, n below 2**31."""
    return np.int64(((bits >> _32) * np.uint64(n)) >> _32)


@njit(cache=True, nogil=True)
def _accepts(reduced: float, bits: Any) -> bool:
    """Return whether Metropolis accepts a rise of the energy of so many kT."""
    return reduced < 40.0 and np.float64(bits >> _11) * _UNIT < np.exp(-reduced)


@njit(cache=True, nogil=True)
def _count(bias: Bias, occupation: Occupation) -> NDArray[np.int64]:
    """Return the number of occupied sites of each class."""
    counts = np.zeros(bias.signs.shape[1], dtype=np.int64)
    for site in range(len(occupation)):
        counts[bias.classes[site]] += occupation[site]
    return counts


@njit(cache=True, nogil=True)
def _fill_order(bias: Bias, counts: NDArray[np.int64], n_sites: int, eta: Floats) -> None:
    """Compute the order parameters, shape (d,)."""
    for j in range(len(eta)):
        total = 0.0
        for kind in range(len(counts)):
            total += bias.signs[j, kind] * counts[kind]
        eta[j] = total / n_sites


@njit(cache=True, nogil=True)
def _fill_bias_fields(bias: Bias, eta: Floats, bias_fields: Floats) -> None:
    """Compute the derivative of the bias energy with respect to the occupation in each class, eV, shape (M,)."""
    bias_fields[:] = -bias.mu
    for j in range(len(eta)):
        bias_fields += 2 * bias.phi[j] * (eta[j] - bias.kappa[j]) * bias.signs[j]


@njit(cache=True, nogil=True)
def flip_passes(
    clusters: Clusters,
    bias: Bias,
    kt: float,
    occupation: Occupation,
    fields: Floats,
    energy: float,
    rng: NDArray[np.uint64],
    eta: Floats,
    energies: Floats,
) -> int:
    """Attempt n N flips at random sites and return how many were accepted.

    :param kt: temperature in eV.
    :param occupation: 0 or 1 each site, shape (N,); changed.
    :param fields: local fields of ``occupation``, eV, shape (N,); changed.
    :param energy: energy of ``occupation`` without bias, eV.
    :param rng: state of the generator, shape (4,); changed.
    :param eta: receives the order parameters after each pass of N attempts, shape (n, d).
    :param energies: receives the energy without bias after each pass, eV, shape (n,).
    """
    n_sites = len(occupation)
    beta = 1 / kt
    counts = _count(bias, occupation)
    present = np.empty(len(bias.phi))
    bias_fields = np.empty(len(counts))
    # How much a flip in one class changes the bias field of another.
    stiffness = bias.signs.T @ (bias.signs * (2 / n_sites * bias.phi).reshape(-1, 1))
    self_energy = np.diag(stiffness) / 2
    is_biased = np.any(bias.phi != 0)
    n_accepted = 0
    state = (rng[0], rng[1], rng[2], rng[3])
    for index in range(len(energies)):
        # Afresh from whole numbers, so that rounding errors do not add up.
        _fill_order(bias, counts, n_sites, present)
        _fill_bias_fields(bias, present, bias_fields)
        for _ in range(n_sites):
            bits, state = _draw(state)
            site = _below(bits, n_sites)
            kind = bias.classes[site]
            change = 1 - 2 * occupation[site]
            rise = change * (fields[site] + bias_fields[kind]) + self_energy[kind]
            if rise > 0:
                bits, state = _draw(state)
                if not _accepts(rise * beta, bits):
                    continue
            n_accepted += 1
            energy += change * fields[site]
            occupation[site] += change
            counts[kind] += change
            _spread(clusters, occupation, fields, site, change)
            if is_biased:
                for other in range(len(counts)):
                    bias_fields[other] += change * stiffness[kind, other]
        energies[index] = energy
        _fill_order(bias, counts, n_sites, eta[index])
    rng[0], rng[1], rng[2], rng[3] = state
    return n_accepted


@njit(cache=True, nogil=True)
def swap_passes(
    clusters: Clusters,
    bias: Bias,
    kt: float,
    occupation: Occupation,
    fields: Floats,
    energy: float,
    rng: NDArray[np.uint64],
    eta: Floats,
    energies: Floats,
) -> int:
    """Attempt n N swaps of an occupied and an empty site, and return how many were accepted.

    The parameters are those of :func:`flip_passes`; of the bias only the order parameters count.
    """
    n_sites = len(occupation)
    beta = 1 / kt
    counts = _count(bias, occupation)
    filled = np.flatnonzero(occupation == 1)
    empty = np.flatnonzero(occupation == 0)
    n_accepted = 0
    state = (rng[0], rng[1], rng[2], rng[3])
    for index in range(len(energies)):
        for _ in range(n_sites if len(filled) and len(empty) else 0):
            bits, state = _draw(state)
            giver = _below(bits, len(filled))
            bits, state = _draw(state)
            taker = _below(bits, len(empty))
            old, new = filled[giver], empty[taker]
            rise = fields[new] - fields[old] - _coupling(clusters, occupation, old, new)
            if rise > 0:
                bits, state = _draw(state)
                if not _accepts(rise * beta, bits):
                    continue
            n_accepted += 1
            energy += rise
            filled[giver], empty[taker] = new, old
            counts[bias.classes[old]] -= 1
            counts[bias.classes[new]] += 1
            occupation[old] = 0
            _spread(clusters, occupation, fields, old, -1)
            occupation[new] = 1
            _spread(clusters, occupation, fields, new, 1)
        energies[index] = energy
        _fill_order(bias, counts, n_sites, eta[index])
    rng[0], rng[1], rng[2], rng[3] = state
    return n_accepted
