"""What an exported free energy is, in words."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from aiida_matal import __version__
from aiida_matal.science.landscape.idnn.mixing import SMALLEST
from aiida_matal.science.landscape.idnn.model import IdnnModel
from aiida_matal.science.landscape.system import System
from aiida_matal.science.learning.model_files import ModelCard

_TEXT = """# A free energy of composition and order parameters

Written by aiida-matal {version} from a model of the learner `{kind}`, fitted to {n_labels} points.

| file | what it is |
| --- | --- |
| `free_energy.py` | functions `g(eta)`, `mu(eta)`, `hessian(eta)`, `is_inside(eta)` for numpy |
| `free_energy.npz` | the numbers that `free_energy.py` needs; it holds no pickle |
| `free_energy.c`, `free_energy.h` | C99: `free_energy_g`, `free_energy_mu`, `free_energy_hessian`; thread-safe |

    cc -std=c99 -O2 -c free_energy.c        # link with -lm

## Quantities

- `g` is the free energy in eV a variable site, and g(0) = 0. A variable site has a volume of {volume:.6g} A^3.
- `mu` (d,) are the derivatives of g with respect to eta, and `hessian` (d, d) the second ones, exact, in eV a site.
- `eta` has d = {d} components without unit, in this order:
{components}
  eta = Q x of the occupations x of the {n_sublattices} sublattices, the variable sites of the cell

{cell}

  whose rows are in vectors of the unit cell. `Q` ({d}, {n_sublattices}) is in `free_energy.npz`; its columns belong to
  the sites in the order of unit cells and sublattices listed here as `b: i j k` (site b of the cell at i j k):

{sites}

- x = 1 means {second}; x = 0 means {first}.
{mixing}
## Domain

The free energy is fitted where every sublattice has an occupation from 0 to 1: {n_faces} inequalities
normals . eta <= offsets, in `free_energy.npz`, which `is_inside` tests. Beyond, values are extrapolated.
The points that it was fitted to cover

{ranges}

Fully ordered variants, all equivalent by symmetry:

{variants}

## Origin

sha256 of the files of the model:

{checksums}
"""


def readme(card: ModelCard, system: System, model: IdnnModel) -> str:
    """Return the text of ``README.md``."""
    parameters, crystal = system.order_parameters, system.crystal
    volume = abs(float(np.linalg.det(crystal.vectors))) / crystal.n_variable
    names = [f"  - eta[{number}]: order parameter {number}" for number in range(1, model.d)]
    sites = [f"{row[0]}: {' '.join(map(str, row[1:]))}" for row in parameters.sublattice_sites.sites.tolist()]
    pairs = sorted(set(crystal.occupants))
    return _TEXT.format(
        version=__version__,
        kind=card.kind,
        n_labels=card.n_labels or "an unknown number of",
        volume=volume,
        d=model.d,
        components="\n".join(["  - eta[0]: composition, the share of the second occupant", *names]),
        n_sublattices=len(sites),
        cell=_indented(" ".join(f"{number:3d}" for number in row) for row in parameters.cell.tolist()),
        sites=_indented(", ".join(sites[start : start + 8]) for start in range(0, len(sites), 8)),
        first=" or ".join(sorted({pair[0] for pair in pairs})),
        second=" or ".join(sorted({pair[1] for pair in pairs})),
        mixing=_mixing(model),
        n_faces=len(system.polytope.normals),
        ranges=_indented(f"{name}: {low:.4g} to {high:.4g}" for name, (low, high) in card.domain.items()),
        variants=_indented(" ".join(f"{number:7.4f}" for number in row) for row in parameters.variants.tolist()),
        checksums=_indented(f"{name}: {checksum}" for name, checksum in card.sha256.items()),
    )


def _mixing(model: IdnnModel) -> str:
    if model.mixing is None:
        return ""
    return (
        f"- The free energy of ideal mixing on the sublattices at {model.mixing.temperature:g} K is part of g. Within\n"
        f"  {SMALLEST:g} of an empty or full sublattice it goes on as a parabola, so that its slope is finite.\n"
    )


def _indented(lines: Iterable[str]) -> str:
    return "\n".join(f"    {line}" for line in lines)
