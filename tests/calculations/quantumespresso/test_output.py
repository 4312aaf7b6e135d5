from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase import units
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.calculations.quantumespresso.output import highest_occupation, parse_output

#: Four steps of pw.x 6.7 for Al2Si2 without a thermostat, time step 62.012 Rydberg units, kept as they were printed.
RUN = (Path(__file__).parent / "recorded" / "run.out").read_text()
KBAR_PER_RY_PER_CUBIC_BOHR = 147105.08
ERROR_BOX = """
 %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%
     Error in routine {routine} (1):
     {message}
 %%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%%
"""
BANDS = """<qes:espresso><output><band_structure><occupations_kind>smearing</occupations_kind>
<ks_energies><occupations size="3">
  9.9E-001 4.5E-001 {first}
</occupations></ks_energies><ks_energies><occupations size="3">
  9.9E-001 4.0E-001 {second}
</occupations></ks_energies></band_structure>"""


def test_every_step_is_read_in_our_units():
    output = parse_output(RUN, 4)
    steps = output.steps
    assert (output.version, output.n_cores, output.ended, output.n_warnings) == ("6.7MaX", 1, True, 0)
    assert output.error is output.unconverged is None
    assert output.wall_seconds == pytest.approx(0.35, abs=0.35)
    assert steps.next_positions.shape == steps.forces.shape == (4, 4, 3)
    np.testing.assert_allclose(steps.energy_free[[0, 3]], np.array([-23.86944035, -23.86427626]) * units.Ry)
    np.testing.assert_allclose(steps.energy_kinetic[[0, 3]], np.array([0.05700259, 0.05178351]) * units.Ry)
    np.testing.assert_allclose(steps.temperature[[0, 3]], [1999.99933345, 1816.88205696])
    assert steps.pressure_virial.tolist() == [-57.43, -56.75, -55.56, -54.03]
    assert np.all(steps.scf_iterations >= 1)
    assert np.all((steps.energy_smearing < 0) & (steps.energy_smearing > -1))


def test_energy_is_conserved_without_a_thermostat():
    steps = parse_output(RUN, 4).steps
    assert np.ptp(steps.energy_free + steps.energy_kinetic) < 2e-3


def test_forces_move_the_atoms():
    steps = parse_output(RUN, 4).steps
    masses = np.array([26.98, 26.98, 28.09, 28.09])[:, np.newaxis]
    timestep = 62.012 * 2 * 2.4188843265857e-2
    moved = np.diff(steps.next_positions, n=2, axis=0)[0]
    acceleration = steps.forces[2] / masses * units.fs**2
    acceleration -= (masses * acceleration).sum(axis=0) / masses.sum()
    np.testing.assert_allclose(moved / timestep**2, acceleration, atol=1e-9, rtol=1e-5)


def test_kinetic_stress_of_the_code_is_two_thirds_of_the_density_of_kinetic_energy():
    steps = parse_output(RUN, 4).steps
    volume = 465.1020
    assert f"{volume:.4f} (a.u.)^3" in RUN
    kinetic = 2 * steps.energy_kinetic / units.Ry / (3 * volume) * KBAR_PER_RY_PER_CUBIC_BOHR
    np.testing.assert_allclose(kinetic, [12.02, 11.75, 11.39, 10.92], atol=0.006)


@given(end=st.integers(0, len(RUN)))
def test_text_that_was_cut_off_gives_the_first_steps(end):
    output = parse_output(RUN[:end], 4)
    if output is None:
        assert end <= RUN.index("v.6.7MaX") + len("v.6.7MaX starts on 21Nov2026 at  5:14:13 \n")
        return
    whole = parse_output(RUN, 4).steps
    n_steps = len(output.steps.forces)
    assert n_steps == RUN[:end].count(" K \n")
    for name, values in vars(output.steps).items():
        np.testing.assert_array_equal(values, getattr(whole, name)[:n_steps])
    assert output.ended == (end > RUN.index("JOB DONE."))


def test_number_that_did_not_fit_is_not_a_number():
    output = parse_output(RUN.replace("0.05570708", "**********"), 4)
    assert np.isnan(output.steps.energy_kinetic).tolist() == [False, True, False, False]


def test_step_without_converged_electrons_is_left_out():
    start = RUN.index("convergence has been achieved", RUN.index("iteration =     2"))
    output = parse_output(RUN[:start] + "convergence NOT achieved after 100 iterations: stopping\n", 4)
    assert len(output.steps.forces) == 2
    assert output.unconverged == "convergence NOT achieved after 100 iterations"


def test_error_message_is_found():
    head = RUN[: RUN.index("Current dimensions")]
    output = parse_output(head + ERROR_BOX.format(routine="setup", message="too few bands"), 4)
    assert output.error == ("setup", "too few bands")
    assert not output.ended


@pytest.mark.parametrize(
    ("line", "seconds"),
    [("1h 2m", 3720.0), ("2m 3.50s", 123.5), ("1d 1h 0m", 90000.0), ("      0.70s", 0.7)],
)
def test_wall_time_is_read_in_all_its_forms(line, seconds):
    start = RUN.rindex("     PWSCF        :")
    text = RUN[:start] + f"     PWSCF        :   1m 2.10s CPU   {line} WALL\n"
    assert parse_output(text, 4).wall_seconds == pytest.approx(seconds)


def test_processes_are_counted():
    text = RUN.replace("running on     1 processors", "running on    12 processor cores")
    assert parse_output(text, 4).n_cores == 12


def test_text_of_another_program_is_none():
    assert parse_output("mpirun: command not found\n", 4) is None


def test_highest_occupation_is_the_largest_of_the_k_points():
    assert highest_occupation(BANDS.format(first="1.0E-003", second="7.0E-003")) == 0.007
    assert highest_occupation(BANDS.format(first="1.0E-003", second="7.0E-003")[:200]) == 0.001
    assert highest_occupation("") is None
