import numpy as np
import pytest
from ase.units import kB

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.monte_carlo.averages import Averages
from aiida_matal.science.landscape.monte_carlo.chain import Chain, SimulationCell, random_state
from aiida_matal.science.landscape.monte_carlo.hamiltonian import Hamiltonian
from aiida_matal.science.landscape.monte_carlo.kernel import Clusters

N_PASSES = 100_000
KAPPA = np.array([0.4, 0.2, -0.1, 0.3])
PHI = np.array([0.5, 0.1, 0.2, 0.05])


def agrees(series, values, weights):
    """The means of series, shape (n, k), and of their squares agree with exact averages over states, shape (s, k)."""
    averages = Averages.of(np.hstack([series, series**2]))
    exact = weights @ np.hstack([values, values**2])
    assert (averages.error < 0.02 * np.abs(series).max()).all()
    return (np.abs(averages.mean - exact) < 4 * averages.error + 1e-12).all()


def observed(series, enumeration):
    values = np.column_stack([enumeration.eta, enumeration.energy / enumeration.cell.n_sites])
    return np.column_stack([series.eta, series.energy]), values


@pytest.mark.parametrize(("temperature", "mu"), [(600.0, 0.0), (900.0, 0.1), (2000.0, -0.05)])
def test_unbiased_averages_are_those_of_all_states(small_fcc, temperature, mu):
    chain = Chain(small_fcc.cell, np.zeros(16), seed=1)
    chain.run(1000, temperature, mu=mu)
    series, values = observed(chain.run(N_PASSES, temperature, mu=mu), small_fcc)
    assert agrees(series, values, small_fcc.weights(temperature, mu=mu))


@pytest.mark.parametrize("mu", [0.0, 0.2])
def test_biased_averages_are_those_of_all_states(small_fcc, mu):
    chain = Chain(small_fcc.cell, np.zeros(16), seed=2)
    chain.run(1000, 700, mu=mu, phi=PHI, kappa=KAPPA)
    series, values = observed(chain.run(N_PASSES, 700, mu=mu, phi=PHI, kappa=KAPPA), small_fcc)
    weights = small_fcc.weights(700, mu, PHI, KAPPA)
    assert agrees(series, values, weights)
    unbiased = small_fcc.weights(700, mu)
    assert not agrees(series, values, unbiased)


@pytest.mark.parametrize("n_filled", [1, 4, 8, 13])
def test_canonical_averages_are_those_of_all_states_of_the_composition(small_fcc, n_filled):
    chain = Chain(small_fcc.cell, np.arange(16) < n_filled, seed=3)
    chain.run(1000, 700, ensemble="canonical")
    series, values = observed(chain.run(N_PASSES, 700, ensemble="canonical"), small_fcc)
    assert (series[:, 0] == n_filled / 16).all()
    assert agrees(series[:, 1:], values[:, 1:], small_fcc.weights(700, n_filled=n_filled))


def test_full_and_empty_cells_have_nothing_to_swap(small_fcc):
    for filled in (0, 1):
        series = Chain(small_fcc.cell, np.full(16, filled), seed=1).run(10, 500, ensemble="canonical")
        assert series.acceptance == 0
        assert (series.eta[:, 0] == filled).all()


def test_free_sites_fill_as_fermi_says_and_heat_capacity_is_that_of_two_levels():
    """Without interactions x = 1 / (1 + exp((V - mu) / kT)); at infinite temperature each flip is accepted."""
    n, point, mu, temperature = 500, 0.03, 0.05, 400.0
    empty = np.empty((n, 0), dtype=np.uint32)
    clusters = Clusters(
        np.zeros(n, dtype=np.uint32), np.array([point]), empty, np.empty((1, 0)),
        np.empty((n, 0, 2), dtype=np.uint32), np.empty((1, 0)), np.empty((n, 0, 3), dtype=np.uint32), np.empty((1, 0)),
    )  # fmt: skip
    cell = SimulationCell(Hamiltonian(n, 0.0, clusters), np.zeros(n, dtype=np.uint32), np.ones((1, 1)))
    chain = Chain(cell, np.zeros(n), seed=4)
    chain.run(50, temperature, mu=mu)
    series = chain.run(20_000, temperature, mu=mu)
    x = 1 / (1 + np.exp((point - mu) / (kB * temperature)))
    averages = Averages.of(series.eta)
    assert abs(averages.mean[0] - x) < 4 * averages.error[0]
    assert n * series.eta.var() == pytest.approx(x * (1 - x), rel=0.05)
    assert chain.run(10, 1e12, mu=mu).acceptance == pytest.approx(1, abs=1e-3)


