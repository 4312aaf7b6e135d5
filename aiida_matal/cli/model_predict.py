"""The command ``aiida-matal model predict``."""

from __future__ import annotations

import json
from typing import Any

import click
from aiida.engine import run_get_node
from aiida.orm import CalcJobNode, Dict, Node, ProcessNode

from aiida_matal.calculations.predict import PredictCalculation
from aiida_matal.cli.profile import load_checked, load_profile
from aiida_matal.cli.text import split_list, text_table
from aiida_matal.data.model import ModelData
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.elements import known_elements
from aiida_matal.science.mixing.predictions import PredictionSpace
from aiida_matal.workflows.codes import load_existing_code
from aiida_matal.workflows.processes import describe

N_SHOWN = 10
COLUMNS = ("system", "L0", "L1", "L2", "L3", "fit_rmse", "extremum", "x_extremum")
OUTPUTS = ("predictions", "redlich_kister")
_EPILOG = """\b
Examples:
  aiida-matal model predict 1234 --elements Al,Cu,Mg
  aiida-matal model predict 1234 --all
"""


@click.command(epilog=_EPILOG)
@click.argument("model", metavar="MODEL")
@click.option("--elements", metavar="A,B,...", help="Predict all binaries of these elements.")
@click.option("--all", "all_elements", is_flag=True, help="Predict all binaries of all elements of the element table.")
@click.option("--code", default="matal-task@localhost", show_default=True, help="Code that runs matal-task.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def predict(model: str, elements: str | None, all_elements: bool, code: str, as_json: bool) -> None:
    """Predict binary liquids at 19 compositions, and fit a Redlich-Kister polynomial to each system.

    MODEL is the pk or uuid of a model, or of the training or campaign that made it. The job takes seconds; the command
    waits for it and needs no daemon.
    """
    if (elements is None) is not all_elements:
        raise click.UsageError("Give either --elements A,B,... or --all.")
    symbols = split_list(elements) if elements else known_elements()
    space = PredictionSpace.parse({"elements": symbols}, "--elements")
    load_profile()
    worker, found = load_existing_code("--code", code), _load_model(model)
    _, job = run_get_node(PredictCalculation, code=worker, model=found, space=Dict(space.as_dict()))
    if not job.is_finished_ok:
        raise click.ClickException(describe(job))
    click.echo(json.dumps(_as_dict(job), indent=2) if as_json else _text(job))


def _load_model(identifier: str) -> ModelData:
    what = "model (verdi data matal model list), or a training that has ended"
    node = load_checked(identifier, Node, what)
    if isinstance(node, ProcessNode) and "model" in node.outputs:
        node = node.outputs.model
    if not isinstance(node, ModelData):
        raise InputError(
            "MODEL", identifier, f"it is a {node.node_type.split('.')[-2]} without a model", f"Give a {what}."
        )
    return node


def _as_dict(job: CalcJobNode) -> dict[str, Any]:
    outputs = {name: job.outputs[name].pk for name in OUTPUTS}
    return {"pk": job.pk, "uuid": job.uuid, **outputs, **job.outputs.summary.get_dict()}


def _text(job: CalcJobNode) -> str:
    summary, polynomials = job.outputs.summary, job.outputs.redlich_kister.table
    rows = sorted(polynomials.select(COLUMNS).rows(), key=lambda row: -abs(row["extremum"]))
    units = {name: polynomials.columns[name].unit for name in COLUMNS}
    header = [f"{name} ({unit})" if unit not in ("", "1") else name for name, unit in units.items()]
    cells = [[round(value, 3) if isinstance(value, float) else value for value in row.values()] for row in rows]
    lines = [
        f"{summary['n_points']} points of {summary['n_systems']} systems are predicted (process {job.pk}); "
        f"{summary['n_outside_domain']} lie outside the domain of the model, {summary['n_left_out']} are left out",
        "",
        text_table(header, cells[:N_SHOWN]),
    ]
    if len(rows) > N_SHOWN:
        lines.append(f"... {len(rows) - N_SHOWN} more systems, with smaller enthalpies of mixing")
    commands = [f"verdi data matal table show {job.outputs[name].pk}  # {name}" for name in OUTPUTS]
    commands.append(f"aiida-matal data export {job.pk} --format tdb -o liquids.tdb")
    return "\n".join([*lines, "", "Next:", *(f"  {command}" for command in commands)])
