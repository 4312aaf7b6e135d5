from __future__ import annotations

import numpy as np
import pytest
from ase import units
from ase.build import bulk
from ase.calculators.emt import EMT
from ase.md.langevin import Langevin

from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.demixing import Demixing
from aiida_matal.science.mixing.liquid import LiquidCheck, LiquidVerdict, liquid_verdict
from aiida_matal.science.trajectory.diffusion import mean_square_displacement
from aiida_matal.science.trajectory.structure import RadialDistribution, partial_rdf

INTERVAL = 30.0
SHORT = LiquidCheck(min_displacement=0.3)


@pytest.fixture(scope="module")
def copper():
    """Return displacements and g(r) of EMT copper, 108 atoms, in less than 1 ps: a crystal and a liquid."""
    return {"solid": _simulate(300, 11.9, n_steps=150), "liquid": _simulate(2000, 13.5, n_steps=300, hot_steps=100)}


def _simulate(temperature: float, volume: float, n_steps: int, hot_steps: int = 0):
    atoms = bulk("Cu", "fcc", a=(4 * volume) ** (1 / 3), cubic=True) * (3, 3, 3)
    atoms.calc = EMT()
    dynamics = Langevin(
        atoms,
        3 * units.fs,
        temperature_K=6000 if hot_steps else temperature,
        friction=0.02 / units.fs,
        fixcm=False,
        rng=np.random.default_rng(0),
    )
    dynamics.run(hot_steps or 20)
    dynamics.set_temperature(temperature_K=temperature)
    dynamics.run(40)
    frames = []
    dynamics.attach(lambda: frames.append(atoms.positions.copy()), interval=10)
    dynamics.run(n_steps)
    cells = np.repeat(atoms.cell[np.newaxis], len(frames), axis=0)
    symbols = list(atoms.symbols)
    return mean_square_displacement(frames, symbols), partial_rdf(frames, cells, symbols)


def test_molten_copper_is_liquid(copper):
    found = liquid_verdict(copper["liquid"][0], INTERVAL, copper["liquid"][1], SHORT)
    assert found.verdict == "liquid", found
    assert 1e-9 < found.diffusion < 1e-8
    assert found.neighbour_distance == pytest.approx(2.5, abs=0.1)
    assert found.valley > 0.45


def test_crystalline_copper_is_solid_on_every_count(copper):
    found = liquid_verdict(copper["solid"][0], INTERVAL, copper["solid"][1], SHORT)
    assert found.verdict == "solid"
    assert len(found.reason.split("; ")) == 4
    assert found.valley < 0.1


def test_diffusing_atoms_in_crystalline_order_are_solid(copper):
    found = liquid_verdict(copper["liquid"][0], INTERVAL, copper["solid"][1], SHORT)
    assert found.verdict == "solid"
    assert found.reason.endswith("crystalline order")


def test_caged_atoms_in_liquid_order_are_solid(copper):
    found = liquid_verdict(copper["solid"][0], INTERVAL, copper["liquid"][1], SHORT)
    assert found.verdict == "solid"
    assert "crystalline" not in found.reason


def liquid_order() -> RadialDistribution:
    r = np.linspace(0.05, 6, 120)
    g = np.where(r > 2, 1 + 2 * np.exp(-((r - 2.5) ** 2) / 0.1) - 0.4 * np.exp(-((r - 3.4) ** 2) / 0.2), 0.0)
    return RadialDistribution(r, g, {}, {})


def judge(displacements: dict[str, np.ndarray], demixing: Demixing | None = None) -> LiquidVerdict:
    return liquid_verdict(displacements, INTERVAL, liquid_order(), LiquidCheck(), demixing)


def test_the_slowest_element_decides():
    lags = np.arange(101.0)
    found = judge({"Al": 0.3 * lags, "W": 1e-5 * lags})
    assert found.verdict == "solid"
    assert found.reason.startswith("W diffuses at 5.6e-13 m^2/s, less than 1e-10")
    assert judge({"Al": 0.3 * lags, "W": 0.1 * lags}).verdict == "liquid"


def test_displacement_that_levels_off_is_not_diffusion():
    lags = np.arange(101.0)
    found = judge({"Cu": 4 + 0.004 * lags})
    assert (found.verdict, found.exponent < 0.1) == ("solid", True)
    assert found.reason.startswith("the displacement of Cu grows with time to the power")


def test_a_run_too_short_to_leave_the_cage_is_not_accepted():
    found = judge({"Cu": 0.01 * np.arange(101.0)})
    assert found.verdict == "solid"
    assert (
        found.reason == "Cu moves 1.00 Angstrom in half the run, less than 1.25: it is caged, or the run is too short"
    )


MOVING = {"Ag": 0.3 * np.arange(101.0), "Ni": 0.1 * np.arange(101.0)}


@pytest.mark.parametrize(
    ("demixing", "reason"),
    [
        (Demixing(0.45, 0.02, 0.53), "the short-range order is 0.45 +- 0.02, above 0.25, where 0 is random and"),
        (Demixing(0.20, 0.01, 0.30), "the short-range order is 0.20 +- 0.01, above 0.15, where 0 is random and"),
        (Demixing(0.16, 0.05, 0.53, 0.2, 0.05), "the short-range order grew by 0.20 +- 0.05 in the run, more than 0.1"),
    ],
)
def test_liquid_of_like_neighbours_is_separated(demixing, reason):
    found = judge(MOVING, demixing)
    assert found.verdict == "phase_separated"
    assert found.reason.startswith(reason)


@pytest.mark.parametrize(
    "demixing",
    [
        Demixing(0.15, 0.01, 0.53, 0.05, 0.01),
        Demixing(0.28, 0.02, 0.53, 0.0, 0.02),
        Demixing(-0.3, 0.01, 0.53),
        Demixing(0.16, 0.05, 0.53, 0.2, 0.08),
        Demixing(0.10, 0.01, 0.53, 0.2, 0.02),
        Demixing(0.07, 0.01, 0.07),
    ],
    ids=["clusters", "within its error", "ordered", "growth within its error", "little order", "too few atoms"],
)
def test_mixed_liquid_is_accepted(demixing):
    assert judge(MOVING, demixing).verdict == "liquid"


def test_separated_solid_is_solid():
    assert judge({"Ag": MOVING["Ag"], "Ni": 1e-5 * np.arange(101.0)}, Demixing(0.5, 0.01, 0.53)).verdict == "solid"


def test_nothing_to_judge_is_refused():
    with pytest.raises(InputError, match="displacements"):
        judge({})
