"""The decision of a round of sampling, written down: who asked for which point, and which points are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aiida_matal.science.landscape.columns import CRITERION, WANTED, candidate_table, numbered, vector_columns
from aiida_matal.science.landscape.sampling.base import Proposals, SamplingCriterion
from aiida_matal.science.table import ID, Column, Table

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Decision:
    """The points that criteria propose in a round, all side by side.

    ``names`` (n,) says who asked for a point, ``position`` (n,) how many that criterion prefers to it, ``eta`` (n, d)
    and ``score`` (n,) are those of the proposals. ``novelty`` (n,) is NaN where it was not looked at, ``retained`` (n,)
    what is left. ``silent`` says of criteria that propose nothing why.
    """

    criteria: Mapping[str, SamplingCriterion]
    names: NDArray[Any]
    position: NDArray[np.intp]
    eta: Floats
    score: Floats
    novelty: Floats
    retained: NDArray[np.bool_]
    silent: Mapping[str, str]

    @classmethod
    def of(
        cls, criteria: Mapping[str, SamplingCriterion], proposals: Mapping[str, Proposals], silent: Mapping[str, str]
    ) -> Decision:
        """Return the decision to take every point of the proposals, of which there is at least one."""
        score = np.concatenate([each.score for each in proposals.values()])
        return cls(
            criteria,
            names=np.concatenate([np.full(len(each), name) for name, each in proposals.items()]),
            position=np.concatenate([np.arange(len(each)) for each in proposals.values()]),
            eta=np.concatenate([each.eta for each in proposals.values()]),
            score=score,
            novelty=np.full(len(score), np.nan),
            retained=np.ones(len(score), dtype=bool),
            silent=silent,
        )

    def __len__(self) -> int:
        return len(self.score)

    def order(self) -> NDArray[np.intp]:
        """Return the points in the order of ranks: those taken first, in each half the best of every criterion first.

        Scores of different criteria do not compare.
        """
        numbers = np.unique(self.names, return_inverse=True)[1]
        return np.lexsort((numbers, self.position, ~self.retained))

    def ids(self, round_number: int) -> NDArray[Any]:
        """Return the ids of the points."""
        pairs = zip(self.names.tolist(), self.position.tolist(), strict=True)
        return np.array([f"r{round_number:02d}_{name}_{position:05d}" for name, position in pairs])

    def candidates(self, round_number: int, kappa: Floats) -> Table:
        """Return the points that are taken, in the order of ranks.

        :param kappa: centres of the bias of all points, shape (n, d).
        """
        rows = self.order()[: int(self.retained.sum())]
        ids = self.ids(round_number)[rows].tolist()
        return candidate_table(ids, self.names[rows].tolist(), self.eta[rows], kappa[rows])

    def table(self, round_number: int) -> Table:
        """Return a row for each point in the order of ranks, and then one for each criterion that proposes nothing."""
        order, d, silent = self.order(), self.eta.shape[1], sorted(self.silent)
        n_rows = len(order) + len(silent)
        nothing = np.full(len(silent), np.nan)
        reasons = [self._reason(row) for row in order.tolist()] + [self.silent[name] for name in silent]
        arrays: dict[str, Any] = {
            ID: np.array([*self.ids(round_number)[order], *(f"r{round_number:02d}_{name}" for name in silent)]),
            CRITERION: np.array([*self.names[order], *silent]),
            **{
                name: np.concatenate([column, nothing])
                for name, column in zip(numbered(WANTED, d), self.eta[order].T, strict=True)
            },
            "score": np.concatenate([self.score[order], nothing]),
            "novelty": np.concatenate([self.novelty[order], nothing]),
            "rank": np.arange(n_rows),
            "chosen": np.arange(n_rows) < self.retained.sum(),
            "open": np.arange(n_rows) < len(order),
            "reason": np.array(reasons),
        }
        columns = {
            ID: Column("proposed point, or criterion that proposes nothing"),
            CRITERION: Column("criterion that asked for the point"),
            **vector_columns(WANTED, d),
            "score": Column("score by the criterion, whose reason gives the unit, larger is better", "1"),
            "novelty": Column("novelty of the point; those of all points add up to 1", "1"),
            "rank": Column("rank of the point, 0 is the best", "1"),
            "chosen": Column("whether the point is to be sampled next"),
            "open": Column("whether there is a point that was open to the choice"),
            "reason": Column("why the point was chosen or not"),
        }
        return Table(arrays, columns)

    def _reason(self, row: int) -> str:
        name = str(self.names[row])
        criterion = self.criteria[name]
        if not self.retained[row]:
            close = "a labelled point is too close" if self.novelty[row] == 0 else "its novelty is below the thresholds"
            return f"not novel: {close}; asked for by {name}"
        if not criterion.score_of or np.isnan(self.score[row]):
            return f"asked for by {name}"
        return f"asked for by {name}: {criterion.score_of} = {self.score[row]:.3g} {criterion.score_unit}".rstrip()
