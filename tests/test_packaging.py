"""The metadata agree with one another and with the code. Run as a script, this writes setup.json anew."""

from __future__ import annotations

import json
import re
import statistics
import tomllib
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pytest
import yaml

import aiida_matal

ROOT = Path(__file__).parents[1]
SETUP_JSON = ROOT / "setup.json"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
MAX_LINES = 600
MAX_MEDIAN_LINES = 150


def all_entry_points() -> list[EntryPoint]:
    groups = {"console_scripts": PROJECT["scripts"], **PROJECT["entry-points"]}
    return [EntryPoint(name, value, group) for group, members in groups.items() for name, value in members.items()]


def setup_json() -> dict[str, Any]:
    """Return pyproject's metadata under the names of setuptools, as older AiiDA tooling reads them."""
    groups: dict[str, list[str]] = {}
    for entry in all_entry_points():
        groups.setdefault(entry.group, []).append(f"{entry.name} = {entry.value}")
    return {
        "name": PROJECT["name"],
        "version": aiida_matal.__version__,
        "author": ", ".join(author["name"] for author in PROJECT["authors"]),
        "description": PROJECT["description"],
        "url": PROJECT["urls"]["Homepage"],
        "license": PROJECT["license"],
        "keywords": PROJECT["keywords"],
        "classifiers": PROJECT["classifiers"],
        "python_requires": PROJECT["requires-python"],
        "install_requires": PROJECT["dependencies"],
        "extras_require": PROJECT["optional-dependencies"],
        "entry_points": groups,
    }


def as_text(content: dict[str, Any]) -> str:
    return json.dumps(content, indent=2) + "\n"


def test_setup_json_holds_the_metadata_of_pyproject():
    assert SETUP_JSON.read_text(encoding="utf-8") == as_text(setup_json()), "run: python tests/test_packaging.py"


@pytest.mark.parametrize("entry", all_entry_points(), ids=lambda entry: f"{entry.group}:{entry.name}")
def test_every_entry_point_loads_and_is_installed(entry):
    assert callable(entry.load())
    installed = entry_points(group=entry.group, name=entry.name)
    assert [found.value for found in installed] == [entry.value], "install the package again"


def test_aiida_entry_points_begin_with_the_plugin_name():
    names = [entry.name for entry in all_entry_points() if entry.group.startswith("aiida.")]
    assert names
    assert all(re.fullmatch(r"matal(\.[a-z_]+)*", name) for name in names)


def test_changelog_and_citation_have_the_version_of_the_package():
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(\d\S*)\] - \d{4}-\d\d-\d\d$", changelog, re.MULTILINE)
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert newest is not None
    assert [newest[1], citation["version"]] == [aiida_matal.__version__] * 2


def test_modules_are_short():
    modules = (ROOT / "aiida_matal").rglob("*.py")
    lines = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules if path.stem != "__init__"}
    assert {path: count for path, count in lines.items() if count > MAX_LINES} == {}
    assert statistics.median(lines.values()) <= MAX_MEDIAN_LINES


if __name__ == "__main__":
    SETUP_JSON.write_text(as_text(setup_json()), encoding="utf-8")