def test_recorded_values_are_those_of_the_occupation(l10_cell):
    """After many moves the order parameters and the energy that were kept up to date are still exact."""
    chain = Chain(l10_cell, l10_cell.draw([0.5, 0, 0, 0], np.random.default_rng(1)), seed=5)
    bias = {"mu": 0.01, "phi": np.full(4, 0.1), "kappa": [0.5, 0.2, 0, 0]}
    for arguments in (bias, {"ensemble": "canonical"}):
        for _ in range(3):
            series = chain.run(500, 800, **arguments)
            assert series.eta[-1] == pytest.approx(l10_cell.eta(chain.occupation), abs=1e-15)
            energy = l10_cell.hamiltonian.energy(chain.occupation) / l10_cell.n_sites
            assert series.energy[-1] == pytest.approx(energy, rel=1e-12)
            assert 0.05 < series.acceptance < 0.95


def test_a_hamiltonian_that_is_not_symmetric_is_noticed(l10_cell):
    """The local fields kept up to date then drift away from the energy."""
    clusters = l10_cell.hamiltonian.clusters
    shifted = clusters._replace(pair_sites=np.roll(clusters.pair_sites, 1, axis=0))
    cell = SimulationCell(Hamiltonian(l10_cell.n_sites, 0.0, shifted), l10_cell.classes, l10_cell.signs)
    with pytest.raises(RuntimeError, match="the energy of the chain is off"):
        Chain(cell, np.zeros(cell.n_sites), seed=1).run(10, 1000)


def test_a_stiff_bias_holds_the_order_parameters_at_its_centre(l10_cell):
    kappa = np.array([0.4, 0.15, -0.1, 0.05])
    chain = Chain(l10_cell, l10_cell.draw(kappa, np.random.default_rng(2)), seed=6)
    distances = []
    for phi in (0.1, 1.0, 10.0):
        series = chain.run(3000, 2000, phi=np.full(4, phi), kappa=kappa)
        distances.append(np.abs(series.eta[500:].mean(axis=0) - kappa).max())
    assert distances[0] > 3 * distances[1] > 9 * distances[2]
    assert distances[2] < 0.01


def test_drawn_occupations_have_the_order_parameters_on_average(l10_cell):
    wanted = np.array([0.4, 0.15, -0.1, 0.05])
    drawn = [l10_cell.eta(l10_cell.draw(wanted, np.random.default_rng(seed))) for seed in range(400)]
    assert np.mean(drawn, axis=0) == pytest.approx(wanted, abs=0.006)
    outside = l10_cell.draw([1.5, 0, 0, 0], np.random.default_rng(1))
    assert outside.all()


def test_the_seed_alone_decides(l10_cell):
    def etas(seed):
        chain = Chain(l10_cell, np.zeros(l10_cell.n_sites), seed)
        return np.vstack([chain.run(n, 900).eta for n in (20, 40)])

    assert np.array_equal(etas(7), etas(7))
    assert not np.array_equal(etas(7), etas(8))


def test_seeds_give_different_full_states():
    states = np.array([random_state(seed) for seed in range(1, 200)])
    assert len(np.unique(states)) == states.size
    assert np.unpackbits(states.view(np.uint8)).mean() == pytest.approx(0.5, abs=0.01)


def test_a_start_of_another_size_is_refused(l10_cell):
    with pytest.raises(InputError, match="none of this supercell"):
        Chain(l10_cell, np.zeros(3), seed=1)


@pytest.mark.parametrize("arguments", [{"mu": 0.1}, {"phi": [0, 0, 0, 0.1], "kappa": [0, 0, 0, 0]}])
def test_a_canonical_run_with_a_bias_is_refused(l10_cell, arguments):
    chain = Chain(l10_cell, np.zeros(l10_cell.n_sites), seed=1)
    with pytest.raises(InputError, match="no chemical potential and no bias"):
        chain.run(10, 500, ensemble="canonical", **arguments)
