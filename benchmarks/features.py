"""What the 44 features of a binary alloy cost.

Ours: ``binary_features`` for 50,000 compositions. Other: matminer's ``ElementProperty`` with our element table as its
source of data, for the first 1,000 of them; both in microseconds a composition, the best of several runs, one thread.
The numbers of both agree to 1e-9, which is checked before the times are taken.

This needs the extra ``benchmarks``: ``pip install 'aiida-matal[benchmarks]'``. It brings matminer, which holds pandas
below version 3, and so belongs into an environment of its own.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

PACKAGES = ("aiida-matal", "matminer", "numpy", "pymatgen")
N_OURS = 50_000
N_OTHER = 1_000
REPEATS = 3
SEED = 1


def run() -> dict[str, Any]:
    """Return the time that the features of a composition take, by aiida-matal and by matminer."""
    from aiida_matal.science.mixing.elements import known_elements
    from aiida_matal.science.mixing.features import binary_features

    featurizer, compositions_of = _matminer()
    rng = np.random.default_rng(SEED)
    codes = rng.integers(len(known_elements()), size=N_OURS)
    others = (codes + rng.integers(1, len(known_elements()), size=N_OURS)) % len(known_elements())
    first, second = np.array(known_elements())[[codes, others]]
    x_b = rng.integers(1, 100, size=N_OURS) / 100
    matrix, _ = binary_features(first, second, x_b)
    compositions = compositions_of(first[:N_OTHER], second[:N_OTHER], x_b[:N_OTHER])
    by_property = np.array([featurizer.featurize(composition) for composition in compositions])
    theirs = np.hstack([by_property[:, ::2], by_property[:, 1::2]])
    np.testing.assert_allclose(matrix[:N_OTHER], theirs, rtol=1e-9, atol=1e-9)
    worst = np.abs(matrix[:N_OTHER] - theirs).max()
    print(f"the {matrix.shape[1]} features of {N_OTHER} compositions agree to {worst:.1e}")
    ours = _best(lambda: binary_features(first, second, x_b)) / N_OURS
    other = _best(lambda: [featurizer.featurize(composition) for composition in compositions]) / N_OTHER
    print(f"aiida-matal: {N_OURS} compositions in {ours * N_OURS:.3f} s")
    print(f"matminer: {N_OTHER} compositions in {other * N_OTHER:.3f} s, so {N_OURS} in about {other * N_OURS:.0f} s")
    return {"ours": round(ours * 1e6, 3), "other": round(other * 1e6, 3), "unit": "us/composition"}


def _matminer() -> tuple[Any, Callable[..., list[Any]]]:
    """Return matminer's featurizer over our element table, and what makes its compositions."""
    try:
        from matminer.featurizers.composition import ElementProperty
        from matminer.utils.data import AbstractData
        from pymatgen.core import Composition
    except ImportError as exception:
        cure = "Install the extra in a new environment: pip install 'aiida-matal[benchmarks]'"
        raise SystemExit(f"{exception}. {cure}") from exception

    from aiida_matal.science.mixing.elements import ELEMENT_COLUMNS, element

    class OurTable(AbstractData):
        def get_elemental_property(self, elem: Any, property_name: str) -> float:
            return element(str(elem))[property_name]

    names = list(ELEMENT_COLUMNS)
    featurizer = ElementProperty(OurTable(), names, ["mean", "avg_dev"], impute_nan=False)
    return featurizer, lambda first, second, x_b: [
        Composition({a: 1 - x, b: x}) for a, b, x in zip(first.tolist(), second.tolist(), x_b.tolist(), strict=True)
    ]


def _best(action: Callable[[], Any]) -> float:
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return min(times)
