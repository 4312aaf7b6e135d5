from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from aiida.common.exceptions import ModificationNotAllowed, ValidationError
from aiida.engine import calcfunction
from aiida.manage.caching import enable_caching
from aiida.orm import QueryBuilder, load_node
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aiida_matal.data.table import TableData
from aiida_matal.science.errors import InputError
from aiida_matal.science.table import Column, Table

COLUMNS = {
    "id": Column("candidate"),
    "temperature": Column("temperature", "K"),
    "round": Column("round", "1"),
    "chosen": Column("whether it was chosen"),
}


def table(n_rows=3):
    arrays = {
        "id": [f"c{row}" for row in range(n_rows)],
        "temperature": [np.nan if row == 1 else 300.0 + row for row in range(n_rows)],
        "round": np.arange(n_rows),
        "chosen": np.arange(n_rows) % 2 == 0,
    }
    return Table(arrays, COLUMNS)


@calcfunction
def first_row(data: TableData) -> TableData:
    return TableData(data.table.take([0]), role="candidates")


@pytest.mark.parametrize("n_rows", [0, 1, 3])
def test_table_comes_back_from_the_database_as_it_went_in(n_rows):
    node = TableData(table(n_rows), role="pool").store()
    again = load_node(node.pk)
    assert again.table == table(n_rows)
    assert [again.table[name].dtype.kind for name in COLUMNS] == ["U", "f", "i", "b"]
    assert (len(again), again.role) == (n_rows, "pool")


def test_table_comes_back_through_pandas():
    node = TableData(table()).store()
    frame = node.to_pandas()
    assert frame["id"].tolist() == ["c0", "c1", "c2"]
    assert np.isnan(frame["temperature"][1])
    again = TableData.from_pandas(frame, COLUMNS, role="labels")
    assert again.table == table()
    assert again.role == "labels"


def test_columns_keep_their_order_in_a_database_that_reorders_keys():
    node = TableData(table())
    described = node.base.attributes.get("columns")
    node.base.attributes.set("columns", dict(sorted(described.items(), key=lambda item: (len(item[0]), item[0]))))
    assert node.table == table()
    assert node.table.names == list(COLUMNS)


@pytest.mark.parametrize(
    ("arrays", "columns", "message"),
    [
        ({"id": ["a", "b"], "u": [1.0]}, {"id": Column("candidate"), "u": Column("u", "1")}, "the lengths differ"),
        ({"u": [1.0]}, {"u": Column("u")}, "the unit is missing"),
        ({"id": ["a", "a"]}, {"id": Column("candidate")}, r"\['a'\] is refused: ids repeat"),
        ({"id": ["a"]}, {}, "arrays and descriptions do not match"),
    ],
)
def test_wrong_tables_are_refused(arrays, columns, message):
    with pytest.raises(InputError, match=message):
        TableData(Table(arrays, columns))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda node: node.set_array("c1", np.zeros(2)), "the lengths differ"),
        (lambda node: node.set_array("c0", np.array(["c0", "c0", "c2"])), "ids repeat"),
        (lambda node: node.base.attributes.set("columns", _without_unit(node)), "the unit is missing"),
    ],
)
def test_a_node_changed_behind_the_table_is_not_stored(change, message):
    node = TableData(table())
    change(node)
    with pytest.raises(ValidationError, match=message):
        node.store()


def _without_unit(node):
    described = node.base.attributes.get("columns")
    return {**described, "temperature": {**described["temperature"], "unit": ""}}


def test_a_node_without_a_table_is_not_stored():
    with pytest.raises(ValidationError, match="needs a table"):
        TableData().store()


def test_an_unknown_role_is_refused():
    with pytest.raises(InputError, match="role: 'queue' is refused"):
        TableData(table(), role="queue")


def test_a_stored_table_cannot_be_changed():
    node = TableData(table()).store()
    with pytest.raises(ModificationNotAllowed):
        node.set_array("c0", np.array(["x", "y", "z"]))


def test_rows_role_units_and_types_can_be_queried():
    node = TableData(table(), role="learning_curve").store()
    query = QueryBuilder()
    filters = {
        "attributes.role": "learning_curve",
        "attributes.rows": {">": 2},
        "attributes.columns.temperature.unit": "K",
        "attributes.columns.round.dtype": "int64",
    }
    query.append(TableData, filters=filters, project="uuid")
    assert [node.uuid] in query.all()
    query.add_filter(TableData, {"attributes.columns.temperature.unit": "eV"})
    assert query.count() == 0


def test_equal_tables_have_equal_hashes():
    first, second = TableData(table(), role="pool"), TableData(table(), role="pool")
    assert first.store().base.caching.get_hash() == second.store().base.caching.get_hash()


@pytest.mark.parametrize(
    ("other", "role"),
    [
        (table(2), "pool"),
        (table(), "labels"),
        (table().with_columns({"round": [0, 1, 3]}, {"round": COLUMNS["round"]}), "pool"),
        (table().with_columns({}, {"temperature": Column("temperature", "eV")}), "pool"),
        (table().select(["temperature", "id", "round", "chosen"]), "pool"),
    ],
    ids=["rows", "role", "values", "unit", "order"],
)
def test_different_tables_have_different_hashes(other, role):
    first, second = TableData(table(), role="pool"), TableData(other, role=role)
    assert first.store().base.caching.get_hash() != second.store().base.caching.get_hash()


def test_a_step_on_an_equal_table_comes_from_the_cache():
    with enable_caching():
        _, first = first_row.run_get_node(TableData(table()))
        result, second = first_row.run_get_node(TableData(table()))
        _, other = first_row.run_get_node(TableData(table(2)))
    assert second.base.caching.get_cache_source() == first.uuid
    assert result.table == table().take([0])
    assert not other.base.caching.is_created_from_cache


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.floats(width=64), max_size=5), st.text(st.characters(exclude_categories=["Cs"], min_codepoint=1)))
def test_any_numbers_and_texts_survive(numbers, text):
    arrays = {"u": np.array(numbers, dtype=np.float64), "t": np.array([text] * len(numbers), dtype=np.str_)}
    expected = Table(arrays, {"u": Column("number", "1"), "t": Column("text")})
    node = TableData(expected).store()
    assert load_node(node.pk).table == expected
    pd.testing.assert_frame_equal(node.to_pandas(), expected.to_pandas())
