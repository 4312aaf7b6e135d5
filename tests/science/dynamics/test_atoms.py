from __future__ import annotations

import numpy as np
import pytest
from ase import units

from aiida_matal.science.dynamics.atoms import atoms_from_table, atoms_table
from aiida_matal.science.table import Table

CELL = [[8.0, 0.0, 0.0], [1.0, 7.0, 0.0], [0.0, 0.1, 9.0]]


@pytest.mark.parametrize("with_velocities", [True, False])
def test_atoms_come_back_from_a_table_file(tmp_path, with_velocities):
    random = np.random.default_rng(2)
    positions, velocities = random.normal(0, 20, (4, 3)), random.normal(size=(4, 3))
    table = atoms_table(
        ["Cu", "Cu", "Au", "H"], [63.5, 65.0, 197.0, 2.0], positions, velocities if with_velocities else None
    )
    table.write(tmp_path / "atoms.npz")
    atoms = atoms_from_table(Table.read(tmp_path / "atoms.npz"), CELL)
    assert atoms.get_chemical_symbols() == ["Cu", "Cu", "Au", "H"]
    assert atoms.get_masses().tolist() == [63.5, 65.0, 197.0, 2.0]
    assert atoms.cell.tolist() == CELL
    assert atoms.pbc.all()
    np.testing.assert_array_equal(atoms.positions, positions)
    assert atoms.has("momenta") == with_velocities
    if with_velocities:
        np.testing.assert_allclose(atoms.get_velocities() * units.fs, velocities, rtol=1e-14)
