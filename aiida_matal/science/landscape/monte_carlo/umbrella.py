"""Umbrella sampling: derivatives of the free energy from averages under a quadratic bias."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from aiida_matal.science.landscape.monte_carlo.averages import Averages, drifts
from aiida_matal.science.landscape.monte_carlo.chain import Chain, Series, SimulationCell
from aiida_matal.science.landscape.monte_carlo.settings import UmbrellaSettings
from aiida_matal.science.seeds import derive_seed

Floats = NDArray[np.float64]

_SMALLEST_GROWTH, _LARGEST_GROWTH = 1.1, 2.0
#: With fewer accepted attempts the state is all but frozen: its averages, and so mu, are not known.
MIN_ACCEPTED = 100


@dataclass(frozen=True, eq=False)
class UmbrellaPoint:
    """The averages under a bias, and the derivatives of the free energy that follow; arrays of shape (d,).

    :ivar eta: averages of the order parameters.
    :ivar eta_error: their standard errors.
    :ivar mu: derivatives of the free energy a site, eV.
    :ivar mu_error: their standard errors, eV.
    :ivar n_passes: passes that were averaged.
    :ivar acceptance: fraction of the attempts that were accepted.
    :ivar reason: why the point has not converged; empty if it has.
    """

    eta: Floats
    eta_error: Floats
    mu: Floats
    mu_error: Floats
    n_passes: int
    acceptance: float
    reason: str

    @property
    def converged(self) -> bool:
        """Whether every average is as precise as asked."""
        return not self.reason


def curvatures(settings: UmbrellaSettings, d: int) -> Floats:
    """Return the curvatures of the bias, eV per site, shape (d,)."""
    return np.array([settings.phi.composition, *[settings.phi.order] * (d - 1)])


def sample_point(
    cell: SimulationCell, wanted: ArrayLike, kappa: ArrayLike, settings: UmbrellaSettings, seed: int
) -> UmbrellaPoint:
    """Sample one point until the averages are precise enough.

    The bias energy is N sum_j phi_j (eta_j - kappa_j)^2, and mu_j = -2 phi_j (<eta_j> - kappa_j): Holber and
    Garikipati (2025), Eqs. 2 and 3, a site. The right-hand side is exactly the average of dg/deta_j over the biased
    distribution; it is dg/deta_j at <eta> as far as that distribution is narrow. However wide it is, mu d<eta> is the
    differential of -kT/N ln Z(kappa) - sum_j phi_j (<eta_j> - kappa_j)^2, so integrals do not depend on the path.

    The chain is first run for ``equilibration_passes``. If later the two halves of what was recorded differ, the first
    one is left out too.

    :param wanted: the point at which the chain starts, shape (d,).
    :param kappa: centres of the bias, shape (d,).
    """
    chain = Chain(cell, cell.draw(wanted, np.random.default_rng(derive_seed(seed, "start"))), seed)
    phi = curvatures(settings, cell.d)
    centres = np.asarray(kappa, dtype=np.float64)

    def run(n_passes: int) -> Series:
        return chain.run(n_passes, settings.temperature, phi=phi, kappa=centres)

    if settings.equilibration_passes:
        run(settings.equilibration_passes)
    eta = np.empty((0, cell.d))
    n_done, n_accepted, n_next = 0, 0.0, settings.min_passes
    while True:
        block = run(n_next)
        n_done, n_accepted = n_done + n_next, n_accepted + block.acceptance * n_next
        eta = np.concatenate([eta, block.eta])
        drifting = drifts(eta, settings.precision)
        if drifting.any() and n_done < settings.max_passes:
            eta = eta[len(eta) // 2 :]
        averages = Averages.of(eta)
        reason = _shortcoming(averages, drifting, round(n_accepted * cell.n_sites), settings)
        if (not reason and len(eta) >= settings.min_passes) or n_done >= settings.max_passes:
            break
        n_next = min(_more(len(eta), averages, settings), settings.max_passes - n_done)
    mu = -2 * phi * (averages.mean - centres)
    mu_error = 2 * phi * averages.error
    acceptance = n_accepted / n_done
    return UmbrellaPoint(averages.mean, averages.error, mu, mu_error, len(eta), acceptance, reason)


def _shortcoming(averages: Averages, drifting: NDArray[np.bool_], n_accepted: int, settings: UmbrellaSettings) -> str:
    if n_accepted < MIN_ACCEPTED:
        return f"{n_accepted} attempts were accepted, fewer than {MIN_ACCEPTED}: the state is all but frozen"
    if drifting.any():
        return f"the average of eta_{np.argmax(drifting)} still drifts"
    worst = int(np.argmax(averages.half_width))
    if averages.half_width[worst] > settings.precision:
        width = f"the 95 % half-width of eta_{worst} is {averages.half_width[worst]:.2g}"
        return f"{width}, above the precision of {settings.precision:.2g}"
    return ""


def _more(n: int, averages: Averages, settings: UmbrellaSettings) -> int:
    """Return how many passes more, as the half-width falls with the square root of their number."""
    growth = (float(averages.half_width.max()) / settings.precision) ** 2
    target = n * min(max(growth, _SMALLEST_GROWTH), _LARGEST_GROWTH)
    return max(int(target), settings.min_passes) - n or 1
