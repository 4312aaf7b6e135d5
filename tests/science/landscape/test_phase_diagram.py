"""Phases of free energies whose phase diagrams are known otherwise."""

from __future__ import annotations

import numpy as np
import pytest
from ase.units import kB
from scipy.optimize import brentq, fsolve, minimize

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.mean_field import MeanFieldModel
from aiida_matal.science.landscape.model import FreeEnergy
from aiida_matal.science.landscape.phase_diagram import PhaseSettings, find_phases

TEMPERATURE = 1000.0
KT = kB * TEMPERATURE
PENALTY = 1.0


class Solution(FreeEnergy):
    """A regular solution, kT [x ln x + (1 - x) ln (1 - x)] + omega x (1 - x), in which no order pays."""

    d = 4

    def __init__(self, omega):
        self.omega = omega

    def g(self, eta):
        x = np.clip(eta[:, 0], 1e-12, 1 - 1e-12)
        mixing = KT * (x * np.log(x) + (1 - x) * np.log1p(-x))
        return mixing + self.omega * x * (1 - x) + PENALTY * (eta[:, 1:] ** 2).sum(axis=1)

    def mu(self, eta):
        x = np.clip(eta[:, :1], 1e-12, 1 - 1e-12)
        return np.concatenate([KT * np.log(x / (1 - x)) + self.omega * (1 - 2 * x), 2 * PENALTY * eta[:, 1:]], axis=1)

    def hessian(self, eta):
        x = np.clip(eta[:, 0], 1e-12, 1 - 1e-12)
        hessian = np.zeros((len(eta), 4, 4))
        hessian[:, 0, 0] = KT / (x * (1 - x)) - 2 * self.omega
        hessian[:, 1:, 1:] = 2 * PENALTY * np.eye(3)
        return hessian


class Landau(FreeEnergy):
    """g = stiffness / 2 y^2 + a q^2 + b q^4 + c q^6 with y = x - 1/2, q = |eta[1:]| and a = slope (y^2 - width^2)."""

    d = 4
    stiffness, slope, width = 1.0, 4.0, 0.2

    def __init__(self, b, c):
        self.b, self.c = b, c

    def g(self, eta):
        y, q2 = eta[:, 0] - 0.5, (eta[:, 1:] ** 2).sum(axis=1)
        return self.stiffness / 2 * y**2 + self._a(y) * q2 + self.b * q2**2 + self.c * q2**3

    def mu(self, eta):
        y, q2 = eta[:, 0] - 0.5, (eta[:, 1:] ** 2).sum(axis=1)
        along = 2 * (self._a(y) + 2 * self.b * q2 + 3 * self.c * q2**2)
        return np.column_stack([self.stiffness * y + 2 * self.slope * y * q2, along[:, None] * eta[:, 1:]])

    def hessian(self, eta):
        step = 1e-5 * np.eye(4)
        return np.stack([(self.mu(eta + shift) - self.mu(eta - shift)) / 2e-5 for shift in step], axis=1)

    def _a(self, y):
        return self.slope * (y**2 - self.width**2)


def phases(model, system, **settings):
    return find_phases(model, system, TEMPERATURE, PhaseSettings.parse(settings, "phases"))


def test_an_ideal_solution_has_one_phase(fcc):
    found = phases(Solution(0.0), fcc, tolerance=0.0)
    assert len(found.boundaries) == 0
    curve = found.curve
    assert (curve["phase"] == "disordered").all()
    np.testing.assert_array_equal(curve["g"], curve["g_disordered"])
    np.testing.assert_array_equal(curve["g"], curve["g_hull"])
    x = curve["eta_0"][1:-1]
    np.testing.assert_allclose(curve["g"][1:-1], KT * (x * np.log(x) + (1 - x) * np.log(1 - x)), rtol=0, atol=1e-15)


