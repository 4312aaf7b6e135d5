from __future__ import annotations

import csv
from io import StringIO
from math import isnan, nan
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from ase import units
from hypothesis import given, settings
from hypothesis import strategies as st

from aiida_matal.cli.table_files import write_csv
from aiida_matal.science.calphad.csv_points import CsvSettings, read_csv
from aiida_matal.science.calphad.importing import read_labels
from aiida_matal.science.calphad.points import Point, Reading, Refusal, labelled_table
from aiida_matal.science.errors import InputError

HEADER = "system,x_b,enthalpy_of_mixing (kJ/mol)"


def read(text, **columns):
    content = text if isinstance(text, bytes) else text.encode()
    return read_csv(content, CsvSettings(columns=columns))


def refusals(*rows, header=HEADER):
    reading = read("\n".join([header, *rows]))
    return [(bad.where, bad.column, bad.value, bad.reason) for bad in reading.bad]


def test_columns_may_come_in_any_order_with_their_units():
    text = (
        "temperature (degC);note;enthalpy_of_mixing (J/mol);element_b;element_a;x_b (at.%);source;"
        "enthalpy_of_mixing_error (J/mol)\r\n"
        '1126.85;"two\nlines";-9600;Al;Cu;75; Witusiewicz ;300\r\n'
        "\r\n"
        ";;-51800;Ni;Al;50;;\r\n"
    )
    reading = read("\ufeff" + text)
    first, second = reading.points
    assert first == Point("line 2", "Al", "Cu", 0.25, -9.6, 0.3, 1400.0, source="Witusiewicz")
    assert (second.where, second.system, second.value) == ("line 5", "Al-Ni", -51.8)
    assert isnan(second.temperature)
    assert isnan(second.error)
    assert reading.notes == ["columns that were not read: note"]


@pytest.mark.parametrize("system", ["Al-Cu", "AlCu", "Al - Cu", "Al\u2013Cu"])
def test_a_system_may_be_written_as_papers_do(system):
    (point,) = read(f"{HEADER}\n{system},0.25,-9.6").points
    assert (point.system, point.x_b) == ("Al-Cu", 0.25)


@pytest.mark.parametrize(
    ("unit", "number", "expected"),
    [
        ("kJ/mol", "-9.6", -9.6),
        ("J/mol", "-9553", -9.553),
        ("kcal/mol", "-2.5", -10.46),
        ("eV/atom", "-0.1", -0.1 * units.mol / units.kJ),
        ("meV/atom", "-100", -0.1 * units.mol / units.kJ),
    ],
)
def test_energies_are_converted_to_kj_per_mole_of_atoms(unit, number, expected):
    (point,) = read(f"system,x_b,enthalpy_of_mixing ({unit})\nAl-Cu,0.25,{number}").points
    # ase has the CODATA values of 2014.
    assert point.value == expected if "J" in unit else point.value == pytest.approx(expected, rel=1e-7)


def test_headers_of_others_are_renamed_and_may_get_a_unit():
    text = "liquid,x,dH (kJ/mol),T\nAl-Cu,25,-9.6,1400"
    renamed = {"system": "liquid", "x_b (at.%)": "x", "enthalpy_of_mixing": "dH (kJ/mol)", "temperature (K)": "T"}
    assert read(text, **renamed).points == (point := read(text, **renamed).points)
    assert (point[0].x_b, point[0].value, point[0].temperature) == (0.25, -9.6, 1400.0)


@pytest.mark.parametrize(
    ("header", "renamed", "message"),
    [
        ("system,x_b,enthalpy_of_mixing", {}, r"'enthalpy_of_mixing' is refused: it has no unit\. Name .* \(kJ/mol\)"),
        (f"{HEADER},temperature", {}, "'temperature' is refused: it has no unit"),
        ("system,x_b,enthalpy_of_mixing (kJ)", {}, "the unit 'kJ' is unknown. Units of enthalpy_of_mixing: kJ/mol, J/"),
        ("system,x_b (wt.%),enthalpy_of_mixing (kJ/mol)", {}, "the unit 'wt.%' is unknown. Units of x_b: 1, at.%"),
        ("system,enthalpy_of_mixing (kJ/mol)", {}, "there is no column x_b. Rename the column, or name its header"),
        ("element_a,x_b,enthalpy_of_mixing (kJ/mol)", {}, "there is no column system"),
        (f"{HEADER},x_b (at.%)", {}, "the column x_b is there twice"),
        (HEADER, {"temperature (K)": "T"}, "'T' is refused: the file has no such header. The file has: system"),
        (HEADER, {"enthalpy_of_mixing (J/mol)": "enthalpy_of_mixing (kJ/mol)"}, "given as kJ/mol and J/mol"),
        ("system,x_b,\udce9nthalpy", {}, r"line 1: .*xe9nthalpy' is refused: it is not UTF-8"),
    ],
)
def test_a_wrong_header_is_refused(header, renamed, message):
    with pytest.raises(InputError, match=message):
        read(f"{header}\nAl-Cu,0.25,-9.6".encode(errors="surrogateescape"), **renamed)


