from __future__ import annotations

import pytest

from aiida_matal.science.calphad.importing import MAX_BYTES, read_labels
from aiida_matal.science.errors import InputError

GOOD = "Al-Cu,0.25,-9.6\nAg-Cu,0.5,3.5\n"
BAD = "Al-Xx,0.5,-1\nAl-Ni,2,-30\n"
HEADER = "system,x_b,enthalpy_of_mixing (kJ/mol)\n"


def imported(rows, **settings):
    return read_labels({"a.csv": (HEADER + rows).encode()}, {"format": "csv", **settings})


def test_labels_are_ordered_by_system():
    found = imported(GOOD)
    assert found.dataset["id"].tolist() == ["Ag-Cu_x0.500", "Al-Cu_x0.250"]
    assert (len(found.refused), found.notes) == (0, ())


def test_the_first_bad_row_is_named_with_the_number_of_all():
    with pytest.raises(InputError) as refused:
        imported(GOOD + BAD)
    message = str(refused.value)
    assert message.startswith("line 4, system: 'Xx' is refused: it is not in the element table. Known elements: Li, ")
    assert message.endswith("Or leave it out: --skip-bad (2 bad in all, 2 good).")


def test_good_rows_are_kept_and_all_bad_ones_listed_where_that_is_wanted():
    found = imported(GOOD + BAD, skip_bad=True)
    assert len(found.dataset) == 2
    assert found.refused["where"].tolist() == ["line 4", "line 5"]
    assert found.refused["column"].tolist() == ["system", "x_b"]


def test_repeated_values_do_not_stop_an_import():
    found = imported(GOOD + "Cu-Al,0.75,-9.6\n")
    assert len(found.dataset) == 2
    assert found.refused["reason"].tolist() == ["it repeats Al-Cu_x0.250 of line 2"]


def test_nothing_good_is_no_dataset():
    with pytest.raises(InputError, match=r"line 2, system: 'Xx' .* nothing else in it is a label \(2 refused\)"):
        imported(BAD, skip_bad=True)
    with pytest.raises(InputError, match="file: '' is refused: it holds no label"):
        imported("")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"format": "dat"}, "settings.format: 'dat' is refused: it is unknown. Formats: csv, tdb, espei"),
        ({"skip": True}, "settings.skip: True is refused: the key is unknown. Did you mean 'skip_bad'"),
        ({"columns": {"sytem": "s"}}, "settings.columns: .* 'sytem' is none of the columns system, element_a"),
        ({"format": "tdb", "elements": ["Al", "Xx"]}, "'Xx' is refused: it is not in the element table"),
        ({"format": "tdb", "compositions": [0.5, 1.5]}, "settings.compositions.1: 1.5 is refused"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        imported(GOOD, **settings)


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(InputError, match=r"it is larger than 50 MB"):
        read_labels({"a.csv": bytes(MAX_BYTES + 1)}, {"format": "csv"})