@pytest.mark.parametrize("ratio", [2.05, 2.5, 4.0])
def test_the_miscibility_gap_of_a_regular_solution(fcc, ratio):
    """The binodal solves ln(x / (1 - x)) = omega / kT (2 x - 1), by symmetry with a slope of 0."""
    low = brentq(lambda x: np.log(x / (1 - x)) - ratio * (2 * x - 1), 1e-6, 0.5 - 1e-3)
    (row,) = phases(Solution(ratio * KT), fcc).boundaries.rows()
    assert (row["kind"], row["phase_low"], row["phase_high"]) == ("two phases", "disordered", "disordered")
    assert row["x_low"] == pytest.approx(low, abs=1e-6)
    assert row["x_high"] == pytest.approx(1 - low, abs=1e-6)
    assert row["mu"] == pytest.approx(0.0, abs=1e-8)
    top = KT * np.log(0.5) + ratio * KT / 4
    assert row["depth"] == pytest.approx(top - float(Solution(ratio * KT).g(np.array([[low, 0, 0, 0]]))[0]), abs=1e-9)


def test_a_gap_that_may_be_noise_is_none(fcc):
    depth = phases(Solution(2.05 * KT), fcc).boundaries["depth"][0]
    assert len(phases(Solution(2.05 * KT), fcc, tolerance=0.9 * depth).boundaries) == 1
    assert len(phases(Solution(2.05 * KT), fcc, tolerance=1.1 * depth).boundaries) == 0


def test_a_first_order_transition_of_landau(fcc):
    """With b < 0 the order jumps: both ends of the tangent solve dg/dq = 0, equal slopes and one tangent line."""
    model = Landau(b=-1.0, c=16.0)

    def equations(unknowns):
        disordered, ordered, q2 = unknowns
        y = ordered - 0.5
        g_0 = model.stiffness / 2 * (disordered - 0.5) ** 2
        g_1 = model.stiffness / 2 * y**2 + model._a(y) * q2 + model.b * q2**2 + model.c * q2**3
        slope = model.stiffness * (disordered - 0.5)
        return [
            model._a(y) + 2 * model.b * q2 + 3 * model.c * q2**2,
            slope - (model.stiffness * y + 2 * model.slope * y * q2),
            g_1 - g_0 - slope * (ordered - disordered),
        ]

    disordered, ordered, q2 = fsolve(equations, [0.27, 0.3, 0.05], xtol=1e-13)
    assert 0.02 < q2 < 0.06
    full = np.linalg.norm(fcc.order_parameters.variants[0, 1:])
    low, high = phases(model, fcc, order_step=0.02).boundaries.rows()
    assert (low["kind"], low["phase_low"], low["phase_high"]) == ("two phases", "disordered", "ordered")
    assert low["x_low"] == pytest.approx(disordered, abs=1e-6)
    assert low["x_high"] == pytest.approx(ordered, abs=1e-6)
    assert low["order_low"] == 0.0
    assert low["order_high"] == pytest.approx(np.sqrt(q2) / full, abs=1e-5)
    assert low["mu"] == pytest.approx(model.stiffness * (disordered - 0.5), abs=1e-6)
    assert (high["phase_low"], high["phase_high"]) == ("ordered", "disordered")
    assert high["x_low"] == pytest.approx(1 - ordered, abs=1e-6)
    assert high["x_high"] == pytest.approx(1 - disordered, abs=1e-6)


def test_a_continuous_transition_of_landau(fcc):
    """With b large enough, order grows from nothing where a(x) = 0, and the free energy stays convex."""
    model = Landau(b=40.0, c=0.0)
    low, high = phases(model, fcc).boundaries.rows()
    assert (low["kind"], low["phase_low"], low["phase_high"]) == ("continuous", "disordered", "ordered")
    assert (high["kind"], high["phase_low"], high["phase_high"]) == ("continuous", "ordered", "disordered")
    assert (low["x_low"], high["x_low"]) == (pytest.approx(0.3, abs=1e-6), pytest.approx(0.7, abs=1e-6))
    assert low["x_high"] == low["x_low"]
    assert low["mu"] == pytest.approx(-0.2 * model.stiffness, abs=1e-6)


def test_phases_of_the_pair_model_are_symmetric(zigzag):
    """Pair interactions alone do not change when all occupants are exchanged, but for the scale of mu."""
    low, high = phases(MeanFieldModel(zigzag, 300.0), zigzag, composition_step=0.01).boundaries.rows()
    assert (low["phase_low"], low["phase_high"]) == ("disordered", "ordered")
    assert low["x_low"] + high["x_high"] == pytest.approx(1.0, abs=1e-5)
    assert low["x_high"] + high["x_low"] == pytest.approx(1.0, abs=1e-5)


