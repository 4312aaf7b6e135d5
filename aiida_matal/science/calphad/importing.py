"""Labels from files of any known format, checked and ready to be stored."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from aiida_matal.science.calphad.csv_points import CsvSettings, read_csv
from aiida_matal.science.calphad.espei_reader import EspeiSettings, read_espei
from aiida_matal.science.calphad.points import Reading, Refusal, labelled_table, refused_table, without_repetitions
from aiida_matal.science.calphad.tdb_reader import TdbSettings, read_tdb
from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings
from aiida_matal.science.table import Table

MAX_BYTES = 50_000_000
Files = tuple[tuple[str, bytes], ...]


class _Format(NamedTuple):
    settings: type[Settings]
    read: Callable[[dict[str, bytes], Any], Reading]


def _single(read: Callable[[bytes, Any], Reading]) -> Callable[[dict[str, bytes], Any], Reading]:
    def read_single(files: dict[str, bytes], settings: Any) -> Reading:
        if len(files) != 1:
            raise InputError("file", sorted(files), "it is not one file", "Give one file.")
        return read(next(iter(files.values())), settings)

    return read_single


_FORMATS = {
    "csv": _Format(CsvSettings, _single(read_csv)),
    "tdb": _Format(TdbSettings, _single(read_tdb)),
    "espei": _Format(EspeiSettings, read_espei),
}


@dataclass(frozen=True)
class Imported:
    """What files gave.

    :param dataset: the labels, ordered by system and composition.
    :param refused: what did not become a label, and why.
    :param notes: what else a reader wants to know.
    """

    dataset: Table
    refused: Table
    notes: tuple[str, ...]


def read_labels(files: Mapping[str, bytes], settings: Mapping[str, Any]) -> Imported:
    """Return the labels that files hold.

    :param files: content of each file by its name.
    :param settings: ``format``, one of csv, tdb and espei, and the settings of that format.
    :raises InputError: if a setting is wrong, something in the files is bad and is not to be skipped, or nothing in
        them is good.
    """
    # The same files are read before anything is stored and again by the process that stores: a large database once.
    complete = json.dumps(complete_settings(settings), sort_keys=True)
    return _read(tuple(sorted(files.items())), complete)


def complete_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings of an import with all defaults.

    :raises InputError: if one is wrong.
    """
    name, parsed = _parse(settings)
    return {"format": name, **parsed.as_dict()}


def _parse(settings: Mapping[str, Any]) -> tuple[str, Settings]:
    values = dict(settings)
    name = values.pop("format", None)
    if name not in _FORMATS:
        raise InputError("settings.format", name, "it is unknown", f"Formats: {', '.join(_FORMATS)}.")
    return name, _FORMATS[name].settings.parse(values, "settings")


@lru_cache(maxsize=1)
def _read(files: Files, settings: str) -> Imported:
    name, parsed = _parse(json.loads(settings))
    size = sum(len(content) for _, content in files)
    if size > MAX_BYTES:
        raise InputError("file", f"{size} bytes", f"it is larger than {MAX_BYTES // 10**6} MB", "Split it.")
    reading = without_repetitions(_FORMATS[name].read(dict(files), parsed))
    if reading.bad and not getattr(parsed, "skip_bad", False):
        raise _first_bad(reading)
    if not reading.points:
        raise _nothing_good(reading)
    refused = refused_table([*reading.bad, *reading.left_out])
    return Imported(labelled_table(reading.points), refused, tuple(reading.notes))


def _first_bad(reading: Reading) -> InputError:
    first, number = reading.bad[0], len(reading.bad)
    skipped = f" Or leave it out: --skip-bad ({number} bad in all, {len(reading.points)} good)."
    return InputError(f"{first.where}, {first.column}", first.value, first.reason, first.cure + skipped)


def _nothing_good(reading: Reading) -> InputError:
    refused: list[Refusal] = [*reading.bad, *reading.left_out]
    if not refused:
        return InputError("file", "; ".join(reading.notes), "it holds no label", "Give a file with labels.")
    first = refused[0]
    reason = f"{first.reason}; nothing else in it is a label ({len(refused)} refused)"
    return InputError(f"{first.where}, {first.column}", first.value, reason, first.cure)
