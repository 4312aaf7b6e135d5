"""The layers of the package: an inner one never imports an outer one, and the inner ones never import aiida."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import aiida_matal

PACKAGE = Path(aiida_matal.__file__).parent
WITHOUT_AIIDA = ("science", "figures", "tasks")

#: What each layer may import besides itself.
ALLOWED = {
    "science": set(),
    "figures": {"science"},
    "tasks": {"science", "figures"},
    "testing": {"science"},
    "data": {"science"},
    "calculations": {"science", "data"},
    "workflows": {"science", "figures", "data", "calculations"},
    "provenance": {"science", "figures", "data", "calculations", "workflows"},
    "cli": {"science", "figures", "data", "calculations", "workflows", "provenance"},
}

BLOCKED_IMPORT = """
import importlib, sys

class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "aiida":
            raise ModuleNotFoundError(f"{name} is blocked")

sys.meta_path.insert(0, Refuse())
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def modules_of(layer: str) -> list[Path]:
    return sorted((PACKAGE / layer).rglob("*.py"))


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def dotted(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_every_folder_is_a_layer():
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(ALLOWED)


@pytest.mark.parametrize("layer", ALLOWED)
def test_a_layer_imports_only_inner_layers(layer):
    for path in modules_of(layer):
        own = {name.split(".")[1] for name in imported_names(path) if name.startswith("aiida_matal.")}
        assert own & set(ALLOWED) <= ALLOWED[layer] | {layer}, path


@pytest.mark.parametrize("layer", WITHOUT_AIIDA)
def test_no_module_of_an_inner_layer_mentions_aiida(layer):
    for path in [PACKAGE / "__init__.py", *modules_of(layer)]:
        assert "aiida" not in {name.split(".")[0] for name in imported_names(path)}, path


def test_the_inner_layers_work_where_aiida_is_not_installed():
    modules = [dotted(path) for layer in WITHOUT_AIIDA for path in modules_of(layer)]
    command = [sys.executable, "-c", BLOCKED_IMPORT, *modules]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
