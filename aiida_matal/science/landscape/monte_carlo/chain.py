"""A Markov chain of the occupations of a supercell, in the semi-grand canonical or the canonical ensemble."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from ase.units import kB
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.monte_carlo.hamiltonian import Hamiltonian
from aiida_matal.science.landscape.monte_carlo.kernel import Bias, Occupation, flip_passes, swap_passes
from aiida_matal.science.seeds import derive_seed

if TYPE_CHECKING:
    from aiida_matal.science.landscape.monte_carlo.settings import Ensemble
    from aiida_matal.science.landscape.system import System

Floats = NDArray[np.float64]
#: The largest error of the energy that sums of its changes may gather, relative to the energy or to N kT.
MAX_DRIFT = 1e-9
_MASK = 2**64 - 1


@dataclass(frozen=True, eq=False)
class SimulationCell:
    """A supercell of N sites with its energy and its order parameters.

    :ivar hamiltonian: the energy.
    :ivar classes: sublattice of the ordering of each site, shape (N,).
    :ivar signs: M Q, the weight of each of the M sublattices in each order parameter, shape (d, M).
    """

    hamiltonian: Hamiltonian
    classes: NDArray[np.uint32]
    signs: Floats

    @classmethod
    def build(cls, system: System, repeats: tuple[int, int, int]) -> Self:
        """Return ``repeats`` copies of the commensurate cell of the ordering along each of its vectors.

        :raises InputError: if the system has no order parameters or a repeat is refused.
        """
        order = system.order_parameters
        supercell = order.sublattice_sites.repeat(repeats)
        hamiltonian = Hamiltonian.build(system.expansion, supercell)
        return cls(hamiltonian, order.classes(supercell).astype(np.uint32), np.ascontiguousarray(order.signs))

    @property
    def n_sites(self) -> int:
        """Number of variable sites N."""
        return self.hamiltonian.n_sites

    @property
    def d(self) -> int:
        """Number of order parameters, the composition included."""
        return len(self.signs)

    def eta(self, occupation: ArrayLike) -> Floats:
        """Return the order parameters of an occupation, shape (d,)."""
        counts = np.bincount(self.classes, weights=np.asarray(occupation), minlength=self.signs.shape[1])
        return self.signs @ counts / self.n_sites

    def draw(self, eta: ArrayLike, rng: np.random.Generator) -> Occupation:
        """Return a random occupation whose order parameters are ``eta`` on average.

        Where ``eta`` lies outside the physical region, the occupations of the sublattices are cut to 0 .. 1.
        """
        filled = np.clip(np.asarray(eta) @ self.signs, 0, 1)
        return (rng.random(self.n_sites) < filled[self.classes]).astype(np.int8)


@dataclass(frozen=True, eq=False)
class Series:
    """What a run recorded after each of its n passes of N attempts.

    :ivar eta: order parameters, shape (n, d).
    :ivar energy: energy without bias, eV per site, shape (n,).
    :ivar acceptance: fraction of the attempts that were accepted.
    """

    eta: Floats
    energy: Floats
    acceptance: float


class Chain:
    """A Markov chain that goes on where its last run ended.

    Its random numbers come from a generator of its own, which ``seed`` alone determines.
    """

    def __init__(self, cell: SimulationCell, occupation: ArrayLike, seed: int) -> None:
        self.cell = cell
        self.occupation = cell.hamiltonian.checked(occupation)
        self._rng = random_state(seed)

    def run(
        self,
        n_passes: int,
        temperature: float,
        *,
        ensemble: Ensemble = "semi_grand_canonical",
        mu: float = 0.0,
        phi: ArrayLike | None = None,
        kappa: ArrayLike | None = None,
    ) -> Series:
        """Sample exp(-[E - N mu eta_0 + N sum_j phi_j (eta_j - kappa_j)^2] / kT) by single flips, or by swaps.

        The canonical ensemble, of swaps, has neither ``mu`` nor a bias.

        :param temperature: in K.
        :param mu: chemical potential, eV per site.
        :param phi: curvatures of the bias, eV per site, shape (d,); none if not given.
        :param kappa: centres of the bias, shape (d,).
        :raises InputError: for a canonical run with ``mu`` or a bias.
        :raises RuntimeError: if the energy has drifted away from that of the occupation.
        """
        cell, d, kt = self.cell, self.cell.d, kB * temperature
        curvatures = np.zeros(d) if phi is None else np.array(phi, dtype=np.float64)
        centres = np.zeros(d) if kappa is None else np.array(kappa, dtype=np.float64)
        if ensemble == "canonical" and (mu != 0 or curvatures.any()):
            cure = "Leave both out, or sample the semi-grand canonical ensemble."
            raise InputError("ensemble", ensemble, "it has no chemical potential and no bias", cure)
        bias = Bias(cell.classes, cell.signs, curvatures, centres, float(mu))
        fields, energy = cell.hamiltonian.local_fields(self.occupation)
        eta, energies = np.empty((n_passes, d)), np.empty(n_passes)
        passes = flip_passes if ensemble == "semi_grand_canonical" else swap_passes
        n_accepted = passes(
            cell.hamiltonian.clusters, bias, kt, self.occupation, fields, energy, self._rng, eta, energies
        )
        drift = abs(energies[-1] - cell.hamiltonian.energy(self.occupation))
        if not drift <= MAX_DRIFT * (abs(energies[-1]) + cell.n_sites * kt):
            raise RuntimeError(f"the energy of the chain is off by {drift:.3g} eV after {n_passes} passes")
        return Series(eta, energies / cell.n_sites, n_accepted / (n_passes * cell.n_sites))


def random_state(seed: int) -> NDArray[np.uint64]:
    """Return a state of xoshiro256**, filled by splitmix64 as its authors advise; shape (4,)."""
    state, words = derive_seed(seed, "xoshiro256**"), []
    for _ in range(4):
        state = (state + 0x9E3779B97F4A7C15) & _MASK
        word = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & _MASK
        words.append(word ^ (word >> 31))
    return np.array(words, dtype=np.uint64)
