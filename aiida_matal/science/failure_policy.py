"""What a round does about candidates that could not be labelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import numpy as np
from pydantic import Field

from aiida_matal.science.settings import Settings
from aiida_matal.science.table import ID, Column, Table

ATTEMPT = "attempt"


class FailurePolicy(Settings):
    """Skip failed candidates, try them again, or label the next in rank instead.

    Rejected candidates (the oracle worked, but the label may not be used) are never tried again; ``replace`` replaces
    them too.
    """

    on_failure: Literal["skip", "retry", "replace"] = Field("skip", description="one of skip, retry, replace")
    tries: int = Field(1, ge=1, le=10, description="how many more times to retry or replace (1 to 10)")
    max_failed_share: float = Field(
        1.0, ge=0.0, le=1.0, description="the share of a round's labels that may fail, 0 to 1"
    )


def next_batch(policy: FailurePolicy, pool: Table, decision: Table, batches: Sequence[Table]) -> Table | None:
    """Return the candidates to label after ``batches`` of this round, or None if the round is over.

    :param decision: the decision of the round, with the rank of every candidate and whether it is open.
    :param batches: the labels made so far in this round.
    """
    if policy.on_failure == "skip" or len(batches) > policy.tries:
        return None
    last = batches[-1]
    if policy.on_failure == "retry":
        chosen = last[ID][last["status"] == "failed"].tolist()
    else:
        lost = int(np.isin(last["status"], ["failed", "rejected"]).sum())
        seen = {identifier for batch in batches for identifier in batch[ID].tolist()}
        open_ = decision.take(decision["open"])
        ranked = open_[ID][np.argsort(open_["rank"], kind="stable")].tolist()
        chosen = [identifier for identifier in ranked if identifier not in seen][:lost]
    if not chosen:
        return None
    rows = pool.take(pool.positions(chosen))
    attempt = len(batches) if policy.on_failure == "retry" else 0
    column = Column("how often the candidate was tried before", "1")
    return rows.with_columns({ATTEMPT: np.full(len(rows), attempt, dtype=np.int64)}, {ATTEMPT: column})


def failed_share(batches: Sequence[Table]) -> float:
    """Return the share of a round's candidates whose last label failed (rejected ones do not count)."""
    statuses = final_statuses(batches)
    return statuses.count("failed") / len(statuses) if statuses else 0.0


def final_statuses(batches: Sequence[Table]) -> list[str]:
    """Return the status of the last label of each of a round's candidates."""
    return list({row[ID]: row["status"] for batch in batches for row in batch.rows()}.values())
