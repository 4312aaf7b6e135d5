from __future__ import annotations

import numpy as np

from aiida_matal.cli.point_text import point_list, point_text
from aiida_matal.provenance.landscape_labels import PointRecord
from aiida_matal.science.landscape.labels import LandscapeLabel, failed_label, landscape_labels

RECORD = PointRecord(
    id="r01_high_error_00003",
    status="ok",
    reason="",
    criterion="high_error",
    asked="asked for by high_error: error = 3.2 meV",
    where="round 1 of campaign 955",
    n_passes=4000,
    core_hours=2.5e-5,
    evidence=1018,
    wanted=[0.5, 0.25],
    kappa=[0.512, None],
    eta=[0.5003, None],
    eta_error=[2e-4, None],
    mu=[-0.0031, None],
    mu_error=[0.0004, None],
)


def test_all_that_is_known_is_told_by_component():
    lines = point_text(RECORD).splitlines()
    assert lines[0] == "Label r01_high_error_00003"
    assert lines[1].split() == ["status", "ok"]
    assert "decision   asked for by high_error: error = 3.2 meV" in lines
    assert "evidence   verdi process show 1018" in lines
    assert lines[-2].split() == ["eta_0", "0.5000", "0.5120", "0.5003", "+-", "2.0e-04", "-3.10", "+-", "0.40"]
    assert lines[-1].split() == ["eta_1", "0.2500", "-", "-", "-"]
    assert not any(line.startswith("reason") for line in lines)


def test_list_says_how_to_choose():
    known = LandscapeLabel("a b", np.array([0.5, 0.1]), np.zeros(2), np.array([0.0123, 0.0]), np.zeros(2))
    labels = landscape_labels([known, failed_label("c", 2, "it froze")], 2)
    text = point_list(labels, "17")
    assert "a b   ok        0.500    0.100    +12.3" in text
    assert "it froze" in text
    assert text.endswith("aiida-matal label show 17 --id 'a b'")
    assert point_list(labels.take([]), "17") == "There are no labels yet."
