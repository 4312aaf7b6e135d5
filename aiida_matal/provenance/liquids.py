"""What is known of a simulated liquid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from aiida.orm import CalcJobNode, Dict, ProcessNode, QueryBuilder, SinglefileData, WorkChainNode

LIQUIDS = "aiida.workflows:matal.liquid"


@dataclass(frozen=True)
class LiquidRecord:
    """What is known of a liquid, whether it ended well or not.

    :param name: what it is to a label: ``alloy`` or ``pure Ag``.
    :param ending: state of its process, with exit status and message if it failed.
    :param state: the output ``state``, empty if it did not end well.
    :param points: the volumes tried, oldest first: the fields of
        :class:`~aiida_matal.science.mixing.zero_pressure.RunPoint`.
    :param n_jobs: number of molecular dynamics jobs.
    :param core_hours: cost of all of them, in core-hours.
    :param figure: SVG, empty if there is none.
    """

    name: str
    pk: int
    uuid: str
    ending: str
    state: dict[str, Any]
    points: list[dict[str, Any]]
    n_jobs: int
    core_hours: float
    figure: str

    @property
    def n_steps(self) -> int:
        """Return the number of recorded time steps at all volumes tried."""
        return sum(point["n_steps"] for point in self.points)

    def as_dict(self) -> dict[str, Any]:
        """Return plain, JSON-serialisable values, the figure left out."""
        values = asdict(self)
        del values["figure"]
        return {**values, "n_steps": self.n_steps}


def is_liquid(node: Any) -> bool:
    """Return whether a node is the process of a liquid."""
    return isinstance(node, WorkChainNode) and node.process_type == LIQUIDS


def liquid_record(liquid: ProcessNode, name: str) -> LiquidRecord:
    """Return what is known of a liquid.

    :param name: what it is to a label.
    """
    outputs = liquid.outputs
    costs = _core_hours([run.pk for run in liquid.called])
    return LiquidRecord(
        name=name,
        pk=liquid.pk,
        uuid=liquid.uuid,
        ending=_ending(liquid),
        state=outputs.state.get_dict() if "state" in outputs else {},
        points=list(outputs.assessment["points"]) if "assessment" in outputs else [],
        n_jobs=len(costs),
        core_hours=sum(costs),
        figure=figures_of([liquid.uuid]).get(liquid.uuid, ""),
    )


def figures_of(liquids: Sequence[str]) -> dict[str, str]:
    """Return the figures of liquids as SVG, by uuid of the process, those that there are (one query)."""
    query = QueryBuilder()
    query.append(
        WorkChainNode, filters={"uuid": {"in": [*liquids, ""]}, "process_type": LIQUIDS}, project="uuid", tag="l"
    )
    query.append(SinglefileData, with_incoming="l", edge_filters={"label": "figure"}, project="*")
    return {uuid: figure.get_content() for uuid, figure in query.all()}


def _ending(liquid: ProcessNode) -> str:
    state = liquid.process_state.value if liquid.process_state else "created"
    return f"{state} [{liquid.exit_status}] {liquid.exit_message}" if liquid.exit_status else state


def _core_hours(runs: Sequence[int]) -> list[float]:
    """Return what each job of these runs cost, in one query; a job that does not say counts as 0."""
    if not runs:
        return []
    query = QueryBuilder()
    query.append(ProcessNode, filters={"id": {"in": list(runs)}}, tag="run")
    query.append(CalcJobNode, with_incoming="run", tag="job", project="id")
    query.append(Dict, with_incoming="job", outerjoin=True, edge_filters={"label": "results"}, project="attributes")
    return [(results or {}).get("core_hours", 0.0) for _, results in query.all()]
