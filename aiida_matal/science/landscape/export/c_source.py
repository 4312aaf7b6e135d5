"""A fitted free energy as C99."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.landscape.export.arrays import Arrays

_PER_LINE = 4
_ACTIVATIONS = ("TANH", "SOFTPLUS", "SWISH")


def header(d: int) -> str:
    """Return the text of ``free_energy.h``."""
    return _resource("free_energy.h").replace("@D@", str(d))


def source(arrays: Arrays) -> str:
    """Return the text of ``free_energy.c``: the numbers, then the functions, which are the same for every model."""
    return "\n".join(["#include <math.h>", "", '#include "free_energy.h"', "", *_constants(arrays)]) + _resource(
        "body.c"
    )


def _constants(arrays: Arrays) -> Iterable[str]:
    n_hidden = sum(name.startswith("biases_") for name in arrays)
    weights = [arrays[f"weights_{layer}"] for layer in range(n_hidden + 1)]
    widths = [len(array) for array in weights]
    polynomials, monomials = np.nonzero(arrays["coefficients"])
    for number, name in enumerate(_ACTIVATIONS):
        yield f"#define {name} {number}"
    yield f"#define ACTIVATION {str(arrays['activation']).upper()}"
    sizes = {
        "N_INPUTS": widths[0],
        "N_HIDDEN": n_hidden,
        "N_WEIGHTS": sum(array.size for array in weights),
        "MAX_WIDTH": max(widths),
        "N_TERMS": len(monomials),
        "MAX_POWER": int(arrays["exponents"].max(initial=1)),
        "N_SUBLATTICES": arrays["occupations"].shape[1] if "occupations" in arrays else 0,
    }
    for name, size in sizes.items():
        yield f"#define {name} {size}"
    yield _array("int", "WIDTHS", ["N_HIDDEN + 1"], widths)
    yield _array("double", "WEIGHTS", ["N_WEIGHTS"], np.concatenate([array.ravel() for array in weights]))
    yield _array("double", "BIASES", [""], np.concatenate([arrays[f"biases_{layer}"] for layer in range(n_hidden)]))
    yield _array("double", "INPUT_SHIFT", ["N_INPUTS"], arrays["input_shift"])
    yield _array("int", "TERM_INPUT", ["N_TERMS"], 1 + polynomials)
    yield _array("double", "TERM_COEFFICIENT", ["N_TERMS"], arrays["coefficients"][polynomials, monomials])
    yield _array("int", "TERM_POWERS", ["N_TERMS", "FREE_ENERGY_D - 1"], arrays["exponents"][monomials])
    yield f"static const double AT_ORIGIN = {float(arrays['at_origin'])!r};"
    yield from _mixing(arrays)


def _mixing(arrays: Arrays) -> Iterable[str]:
    # C has no arrays of length 0, so that a model without ideal mixing has one sublattice that is never looked at.
    occupations = arrays.get("occupations", np.zeros((arrays["normals"].shape[1], 1)))
    yield _array("double", "OCCUPATIONS", ["FREE_ENERGY_D", str(occupations.shape[1])], occupations)
    for name, key in (("KT_PER_SUBLATTICE", "kt_per_sublattice"), ("SMALLEST", "smallest")):
        yield f"static const double {name} = {float(arrays.get(key, np.zeros(())))!r};"


def _array(kind: str, name: str, shape: Sequence[str], values: Sequence[int] | NDArray[np.generic]) -> str:
    array = np.asarray(values)
    sizes = "".join(f"[{size}]" for size in shape)
    return f"static const {kind} {name}{sizes} = {_braces(array)};"


def _braces(array: NDArray[np.generic]) -> str:
    if array.ndim > 1:
        return "{\n" + ",\n".join(_braces(row) for row in array) + "\n}"
    numbers = [repr(number) for number in array.tolist()]
    lines = [", ".join(numbers[start : start + _PER_LINE]) for start in range(0, len(numbers), _PER_LINE)]
    return "{" + ",\n    ".join(lines) + "}"


def _resource(name: str) -> str:
    return resources.files("aiida_matal.science.landscape.export").joinpath(name).read_text(encoding="utf-8")
