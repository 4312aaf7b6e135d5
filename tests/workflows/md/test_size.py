"""A small cell of a liquid has the energy, pressure and structure of a large one."""

from __future__ import annotations

import numpy as np
import pytest
from aiida.engine import run_get_node
from aiida.orm import Dict, StructureData
from scipy.constants import Boltzmann

from aiida_matal.science.mixing.initial_cell import random_mixture
from aiida_matal.science.trajectory.diffusion import diffusion, mean_square_displacement
from aiida_matal.science.trajectory.statistics import estimate_mean
from aiida_matal.science.trajectory.structure import partial_rdf
from aiida_matal.workflows.md.lammps import LammpsMdWorkChain
from aiida_matal.workflows.md.liquid_steps import frames_of

TEMPERATURE = 2100.0
VOLUME = 13.5
#: Steps by number of atoms: the small cell needs more of them for the same errors.
STEPS = {108: 9000, 864: 3000}
N_BLOCKS = 12
R_MAX = 5.5
#: What a cell of 108 atoms adds of its own, by runs of 160 ps and 36 ps: 4.1(6) meV per atom and 2.8(4) kbar.
ENERGY_OF_SIZE = 5e-3
PRESSURE_OF_SIZE = 3.5
#: Of liquid copper and nickel at this temperature, Pa s, known to about a third.
VISCOSITY = 2.5e-3


@pytest.fixture(scope="module")
def finished():
    return {}


@pytest.fixture
def sizes(eam_engine, finished):
    """Frames of liquid Cu-Ni in cells of 108 and 864 atoms, by number of atoms; run once for all tests here."""
    if not finished:
        finished.update({n_atoms: simulate(n_atoms, eam_engine(["Cu", "Ni"])) for n_atoms in STEPS})
    return finished


def simulate(n_atoms, engine):
    cell = random_mixture({"Cu": n_atoms // 2, "Ni": n_atoms // 2}, VOLUME, seed=3)
    structure = StructureData(cell=cell.cell.tolist())
    for symbol, position in zip(cell.symbols, cell.positions.tolist(), strict=True):
        structure.append_atom(symbols=symbol, position=position)
    md = {"temperature": TEMPERATURE, "timestep": 2.0, "n_steps": STEPS[n_atoms], "sample_every": 10, "seed": 5}
    md["hot_start"] = {"temperature": 1.5 * TEMPERATURE, "n_steps": 500}
    outputs, node = run_get_node(LammpsMdWorkChain, structure=structure, md=Dict(md), engine=engine)
    assert node.is_finished_ok, node.exit_message
    return frames_of(outputs["trajectory"])


def assert_agree(small, large, of_size):
    """Values (value, error) agree within three standard errors and what the size of the small cell adds."""
    assert abs(small[0] - large[0]) < of_size + 3 * np.hypot(small[1], large[1]), (small, large)


def mean_of(series):
    estimate = estimate_mean(series)
    return estimate.mean, estimate.error


def test_energy_and_pressure_agree(sizes):
    energies = [mean_of(frames.energy_potential / frames.n_atoms) for frames in sizes.values()]
    assert_agree(*energies, ENERGY_OF_SIZE)
    assert max(error for _, error in energies) < 2e-3
    pressures = [mean_of(frames.pressure) for frames in sizes.values()]
    assert_agree(*pressures, PRESSURE_OF_SIZE)
    assert max(error for _, error in pressures) < 2.5


def test_radial_distribution_functions_agree(sizes):
    small, large = (_rdf_blocks(frames) for frames in sizes.values())
    for pair, blocks in small.items():
        errors = [values.std(axis=0, ddof=1) / np.sqrt(N_BLOCKS) for values in (blocks, large[pair])]
        difference = np.abs(blocks.mean(axis=0) - large[pair].mean(axis=0))
        assert np.all(difference < 0.03 + 5 * np.hypot(*errors)), pair
        assert np.sqrt(np.mean(difference**2)) < (0.03 if pair == "all" else 0.08), pair


def test_diffusion_agrees_after_the_correction_for_the_size(sizes):
    """The correction is that of Yeh and Hummer, J. Phys. Chem. B 108, 15873 (2004), Eq. 12."""
    corrected = []
    for frames in sizes.values():
        displacements = mean_square_displacement(frames.positions, frames.symbols)
        mean = np.mean([values[: len(values) // 2] for values in displacements.values()], axis=0)
        length = 1e-10 * (VOLUME * frames.n_atoms) ** (1 / 3)
        shift = 2.837297 * Boltzmann * TEMPERATURE / (6 * np.pi * VISCOSITY * length)
        corrected.append(diffusion(mean, frames.interval).coefficient + shift)
    assert corrected[0] == pytest.approx(corrected[1], rel=0.2)


def _rdf_blocks(frames):
    """Return g(r) of each pair and of all atoms in blocks of the run, (N_BLOCKS, n_bins); every fourth frame of it."""
    places, cells = frames.positions[len(frames) // 10 :: 4], frames.cells[len(frames) // 10 :: 4]
    blocks = [
        partial_rdf(part, cell, frames.symbols, r_max=R_MAX, n_bins=55)
        for part, cell in zip(np.array_split(places, N_BLOCKS), np.array_split(cells, N_BLOCKS), strict=True)
    ]
    pairs = {pair: np.array([block.partial[pair] for block in blocks]) for pair in blocks[0].partial}
    return {**pairs, "all": np.array([block.total for block in blocks])}