def test_another_order_is_found_where_it_is_lower(fcc):
    """Mean field: A3B on the fcc lattice has L1_2, three equal order parameters, which L1_0 alone does not see."""
    model = MeanFieldModel(fcc, 500.0)
    settings = {"composition_step": 0.0125, "order_step": 0.05}
    alone = phases(model, fcc, **settings).curve
    both = phases(model, fcc, **settings, orders={"L1_2": [1, 1, 1]})
    curve = both.curve
    assert (curve["g"] <= alone["g"] + 1e-15).all()
    named = dict(zip(curve["eta_0"].round(4).tolist(), curve["phase"].tolist(), strict=True))
    assert (named[0.25], named[0.5], named[0.75], named[0.0]) == ("L1_2", "ordered", "L1_2", "disordered")
    neighbours = [(row["phase_low"], row["phase_high"]) for row in both.boundaries.rows()]
    ordered = [("disordered", "L1_2"), ("L1_2", "ordered"), ("ordered", "L1_2"), ("L1_2", "disordered")]
    assert neighbours == ordered
    for x in (0.25, 0.5, 0.7):
        row = int(np.argmin(np.abs(curve["eta_0"] - x)))
        assert curve["g"][row] == pytest.approx(lowest_by_scipy(model, fcc, curve["eta_0"][row]), abs=1e-7)


def lowest_by_scipy(model, system, x):
    """Return the lowest free energy of a composition, over all occupations of the sublattices."""
    q, n = system.order_parameters.Q, system.order_parameters.Q.shape[1]
    rng = np.random.default_rng(1)

    def g(occupations):
        return float(model.g((q @ occupations)[None])[0])

    at_x = {"type": "eq", "fun": lambda occupations: occupations.mean() - x}
    bounds = [(1e-9, 1 - 1e-9)] * n
    starts = rng.dirichlet(np.full(n, 0.5), size=20) * min(n * x, 1)
    starts = np.clip(starts + x - starts.mean(axis=1, keepdims=True), 0.001, 0.999)
    tried = [minimize(g, start, method="SLSQP", bounds=bounds, constraints=at_x, tol=1e-12) for start in starts]
    return min(found.fun for found in tried if found.success)


def test_one_instability_that_bears_several_orders_is_told_once(fcc):
    found = phases(Landau(b=40.0, c=0.0), fcc, orders={"another": [1, 1, 1]}).boundaries
    assert found["x_low"].tolist() == pytest.approx([0.3, 0.7], abs=1e-6)
    assert found["kind"].tolist() == ["continuous"] * 2


def test_order_that_may_be_noise_is_none(fcc):
    """At most, at x = 1/2, this order lowers the free energy by a^2 / 4 b."""
    model = Landau(b=40.0, c=0.0)
    gain = (model.slope * model.width**2) ** 2 / (4 * model.b)
    full = np.linalg.norm(fcc.order_parameters.variants[0, 1:])
    assert np.sqrt(model.slope * model.width**2 / (2 * model.b)) < full
    below, above = (phases(model, fcc, tolerance=part * gain) for part in (0.9, 1.1))
    assert below.boundaries["kind"].tolist() == ["continuous"] * 2
    assert len(above.boundaries) == 0
    assert set(above.curve["phase"]) == {"disordered"}


@pytest.mark.parametrize("name", ["ordered", "disordered", ""])
def test_names_that_are_taken_are_refused(name):
    with pytest.raises(InputError, match="may not be called"):
        PhaseSettings.parse({"orders": {name: [1, 1, 1]}}, "phases")


def test_the_hull_is_convex_and_below_the_curve(zigzag):
    curve = phases(MeanFieldModel(zigzag, 300.0), zigzag, composition_step=0.01, compositions=[0.05, 0.95]).curve
    assert curve["eta_0"][[0, -1]].tolist() == pytest.approx([0.05, 0.95])
    assert (curve["g_hull"] <= curve["g"]).all()
    assert (curve["g"] <= curve["g_disordered"]).all()
    assert np.diff(curve["g_hull"], n=2).min() > -1e-9
    assert set(curve["phase"]) == {"ordered", "disordered"}


@pytest.mark.parametrize("compositions", [[0.5, 0.2], [-0.1, 1.0], [0.0, 1.1]])
def test_odd_ranges_are_refused(compositions):
    with pytest.raises(InputError, match="the smaller one first"):
        PhaseSettings.parse({"compositions": compositions}, "phases")
