from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.table import Column, Table

COLUMNS = {
    "id": Column("name of the row"),
    "energy": Column("energy of the cell", "eV"),
    "count": Column("number of atoms", "1"),
    "liquid": Column("whether it is a liquid"),
}


def make(ids=("a", "b", "c")):
    n = len(ids)
    return Table(
        {"id": list(ids), "energy": np.linspace(-1, 1, n), "count": np.arange(n), "liquid": np.arange(n) % 2 == 0},
        COLUMNS,
    )


@st.composite
def tables(draw):
    n = draw(st.integers(0, 6))
    text = st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)
    arrays = {
        "id": np.array([f"row {row}" for row in range(n)], dtype=np.str_),
        "file": np.array(draw(st.lists(text, min_size=n, max_size=n)), dtype=np.str_),
        "energy": np.array(draw(st.lists(st.floats(), min_size=n, max_size=n)), dtype=np.float64),
        "count": np.array(draw(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=n, max_size=n)), dtype=np.int64),
        "liquid": np.array(draw(st.lists(st.booleans(), min_size=n, max_size=n)), dtype=np.bool_),
    }
    return Table(arrays, {**COLUMNS, "file": Column("a name that numpy.savez uses for itself")})


@given(table=tables())
def test_writing_and_reading_gives_the_same_table(tmp_path_factory, table):
    path = tmp_path_factory.mktemp("table") / "table.npz"
    table.write(path)
    again = Table.read(path)
    assert again == table
    assert again.names == table.names
    assert [again[name].dtype.kind for name in again.names] == [table[name].dtype.kind for name in table.names]


@given(table=tables())
def test_pandas_there_and_back_gives_the_same_table(table):
    assert Table.from_pandas(table.to_pandas(), table.columns) == table


@given(table=tables(), data=st.data())
def test_take_returns_the_rows_in_the_order_asked_for(table, data):
    rows = data.draw(st.permutations(range(len(table))))
    assert [row["id"] for row in table.take(rows).rows()] == [table["id"][row] for row in rows]


def test_take_accepts_a_mask_and_nothing():
    assert make().take(make()["liquid"])["id"].tolist() == ["a", "c"]
    assert len(make().take([])) == 0
    assert make().take([]).names == make().names


def test_columns_are_read_only_and_independent_of_the_arrays_given():
    energies = np.zeros(1)
    table = Table({"energy": energies}, {"energy": COLUMNS["energy"]})
    energies[0] = 5.0
    assert table["energy"][0] == 0.0
    with pytest.raises(ValueError, match="read-only"):
        table["energy"][0] = 1.0


def test_tables_differ_by_value_unit_and_column():
    table = make()
    assert table == make()
    assert table != table.select(["id", "energy"])
    assert table != table.with_columns({"energy": [0.0, 0.0, 0.0]}, {})
    assert table != table.with_columns({}, {"energy": Column("energy of the cell", "kJ/mol")})


def test_nan_equals_nan():
    table = make().with_columns({"energy": [np.nan, 1.0, 2.0]}, {})
    assert table == make().with_columns({"energy": [np.nan, 1.0, 2.0]}, {})


def test_matrix_puts_columns_side_by_side():
    assert make().matrix(["count", "energy"]).tolist() == [[0.0, -1.0], [1.0, 0.0], [2.0, 1.0]]
    assert make().matrix([]).shape == (3, 0)


def test_matrix_refuses_text():
    with pytest.raises(InputError, match="'id' is refused: it holds text"):
        make().matrix(["energy", "id"])


def test_positions_finds_rows_by_id_also_from_an_iterator():
    assert make().positions(iter(["c", "a"])).tolist() == [2, 0]
    with pytest.raises(InputError, match=r"\['z'\]"):
        make().positions(iter(["a", "z"]))


def test_concatenate_joins_rows():
    assert Table.concatenate([make(["a"]), make(["b", "c"])])["id"].tolist() == ["a", "b", "c"]


