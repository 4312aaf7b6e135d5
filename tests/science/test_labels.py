from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.labels import STATUSES, Label, collect, label_columns, label_table
from aiida_matal.science.table import Column, Table


@pytest.fixture
def pool():
    columns = {"id": Column("candidate"), "u": Column("feature", "K")}
    return Table({"id": ["a", "b", "c", "d"], "u": [1.0, 2.0, 3.0, 4.0]}, columns)


def labels(*rows):
    return label_table([Label(*row) for row in rows], "energy", "eV")


def test_labels_have_value_error_status_reason_evidence_and_cost():
    table = label_table([Label("a", "ok", 1.5, 0.1, evidence="uuid", core_hours=2.0)], "energy", "eV")
    assert list(table.rows()) == [
        {
            "id": "a",
            "energy": 1.5,
            "energy_error": 0.1,
            "status": "ok",
            "reason": "",
            "evidence": "uuid",
            "core_hours": 2.0,
        }
    ]
    units = {name: column.unit for name, column in table.columns.items() if column.unit}
    assert units == {"energy": "eV", "energy_error": "eV", "core_hours": "h"}
    assert table.columns == label_columns("energy", "eV")


def test_a_table_may_hold_no_labels():
    assert len(label_table([], "energy", "eV")) == 0


@pytest.mark.parametrize("status", STATUSES)
@given(value=st.floats())
def test_exactly_the_ok_labels_have_a_finite_value(status, value):
    label = Label("a", status, value)
    if np.isfinite(value) == (status == "ok"):
        assert label_table([label], "energy", "eV")["status"].tolist() == [status]
    else:
        with pytest.raises(InputError, match=f"label a: .* does not go with status {status}"):
            label_table([label], "energy", "eV")


def test_unknown_status_is_refused():
    with pytest.raises(InputError, match="label a: 'done' is refused: the status is unknown"):
        label_table([Label("a", "done")], "energy", "eV")


def test_labels_are_joined_with_the_columns_of_their_candidates(pool):
    dataset = collect(pool, [labels(("c", "ok", 1.0), ("a", "failed"))], 3, None)
    assert dataset["id"].tolist() == ["c", "a"]
    assert dataset["u"].tolist() == [3.0, 1.0]
    assert dataset["status"].tolist() == ["ok", "failed"]
    assert dataset["round"].tolist() == [3, 3]
    assert dataset.columns["u"].unit == "K"


def test_rounds_follow_one_another(pool):
    first = collect(pool, [labels(("a", "ok", 1.0))], 0, None)
    second = collect(pool, [labels(("b", "rejected"), ("c", "ok", 2.0))], 1, first)
    assert second["id"].tolist() == ["a", "b", "c"]
    assert second["round"].tolist() == [0, 1, 1]
    assert second.take([0]) == first


def test_last_try_counts_and_costs_add_up(pool):
    first = label_table([Label("a", "ok", 1.0, core_hours=1.0), Label("b", "failed", core_hours=2.0)], "energy", "eV")
    second = label_table([Label("b", "failed", reason="again", core_hours=4.0)], "energy", "eV")
    third = label_table([Label("b", "ok", 7.0, core_hours=8.0)], "energy", "eV")
    dataset = collect(pool, [first, second, third], 0, None)
    rows = {row["id"]: row for row in dataset.rows()}
    assert (rows["a"]["energy"], rows["a"]["core_hours"]) == (1.0, 1.0)
    assert (rows["b"]["energy"], rows["b"]["status"], rows["b"]["core_hours"]) == (7.0, "ok", 14.0)
    assert len(dataset) == 2


def test_a_round_without_labels_changes_nothing(pool):
    first = collect(pool, [labels(("a", "ok", 1.0))], 0, None)
    assert collect(pool, [labels()], 1, first) == first


def test_label_of_a_stranger_is_refused(pool):
    with pytest.raises(InputError, match=r"\['z'\] is refused: the table has no such rows"):
        collect(pool, [labels(("z", "ok", 1.0))], 0, None)


def test_candidate_labelled_in_two_rounds_is_refused(pool):
    first = collect(pool, [labels(("a", "ok", 1.0))], 0, None)
    with pytest.raises(InputError, match="ids repeat"):
        collect(pool, [labels(("a", "ok", 1.0))], 1, first)


def test_dataset_with_its_own_words_and_columns_is_taken_over(pool):
    known = collect(pool, [labels(("a", "ok", 1.0))], 0, None)
    own = known.with_columns({"note": ["by hand"]}, {"note": Column("note"), "u": Column("my feature", "K")})
    dataset = collect(pool, [labels(("b", "ok", 2.0))], 1, own)
    assert dataset["id"].tolist() == ["a", "b"]
    assert "note" not in dataset
    assert dataset.columns["u"].meaning == "feature"


@pytest.mark.parametrize(
    ("column", "message"),
    [("energy", "dataset.energy: 'kJ/mol' is refused: new labels are in 'eV'"), ("u", "dataset.u: '1' is refused")],
)
def test_dataset_in_another_unit_is_refused(pool, column, message):
    known = collect(pool, [labels(("a", "ok", 1.0))], 0, None)
    unit = "kJ/mol" if column == "energy" else "1"
    with pytest.raises(InputError, match=message):
        collect(pool, [labels(("b", "ok", 2.0))], 1, known.with_columns({}, {column: Column("other", unit)}))
