from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from aiida_matal.calculations.vasp.vasprun import read_vasprun, unwrap

N_ATOMS = 2
HEAD = """<?xml version="1.0" encoding="ISO-8859-1"?>
<modeling>
 <generator>
  <i name="version" type="string">6.3.0  </i>
 </generator>
 <structure name="initialpos" >
  <varray name="positions" >
   <v> 0.9 0.9 0.9 </v>
   <v> 0.8 0.8 0.8 </v>
  </varray>
 </structure>
"""


def energies(**values):
    lines = "\n".join(f'    <i name="{name.replace("_of_", " ")}"> {value} </i>' for name, value in values.items())
    return f"   <energy>\n{lines}\n   </energy>\n"


def step(number, n_iterations=3, kinetic="2.5"):
    """Return a step as VASP writes it; the energy at its end is that of VASP 5, where e_wo_entrp is another one."""
    iterations = "".join(
        f"  <scstep>\n{energies(e_fr_energy=-10 - number + away, e_wo_entrp=-9.5 - number + away)}  </scstep>\n"
        for away in range(n_iterations - 1, -1, -1)
    )
    return f""" <calculation>
{iterations}  <structure>
   <crystal>
    <varray name="basis" >
     <v> 4.0 0.0 0.0 </v>
     <v> 0.0 4.0 0.0 </v>
     <v> 0.0 0.0 4.0 </v>
    </varray>
   </crystal>
   <varray name="positions" >
    <v> 0.{number}0000000 0.00000000 0.00000000 </v>
    <v> 0.50000000 0.50000000 0.50000000 </v>
   </varray>
  </structure>
  <varray name="stress" >
   <v> 10.0 1.0 2.0 </v>
   <v> 1.0 20.0 3.0 </v>
   <v> 2.0 3.0 30.0 </v>
  </varray>
{energies(e_fr_energy=-10 - number, e_wo_entrp=-99.0, e_0_energy=0.0, kinetic=kinetic, lattice_of_kinetic=7.0)}
  <time name="totalsc">    1.25    1.50</time>
 </calculation>
"""


RUN = HEAD + "".join(step(number) for number in range(5)) + "</modeling>\n"


@pytest.fixture
def vasprun(tmp_path):
    """Return a function that reads a text as a vasprun.xml."""

    def of(text):
        path = tmp_path / "vasprun.xml"
        path.write_text(text)
        return read_vasprun(path, N_ATOMS)

    return of


def test_values_of_each_step(vasprun):
    run = vasprun(RUN)
    assert run.version == "6.3.0"
    np.testing.assert_array_equal(run.fractional[:, 0, 0], [0.0, 0.1, 0.2, 0.3, 0.4])
    np.testing.assert_array_equal(run.fractional[:, 1], 0.5)
    np.testing.assert_array_equal(run.energy_free, [-10, -11, -12, -13, -14])
    np.testing.assert_array_equal(run.energy_internal, run.energy_free + 0.5)
    np.testing.assert_array_equal(run.energy_kinetic, 2.5)
    np.testing.assert_array_equal(run.pressure_virial, 20.0)
    assert run.wall_seconds == 7.5
    assert run.most_scf_steps == 3


@given(st.integers(0, len(RUN)))
def test_cut_file_holds_the_first_steps(tmp_path_factory, length):
    path = tmp_path_factory.mktemp("cut") / "vasprun.xml"
    path.write_text(RUN[:length])
    run = read_vasprun(path, N_ATOMS)
    n_whole = RUN[:length].count("</calculation>")
    assert len(run.fractional) == len(run.energy_free) == len(run.energy_kinetic) == n_whole
    np.testing.assert_array_equal(run.energy_free, -10.0 - np.arange(n_whole))


def test_missing_file_holds_nothing(tmp_path):
    run = read_vasprun(tmp_path / "vasprun.xml", N_ATOMS)
    assert (run.version, run.fractional.shape, run.most_scf_steps) == ("", (0, N_ATOMS, 3), 0)


def test_iterations_of_a_step_that_was_not_written_whole_count(vasprun):
    text = HEAD + step(0) + step(1, n_iterations=9)
    assert vasprun(text[: text.rindex("</scstep>") + len("</scstep>")]).most_scf_steps == 9


def test_stars_and_missing_numbers_are_not_a_number(vasprun):
    run = vasprun(
        HEAD + step(0, kinetic="*******") + step(1).replace("    <v> 0.50000000 0.50000000 0.50000000 </v>\n", "")
    )
    assert np.isnan(run.energy_kinetic[0])
    assert np.isnan(run.fractional[1]).all()
    assert run.energy_free.tolist() == [-10.0, -11.0]


@given(arrays(float, (6, 3, 3), elements=st.floats(-0.4, 0.4)), st.floats(-3, 3))
def test_unwrapped_positions_are_continuous(moves, shift):
    cell = np.array([[4.0, 0.0, 0.0], [1.0, 5.0, 0.0], [0.5, 0.2, 6.0]])
    start = np.full((3, 3), shift) @ cell
    path = start + np.cumsum(moves, axis=0)
    fractional = path @ np.linalg.inv(cell)
    np.testing.assert_allclose(unwrap(fractional % 1.0, cell, start), path, atol=1e-9)