def test_concatenate_keeps_the_types_beside_an_empty_table():
    empty = Table({name: [] for name in COLUMNS}, COLUMNS)
    joined = Table.concatenate([empty, make()])
    assert [joined[name].dtype.kind for name in joined.names] == ["U", "f", "i", "b"]
    assert len(Table.concatenate([empty, empty])) == 0


def test_concatenate_refuses_what_does_not_fit():
    flags = Table({"liquid": ["yes"]}, {"liquid": COLUMNS["liquid"]})
    with pytest.raises(InputError, match="differ in its type"):
        Table.concatenate([make(["a"]).select(["liquid"]), flags])
    with pytest.raises(InputError, match="the tables differ"):
        Table.concatenate([make(["a"]), make(["b"]).select(["id"])])
    with pytest.raises(InputError, match="ids repeat"):
        Table.concatenate([make(["a"]), make(["a"])])
    with pytest.raises(InputError, match="nothing to join"):
        Table.concatenate([])


@pytest.mark.parametrize(
    ("values", "column", "reason"),
    [
        ([[1.0], [2.0]], Column("x", "1"), "one dimension"),
        ([1.0, 2.0], Column("x"), "unit is missing"),
        ([1.0, 2.0], Column("", "1"), "meaning is missing"),
        (["a", "b"], Column("x", "eV"), "have no unit"),
        ([1j, 2j], Column("x", "1"), "cannot be stored"),
        ([None, "b"], Column("x"), "cannot be stored"),
        (np.array([2**63], dtype=np.uint64), Column("x", "1"), "too large"),
    ],
)
def test_a_column_that_cannot_be_stored_is_refused(values, column, reason):
    with pytest.raises(InputError, match=reason):
        Table({"x": values}, {"x": column})


def test_a_table_that_does_not_hold_together_is_refused():
    with pytest.raises(InputError, match="lengths differ"):
        Table({"x": [1.0], "y": [1.0, 2.0]}, {"x": Column("x", "1"), "y": Column("y", "1")})
    with pytest.raises(InputError, match="do not match"):
        Table({"x": [1.0]}, {"y": Column("y", "1")})
    with pytest.raises(InputError, match="ids repeat"):
        make(["a", "a"])
    with pytest.raises(InputError, match="ids are text"):
        Table({"id": [1, 2]}, {"id": Column("id", "1")})


def test_a_missing_column_is_refused_with_those_that_exist():
    with pytest.raises(InputError, match="It has: id, energy, count, liquid"):
        make()["enthalpy"]


def test_a_missing_text_in_a_data_frame_is_refused():
    frame = pd.DataFrame({"name": ["a", None]})
    with pytest.raises(InputError, match="not text"):
        Table.from_pandas(frame, {"name": Column("name")})


def test_a_missing_column_in_a_data_frame_is_refused():
    with pytest.raises(InputError, match="no such columns"):
        Table.from_pandas(pd.DataFrame({"x": [1.0]}), {"y": Column("y", "1")})


def test_a_file_that_is_not_a_table_is_refused(tmp_path):
    path = tmp_path / "table.npz"
    with pytest.raises(InputError, match="cannot be read"):
        Table.read(path)
    make().write(path)
    whole = path.read_bytes()
    for content in (b"", b"text", whole[: len(whole) // 2], pickle.dumps({"x": 1})):
        path.write_bytes(content)
        with pytest.raises(InputError, match="cannot be read"):
            Table.read(path)
    np.savez(path, x=np.zeros(2))
    with pytest.raises(InputError, match="cannot be read"):
        Table.read(path)


def test_pickled_columns_are_refused(tmp_path):
    path = tmp_path / "table.npz"
    described = '{"x": {"meaning": "x", "unit": ""}}'
    np.savez(path, **{"__columns__": np.array(described), "column:x": np.array([{"a": 1}], dtype=object)})
    with pytest.raises(InputError, match="allow_pickle=False"):
        Table.read(path)