@pytest.mark.parametrize("content", [b"", b"\n\n", b",,\n"])
def test_a_file_without_a_header_is_refused(content):
    with pytest.raises(InputError, match="line 1: '' is refused: the file has no header"):
        read(content)


def test_wrong_rows_are_named_by_line_and_column():
    assert refusals("Al-Cu,0.25,-9.6", "Al-Xx,0.5,-1", "", "Al-Ni,1.5,-30", "Al,0.5,-3") == [
        ("line 3", "system", "Xx", "it is not in the element table"),
        ("line 5", "x_b", "1.5", "it is not between 0 and 1"),
        ("line 6", "system", "Al", "it is not two chemical symbols"),
    ]
    assert refusals("Al-Cu,0.25", 'Al-Cu,"0,25",-9.6', "Al-Cu,,-9.6", "Al-Cu,0.25,") == [
        ("line 2", "row", "2", "it is the number of cells; the header has 3"),
        ("line 3", "x_b", "0,25", "it is not a number"),
        ("line 4", "x_b", "", "it is not a number"),
        ("line 5", "enthalpy_of_mixing", "nan", "a label that is ok needs a value"),
    ]
    assert refusals("Al-Cu,Ni,Al,0.5,-3", header="system,element_a,element_b,x_b,enthalpy_of_mixing (kJ/mol)") == [
        ("line 2", "system", "Al-Cu", "the elements of the row are Ni and Al")
    ]


def test_a_cell_that_is_not_utf_8_is_named_and_the_other_rows_are_read():
    reading = read(f"{HEADER},source\nAl-Cu,0.25,-9.6,S\u00e1nchez\n".encode() + b"Al-Ni,0.5,-51.8,S\xe1nchez\n")
    assert [point.source for point in reading.points] == ["S\u00e1nchez"]
    assert [(bad.where, bad.column, bad.value) for bad in reading.bad] == [("line 3", "source", "S\\xe1nchez")]


def test_a_quote_that_does_not_end_is_named_by_its_line():
    with pytest.raises(InputError, match="line 3: 'unexpected end of data' is refused: it is not CSV"):
        read(f'{HEADER}\nAl-Cu,0.25,-9.6\n"Al-Ni,0.5,-51.8\n')


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), max_size=8)
LABEL = st.one_of(
    st.tuples(st.just("ok"), st.floats(-900, 900)), st.tuples(st.sampled_from(["rejected", "failed"]), st.just(nan))
)


@settings(max_examples=25)
@given(
    x_b=st.integers(1, 999),
    label=LABEL,
    error=st.one_of(st.just(nan), st.floats(0, 100)),
    temperature=st.one_of(st.just(nan), st.floats(1, 5000)),
    texts=st.tuples(TEXT, TEXT),
)
def test_an_exported_dataset_is_read_back(x_b, label, error, temperature, texts):
    (status, value), (reason, source) = label, texts
    point = Point("", "Al", "Cu", x_b / 1000, value, error, temperature, status, reason, source)
    written = labelled_table([point])
    with TemporaryDirectory() as folder:
        path = Path(folder) / "dataset.csv"
        write_csv(written, path)
        read_back = read_labels({path.name: path.read_bytes()}, {"format": "csv"})
    assert read_back.dataset == written
    assert len(read_back.refused) == 0


@settings(max_examples=50)
@given(st.lists(st.lists(st.text(max_size=6), min_size=1, max_size=5), max_size=4), st.binary(max_size=20))
def test_any_rows_become_points_or_refusals(rows, garbage):
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows([HEADER.split(","), *rows])
    try:
        reading = read(text.getvalue().encode(errors="replace") + garbage)
    except InputError as error:
        reading = Reading([], [Refusal.of("line 1", error)])
    assert all(0 < point.x_b < 1 and abs(point.value) <= 1000 for point in reading.points)
    assert all(bad.where.startswith("line ") and bad.reason for bad in reading.bad)
