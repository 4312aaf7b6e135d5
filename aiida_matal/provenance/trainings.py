"""Find nested trainings and say how far they are."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from aiida.orm import ProcessNode, QueryBuilder, WorkChainNode, load_node

from aiida_matal.data.model import ModelData
from aiida_matal.provenance.processes import Called, called, load_work_chain
from aiida_matal.science.learning.nested import NestedSettings, number_of_folds
from aiida_matal.science.table import Table

NESTED_TRAINING = "aiida.workflows:matal.nested_training"


@dataclass(frozen=True)
class JobStatus:
    """How far the job of a fold, or of the final model, is.

    :param message: why it failed, else empty.
    :param n_features: how many features it chose, None until it has ended.
    :param rmse: error on the rows that the fold holds out, None if there are none or it has not ended.
    :param baseline_rmse: that of the baseline alone.
    """

    label: str
    pk: int
    state: str
    exit_status: int | None
    message: str
    has_ended: bool
    from_cache: bool
    n_features: int | None
    rmse: float | None
    baseline_rmse: float | None


@dataclass(frozen=True)
class TrainingStatus:
    """How far a nested training is.

    :param exit_status: None unless finished.
    :param unit: of all errors.
    :param n_jobs: how many there are in all: one a fold, and the final model.
    :param jobs: those that were submitted.
    :param metrics: errors over all labels, once it has ended.
    :param errors: rows of the table ``errors``, once it has ended.
    :param outputs: pk of each output.
    """

    pk: int
    uuid: str
    created: datetime
    state: str
    exit_status: int | None
    exit_message: str
    group: str
    unit: str
    n_jobs: int
    jobs: list[JobStatus]
    metrics: dict[str, float]
    errors: list[dict[str, Any]]
    outputs: dict[str, int]

    @property
    def is_finished(self) -> bool:
        """Return whether it has ended, in whichever way."""
        return self.state in ("finished", "excepted", "killed")

    @property
    def n_ended(self) -> int:
        """Return how many jobs have ended."""
        return sum(job.has_ended for job in self.jobs)

    @property
    def n_failed(self) -> int:
        """Return how many jobs have failed."""
        return sum(job.has_ended and job.exit_status != 0 for job in self.jobs)

    def as_dict(self) -> dict[str, Any]:
        """Return plain, JSON-serialisable values; unknown errors are None."""
        errors = [{name: None if value != value else value for name, value in row.items()} for row in self.errors]
        return asdict(self) | {"created": self.created.isoformat(), "errors": errors}


def load_training(identifier: str) -> WorkChainNode:
    """Return the nested training with this pk or uuid.

    :raises InputError: if there is no such node, or it is no nested training.
    """
    cure = "Give the pk that `aiida-matal model train` printed."
    return load_work_chain("training", identifier, NESTED_TRAINING, cure)


def training_status(training: ProcessNode) -> TrainingStatus:
    """Return how far a nested training is, whether it waits, runs, has finished or failed."""
    group, unit, n_jobs = _plan(training.uuid)
    outputs = {name: training.outputs[name] for name in training.outputs}
    jobs = [job for job in called([training.pk]) if not job.is_function]
    results = _results([job.pk for job in jobs])
    return TrainingStatus(
        pk=training.pk,
        uuid=training.uuid,
        created=training.ctime,
        state=str(training.process_state.value) if training.process_state else "created",
        exit_status=training.exit_status,
        exit_message=(training.exit_message or training.exception or "").strip(),
        group=group,
        unit=unit,
        n_jobs=n_jobs,
        jobs=[_job(job, *results.get(job.pk, (None, {}))) for job in jobs],
        metrics=outputs["metrics"].get_dict() if "metrics" in outputs else {},
        errors=list(outputs["errors"].table.rows()) if "errors" in outputs else [],
        outputs={name: node.pk for name, node in outputs.items()},
    )


@lru_cache(maxsize=8)
def _plan(uuid: str) -> tuple[str, str, int]:
    """Return group, unit and number of jobs, which follow from inputs that never change."""
    inputs = load_node(uuid).inputs
    settings = NestedSettings.parse(inputs.training.get_dict(), "training")
    dataset: Table = inputs.dataset.table
    unit = dataset.columns[settings.learner.target].unit
    return str(settings.learner.group), unit, number_of_folds(dataset, settings) + 1


def _results(jobs: list[int]) -> dict[int, tuple[int, dict[str, float]]]:
    """Return the number of features and the scores of the model of each job that has one, in one query."""
    if not jobs:
        return {}
    query = QueryBuilder()
    query.append(ProcessNode, filters={"id": {"in": jobs}}, tag="job", project="id")
    query.append(ModelData, with_incoming="job", project=["attributes.features", "attributes.scores"], tag="model")
    return {pk: (len(features), scores) for pk, features, scores in query.all()}


def _job(job: Called, n_features: int | None, scores: dict[str, float]) -> JobStatus:
    return JobStatus(
        label=job.label,
        pk=job.pk,
        state=job.state,
        exit_status=job.exit_status,
        message=job.exit_message,
        has_ended=not job.is_active,
        from_cache=job.from_cache,
        n_features=n_features,
        rmse=scores.get("cv_rmse"),
        baseline_rmse=scores.get("baseline_rmse"),
    )
