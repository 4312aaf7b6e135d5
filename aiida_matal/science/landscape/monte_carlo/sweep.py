"""Unbiased averages along paths of temperature, chemical potential or composition."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from ase.units import kB
from numpy.typing import NDArray

from aiida_matal.science.landscape.columns import ETA, ETA_ERROR, WANTED, numbered, vector_columns
from aiida_matal.science.landscape.monte_carlo.averages import Averages, drifts
from aiida_matal.science.landscape.monte_carlo.chain import Chain, Series, SimulationCell
from aiida_matal.science.landscape.monte_carlo.journal import Job, run_jobs
from aiida_matal.science.landscape.monte_carlo.settings import SweepSettings
from aiida_matal.science.seeds import derive_seed
from aiida_matal.science.table import Column, Table

if TYPE_CHECKING:
    from aiida_matal.science.landscape.system import System

Floats = NDArray[np.float64]

#: Files of JSON lines that results are written to as they come: those of a path, and those of a condition.
PATHS_FILE, CONDITIONS_FILE = "paths.jsonl", "conditions.jsonl"
#: A drift of the composition, the order or the energy a site in eV that counts as none.
_NEGLIGIBLE = 1e-4
#: Name of a branch by what it follows and whether that rises.
BRANCHES = {
    ("temperature", True): "heating",
    ("temperature", False): "cooling",
    ("field", True): "up",
    ("field", False): "down",
}


def sweep_columns(d: int, ensemble: str) -> dict[str, Column]:
    """Return the columns of the table of :func:`run_sweep`."""
    field = (
        {"mu": Column("chemical potential", "eV")} if ensemble == "semi_grand_canonical" else vector_columns(WANTED, 1)
    )
    return {
        "temperature": Column("temperature", "K"),
        **field,
        "branch": Column("direction in which the path was followed"),
        **vector_columns(ETA, d),
        **vector_columns(ETA_ERROR, d),
        "order": Column("average of the largest of the sizes of the order parameters", "1"),
        "order_error": Column("standard error of that average", "1"),
        "energy": Column("energy a site", "eV"),
        "energy_error": Column("standard error of the energy a site", "eV"),
        "heat_capacity": Column("heat capacity a site at constant chemical potential or composition", "k_B"),
        "susceptibility": Column("derivative of the composition with respect to the chemical potential", "1/eV"),
        "order_susceptibility": Column("N / kT times the variance of the largest order parameter", "1/eV"),
        "acceptance": Column("fraction of the attempts that were accepted", "1"),
        "equilibrated": Column("whether the composition, the order and the energy did not drift"),
        "n_passes": Column("Monte Carlo passes that were averaged", "1"),
    }


def run_sweep(
    system: System,
    settings: SweepSettings,
    folder: Path,
    n_threads: int = 1,
    report: Callable[[str], None] = print,
) -> Table:
    """Return the averages at each condition, path after path; they do not depend on the number of threads.

    The way back begins at the condition before the last one.

    :param folder: where each finished path is appended to a file, so that it is not followed again (see
        :func:`~aiida_matal.science.landscape.monte_carlo.journal.run_jobs`), and each finished condition to another.
    :param report: receives a line about the progress now and then.
    :raises InputError: if the system has no order parameters.
    """
    cell = SimulationCell.build(system, settings.repeats)
    values, held = settings.as_dict(), "fields" if settings.along == "temperature" else "temperatures"
    paths = [SweepSettings.parse(values | {held: [value]}, "settings") for value in values[held]]

    def job(path: SweepSettings, value: float) -> Job:
        question = {"system": system.settings.as_dict(), "settings": path.as_dict()}
        return Job(repr(value), question, lambda: {"rows": _run_path(cell, path, value, folder / CONDITIONS_FILE)})

    entries = run_jobs(list(map(job, paths, values[held])), folder / PATHS_FILE, n_threads, report)
    rows = [row for entry in entries for row in entry["result"]["rows"]]
    columns = sweep_columns(cell.d, settings.ensemble)
    return Table({name: np.array([row[name] for row in rows]) for name in columns}, columns)


def _run_path(cell: SimulationCell, settings: SweepSettings, held: float, finished: Path) -> list[dict[str, Any]]:
    """Return the averages along the one path of the settings; each is appended to a file when it is there.

    :param held: the temperature or field of the path.
    """
    seed = derive_seed(settings.seed, settings.along, repr(held))
    rng = np.random.default_rng(derive_seed(seed, "start"))
    chain = Chain(cell, rng.integers(0, 2, cell.n_sites), seed)
    rows = []
    for number, (temperature, field, branch) in enumerate(_conditions(settings)):
        row = {"branch": branch, **_condition(chain, settings, temperature, field, rng)}
        rows.append(row)
        with finished.open("a", encoding="utf-8") as handle:
            handle.write(json.dumps({"path": repr(held), "number": number, "row": row}) + "\n")
    return rows


def _conditions(settings: SweepSettings) -> list[tuple[float, float, str]]:
    """Return temperature, field and branch of each condition of the one path of the settings."""
    conditions = [(temperature, field) for temperature in settings.temperatures for field in settings.fields]
    values = settings.temperatures if settings.along == "temperature" else settings.fields
    rises = values[-1] >= values[0]
    steps = [(*condition, BRANCHES[settings.along, rises]) for condition in conditions]
    back = [(*condition, BRANCHES[settings.along, not rises]) for condition in conditions[-2::-1]]
    return steps + back if settings.and_back else steps


def _condition(
    chain: Chain, settings: SweepSettings, temperature: float, field: float, rng: np.random.Generator
) -> dict[str, Any]:
    canonical = settings.ensemble == "canonical"
    if canonical:
        set_composition(chain, field, rng)
    mu = 0.0 if canonical else field

    def run(n_passes: int) -> Series:
        return chain.run(n_passes, temperature, ensemble=settings.ensemble, mu=mu)

    if settings.equilibration_passes:
        run(settings.equilibration_passes)
    series = run(settings.passes)
    condition = {"temperature": temperature, numbered(WANTED, 1)[0] if canonical else "mu": field}
    return condition | _averages(series, chain.cell.n_sites, temperature, mu) | {"n_passes": settings.passes}


def _averages(series: Series, n_sites: int, temperature: float, mu: float) -> dict[str, Any]:
    kt, d = kB * temperature, series.eta.shape[1]
    order = np.abs(series.eta[:, 1:]).max(axis=1, initial=0)
    samples = np.column_stack([series.eta, order, series.energy])
    averages = Averages.of(samples)
    drifting = drifts(samples[:, [0, d, d + 1]], _NEGLIGIBLE)
    return {
        **dict(zip(numbered(ETA, d), averages.mean[:d].tolist(), strict=True)),
        **dict(zip(numbered(ETA_ERROR, d), averages.error[:d].tolist(), strict=True)),
        "order": float(averages.mean[d]),
        "order_error": float(averages.error[d]),
        "energy": float(averages.mean[d + 1]),
        "energy_error": float(averages.error[d + 1]),
        "heat_capacity": float(n_sites * np.var(series.energy - mu * series.eta[:, 0]) / kt**2),
        "susceptibility": float(n_sites * np.var(series.eta[:, 0]) / kt),
        "order_susceptibility": float(n_sites * np.var(order) / kt),
        "acceptance": series.acceptance,
        "equilibrated": not drifting.any(),
    }


def set_composition(chain: Chain, composition: float, rng: np.random.Generator) -> None:
    """Fill or empty sites at random until the composition is as near as it can be to the one wanted."""
    occupation = chain.occupation
    surplus = int(occupation.sum()) - round(composition * len(occupation))
    candidates = np.flatnonzero(occupation == (surplus > 0))
    occupation[rng.choice(candidates, size=abs(surplus), replace=False)] = surplus < 0
