from __future__ import annotations

import numpy as np
import pytest

from aiida_matal.calculations.lammps.output import parse_dump, parse_log

LOG = """LAMMPS (22 Jul 2025 - Update 4)
OMP_NUM_THREADS environment is not set. Defaulting to 1 thread.
  using 2 OpenMP thread(s) per MPI task
  1 by 2 by 2 MPI processor grid
   Step          Temp          E_pair         E_mol          TotEng         Press
         0   2000          -371.33        0             -343.67       -129306.71
       500   2100          -350           0             -320          -1000
Loop time of 0.75 on 4 procs for 500 steps with 108 atoms
   Step          Temp          PotEng         KinEng         Volume         Press         c_virial         CPU
         0  2000 -371.330001029 27.66167103 1481.544 -129306.709587 -149249.363681 0
WARNING: Wall time limit reached (src/src/timer.cpp:201)
        10  1268.1834019 -358.843815956 17.5400360345 1481.544 -78954.325118 -91599.7965737 0.25
        20  nan -nan 1e3 1481.544 -44707.7542362 -54473.2291317 0.5
"""
STATE = """ITEM: TIMESTEP
{step}
ITEM: NUMBER OF ATOMS
2
ITEM: BOX BOUNDS pp pp pp
0 11.4
0 11.4
0 11.4
ITEM: ATOMS id xu yu zu vx vy vz
1 -0.5 0 {step} 1 2 3
2 1.5 1e-3 7 4 5 -6.25
"""


def test_log_holds_the_last_run():
    log = parse_log(LOG)
    assert log.version == "22 Jul 2025 - Update 4"
    assert log.n_cores == 8
    assert log.n_warnings == 1
    assert log.error is None
    assert log.wall_seconds == 0.75 + 0.5
    assert log.steps.tolist() == [0, 10, 20]
    assert log.temperature[:2].tolist() == [2000.0, 1268.1834019]
    assert np.isnan(log.temperature[2])
    assert log.energy_potential[1] == -358.843815956
    assert log.energy_kinetic.tolist() == [27.66167103, 17.5400360345, 1000.0]
    assert log.volume[0] == 1481.544
    assert log.pressure[0] == -129306.709587
    assert log.pressure_virial[0] == -149249.363681


def test_log_cut_off_anywhere_holds_a_part_of_the_whole():
    whole = parse_log(LOG)
    for end in range(LOG.index("Update"), len(LOG)):
        log = parse_log(LOG[:end])
        if log is not None:
            np.testing.assert_array_equal(log.pressure_virial, whole.pressure_virial[: len(log.steps)])
    assert parse_log(LOG[:-1]).steps.tolist() == [0, 10]


def test_hot_start_alone_is_no_record():
    log = parse_log(LOG[: LOG.index("Loop time")])
    assert len(log.steps) == 0
    assert log.wall_seconds == 0.0


@pytest.mark.parametrize(
    "message",
    ["ERROR: Lost atoms: original 108 current 107 (src/thermo.cpp:1)", "ERROR on proc 0: Incorrect format"],
)
def test_first_error_is_found(message):
    assert parse_log(f"{LOG}{message}\nLast input line: run 10\nERROR: another\n").error == message


@pytest.mark.parametrize("text", ["", "bash: lmp: command not found\n"])
def test_output_of_something_else_is_none(text):
    assert parse_log(text) is None


def test_dump_cut_off_anywhere_holds_the_whole_states_before():
    text = STATE.format(step=0) + STATE.format(step=10)
    for end in range(len(text) + 1):
        dump = parse_dump(text[:end], n_atoms=2)
        n_states = text[:end].count("-6.25\n")
        assert dump.steps.tolist() == [0, 10][:n_states]
        assert dump.positions.shape == dump.velocities.shape == (n_states, 2, 3)
    assert dump.positions[1].tolist() == [[-0.5, 0.0, 10.0], [1.5, 0.001, 7.0]]
    assert dump.velocities[1].tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, -6.25]]
