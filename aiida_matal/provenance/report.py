"""The report of a campaign: one HTML page that needs nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from aiida.orm import Dict, ProcessNode, load_node
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from aiida_matal.figures.campaign import decision_figure, learning_curve_figure, parity_figure
from aiida_matal.figures.mixing import mixing_enthalpy_figure
from aiida_matal.figures.svg import to_svg
from aiida_matal.provenance.campaigns import FREE_ENERGY, campaign_status, find_rounds, kind_of, newest, round_number
from aiida_matal.provenance.cost import software_of, time_spent
from aiida_matal.provenance.figure_nodes import draw, figure_nodes, missing, newest_parity
from aiida_matal.provenance.labels import LabelRow, label_rows
from aiida_matal.provenance.landscape_report import landscape_sections
from aiida_matal.provenance.liquids import figures_of
from aiida_matal.provenance.privacy import without_private_parts
from aiida_matal.provenance.processes import descendants, outputs_of
from aiida_matal.science.errors import InputError
from aiida_matal.science.progress import LANDSCAPE_ERRORS
from aiida_matal.science.table import Table

#: How many candidates below the chosen ones a decision table shows.
NEXT_IN_RANK = 5
#: With more binary systems than this, the figure of their labels is left out.
MAX_SYSTEMS = 40
#: How many labels, newest first, have the figure of their liquid in the report: one is 0.14 MB.
MAX_LIQUIDS = 40
#: Figures of binary systems, where there is something to draw, and what to say of them.
_BINARIES = {
    "error_map": "Elements by group. Colours are clusters of the equimolar liquids in ten features of their elements.",
    "extremum_parity": "Of each system the label of the largest size, predicted by a model that had not seen the "
    "system's group; between the dashed lines are 95 % of all predictions.",
    "extremum_trend": "Of each system the value of the largest size: a label, or the newest model's prediction where "
    "that is larger. The elements are those with the most labels.",
}
_SETTINGS = (
    "learner",
    "start_design",
    "selection",
    "sampling",
    "test_design",
    "failure_policy",
    "stopping",
    "space",
    "system",
)
#: Errors in the table of the learning curve, with their titles.
_POOL_ERRORS = {"cv_rmse": "CV RMSE", "cv_mae": "CV MAE", "test_rmse": "test RMSE"}
_LANDSCAPE_ERRORS = {"test_rmse": "test RMSE", "validation_rmse": "RMSE of points held back"}


def write_report(campaign: ProcessNode, path: Path) -> None:
    """Write the report of a campaign, running or ended, to an HTML file."""
    path.write_text(render_report(campaign), encoding="utf-8")


def render_report(campaign: ProcessNode) -> str:
    """Return the report of a campaign as HTML without references to other files or to the network."""
    rounds = find_rounds(campaign)
    pks = outputs_of([round_.pk for round_ in rounds])
    outputs = [pks[round_.pk] for round_ in rounds]
    numbers = [round_number(round_) for round_ in rounds]
    shared = _shared(campaign, outputs)
    if kind_of(campaign) == FREE_ENERGY:
        sections = landscape_sections(campaign, numbers, outputs)
        return _render("landscape_report.html.j2", {**shared, **sections, "curve_errors": _LANDSCAPE_ERRORS})
    target = campaign.inputs.learner["target"]
    dataset = newest(campaign, outputs, "dataset")
    table = None if dataset is None else dataset.table
    labels = [] if table is None else label_rows(table, target)
    sections = {
        "target": target,
        "unit": "" if table is None else table.columns[target].unit,
        "decisions": [
            _decision(number, load_node(found["decision"]).table)
            for number, found in zip(numbers, outputs, strict=True)
            if "decision" in found
        ],
        "labels": labels,
        "liquids": _liquid_figures(labels),
        "mixing_figure": _mixing_figure(table, target),
        "parity_figure": _parity_figure([round_.pk for round_ in rounds], target),
        "binaries": _binary_figures(campaign),
    }
    return _render("report.html.j2", {**shared, **sections, "curve_errors": _POOL_ERRORS})


def _shared(campaign: ProcessNode, outputs: list[dict[str, int]]) -> dict[str, Any]:
    """Return what the reports of all campaigns say: state, settings, learning curve and cost."""
    processes = descendants(campaign.pk)
    curve = newest(campaign, outputs, "learning_curve")
    return {
        "status": campaign_status(campaign),
        "seeds": _seeds(campaign.inputs),
        "settings": _settings(campaign.inputs),
        "curve": None if curve is None else list(curve.table.rows()),
        "curve_figure": None if curve is None else _curve_figure(curve.table),
        "spent": time_spent(processes),
        "software": software_of(campaign, processes),
    }


def _render(template: str, content: Mapping[str, Any]) -> str:
    return _environment().get_template(template).render(content)


def _environment() -> Environment:
    loader = PackageLoader("aiida_matal.provenance")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, finalize=_finalize, trim_blocks=True
    )
    environment.filters["number"] = _number
    environment.filters["milli"] = _milli
    return environment


def _finalize(value: Any) -> Any:
    return without_private_parts(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _number(value: float | None, digits: int = 4) -> str:
    return "-" if value is None or value != value else f"{value:.{digits}g}"


def _milli(value: float | None) -> str:
    return _number(None if value is None else 1000 * value, 2)


def _settings(inputs: Any) -> dict[str, str]:
    nodes = {name: inputs[name] for name in _SETTINGS if name in inputs}
    nodes["oracle.settings"] = inputs.oracle["settings"]
    values = {name: node.get_dict() for name, node in nodes.items() if isinstance(node, Dict)}
    # A cluster expansion has thousands of numbers.
    texts = {name: json.dumps(value, indent=None if name == "system" else 2) for name, value in values.items()}
    return {"oracle": inputs.oracle_name.value, **texts}


def _seeds(inputs: Any) -> dict[str, int]:
    seeds = {"campaign": inputs.seed.value}
    oracle = inputs.oracle["settings"].get_dict()
    return {**seeds, "oracle": oracle["seed"]} if "seed" in oracle else seeds


def _curve_figure(curve: Table) -> Markup:
    errors = {name: curve[name] for name in LANDSCAPE_ERRORS if name in curve}
    figure = learning_curve_figure(curve["n_labels"], curve["core_hours"], errors, curve.columns["cv_rmse"].unit)
    return Markup(to_svg(figure))  # noqa: S704


def _decision(number: int, decision: Table) -> dict[str, Any]:
    scores = [name for name in decision.names if name.startswith("score_")]
    ranked = decision.take(decision["rank"].argsort(kind="stable"))
    n_chosen = int(ranked["chosen"].sum())
    shown = ranked.take(range(min(n_chosen + NEXT_IN_RANK, len(ranked))))
    figure = decision_figure(ranked[scores[0]], ranked["chosen"], scores[0].removeprefix("score_")) if scores else None
    return {
        "round": number,
        "n_candidates": len(ranked),
        "n_chosen": n_chosen,
        "scores": scores,
        "unit": ranked.columns["predicted"].unit if "predicted" in ranked else "",
        "rows": list(shown.rows()),
        "figure": None if figure is None else Markup(to_svg(figure)),  # noqa: S704
    }


def _mixing_figure(dataset: Table | None, target: str) -> Markup | None:
    if dataset is None or target != "enthalpy_of_mixing" or "x_b" not in dataset:
        return None
    if len(set(dataset["system"].tolist())) > MAX_SYSTEMS:
        return None
    columns = [dataset[name] for name in ("system", "x_b", target, f"{target}_error")]
    return Markup(to_svg(mixing_enthalpy_figure(*columns)))  # noqa: S704


def _binary_figures(campaign: ProcessNode) -> list[tuple[Markup, str]]:
    """Return figures and what to say of each; none for a campaign of other candidates."""
    try:
        nodes = figure_nodes(campaign)
    except InputError:
        return []
    found = []
    for name, words in _BINARIES.items():
        if not missing(name, nodes):
            with suppress(InputError):
                found.append((Markup(to_svg(draw(name, nodes))), words))  # noqa: S704
    return found


def _liquid_figures(labels: Sequence[LabelRow]) -> dict[str, Markup]:
    """Return the figure of the liquid that is the evidence of each label, by id of the label.

    Identifiers are made different from those of other figures of the page: what one figure defines would be missing in
    another while the first is folded.
    """
    newest_labels = sorted(labels, key=lambda label: label.round_number)[-MAX_LIQUIDS:]
    found = figures_of([label.evidence for label in newest_labels])
    figures = {}
    for number, label in enumerate(newest_labels):
        if label.evidence in found:
            text = re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>liquid{number}-", found.pop(label.evidence))
            figures[label.id] = Markup(text)  # noqa: S704
    return figures


def _parity_figure(rounds: list[int], target: str) -> Markup | None:
    found = newest_parity(rounds)
    if found is None:
        return None
    parity = found.table
    unit = parity.columns["observed"].unit
    figure = parity_figure(parity["observed"], parity["predicted"], parity["predicted_error"], target, unit)
    return Markup(to_svg(figure))  # noqa: S704
