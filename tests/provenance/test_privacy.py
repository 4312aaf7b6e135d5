from __future__ import annotations

import pytest

from aiida_matal.provenance.privacy import without_private_parts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see /home/ann/run/log.lammps now", "see …/log.lammps now"),
        ("'/home/ann/run/'", "'…/'"),
        ("~/runs/a.out", "…/a.out"),
        ("mail ann.b+c@lab.example.org please", "mail (e-mail) please"),
    ],
)
def test_folders_and_addresses_are_taken_out(text, expected):
    assert without_private_parts(text) == expected


@pytest.mark.parametrize("text", ["-4.2 kJ/mol", "A^3/atom", "1/2/3", "matal-task@localhost", "n/a", "a / b / c"])
def test_other_texts_stay(text):
    assert without_private_parts(text) == text
