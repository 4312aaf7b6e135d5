from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from aiida_matal.calculations.quantumespresso.output import PwError, parse_output
from aiida_matal.calculations.quantumespresso.parser import failure_of

RUN = parse_output((Path(__file__).parent / "recorded" / "run.out").read_text(), 4)


def test_run_without_an_error_has_no_failure():
    assert failure_of(RUN, None) is None
    assert failure_of(RUN, 0.004) is None


@pytest.mark.parametrize(
    ("routine", "message", "label"),
    [
        ("setup", "too few bands", "ERROR_TOO_FEW_BANDS"),
        ("efermig", "internal error, cannot bracket Ef", "ERROR_TOO_FEW_BANDS"),
        ("readpp", "file ./pseudo/Al.UPF not found", "ERROR_WRONG_POTENTIALS"),
        ("set_dft_from_name", "conflicting values for icorr", "ERROR_WRONG_POTENTIALS"),
        ("cdiaghg", "S matrix not positive definite", "ERROR_CODE_STOPPED"),
    ],
)
def test_error_of_the_code_is_told_with_its_words(routine, message, label):
    failure = failure_of(replace(RUN, error=PwError(routine, message)), None)
    assert failure.label == label
    assert f"{routine}: {message}" in failure.reason


def test_unconverged_electrons_are_told_with_their_step():
    failure = failure_of(replace(RUN, unconverged="convergence NOT achieved after 100 iterations"), 0.9)
    assert failure.label == "ERROR_ELECTRONS_NOT_CONVERGED"
    assert failure.reason == "convergence NOT achieved after 100 iterations at step 4"


def test_highest_band_that_is_filled_is_a_failure():
    failure = failure_of(RUN, 0.038)
    assert failure.label == "ERROR_TOO_FEW_BANDS"
    assert "filled to 3.8%" in failure.reason
