from __future__ import annotations

import pytest

from aiida_matal.calculations.vasp.messages import find_failure, has_started, n_cores

START = " running    8 mpi-ranks, with    2 threads/rank, on    1 nodes\n vasp.6.4.3 19Mar24 (build) gamma-only\n"
MISMATCH = """ WARNING: type information on POSCAR and POTCAR are incompatible
 POTCAR overwrites the type information in POSCAR
 type information: Cu Ni
"""
BOX = """|     EEEEEEE  R     R  R     R  OOOOOOO  R     R     ###     ###     ###     |
|     Something that is not in any list                                        |
|     happened.                                                                |
|       ---->  I REFUSE TO CONTINUE WITH THIS SICK JOB ... BYE!!! <----        |
"""


@pytest.mark.parametrize(
    ("text", "label", "reason"),
    [
        (MISMATCH, "ERROR_WRONG_POTENTIALS", "POSCAR has Cu where POTCAR has Ni"),
        (
            " ERROR: number of potentials on File POTCAR incompatible with number of species",
            "ERROR_WRONG_POTENTIALS",
            "POSCAR and POTCAR are incompatible",
        ),
        ("|  you have included TOO FEW BANDS!! Please  |", "ERROR_TOO_FEW_BANDS", "raise electrons.empty_bands"),
        ("|  The electronic self-consistency was not achieved in the given  |", "ERROR_ELECTRONS_NOT_CONVERGED", "60"),
        (
            "  ZBRENT: fatal error in bracketing\n BRMIX: very serious problems\n",
            "ERROR_CODE_STOPPED",
            "Error in BRMIX",
        ),
        (BOX, "ERROR_CODE_STOPPED", "Something that is not in any list happened."),
    ],
)
def test_failures_are_told_apart(text, label, reason):
    failure = find_failure(START + text, most_scf_steps=10, max_scf_steps=60)
    assert failure.label == label
    assert reason in failure.reason


def test_step_with_all_iterations_has_not_converged():
    assert find_failure(START, most_scf_steps=60, max_scf_steps=60).label == "ERROR_ELECTRONS_NOT_CONVERGED"
    assert find_failure(START, most_scf_steps=59, max_scf_steps=60) is None


@pytest.mark.parametrize(
    "text",
    [
        " WARNING in EDDRMM: call to ZHEGV failed, returncode =  8 2 12\n",
        "slurmstepd: error: *** JOB 1 CANCELLED DUE TO TIME LIMIT ***\n",
        "forrtl: error (78): process killed (SIGTERM)\n",
    ],
)
def test_kill_and_warnings_are_no_failure(text):
    assert find_failure(START + text, most_scf_steps=10, max_scf_steps=60) is None


def test_code_that_did_not_start():
    assert has_started(START)
    assert has_started(MISMATCH)
    assert not has_started("bash: /opt/vasp.6.4.3/bin/vasp_gam: No such file or directory\n")
    assert not has_started("")


def test_cores():
    assert n_cores(START) == 16
    assert n_cores(" running on   24 total cores\n vasp.5.4.4\n") == 24
    assert n_cores("") == 1
