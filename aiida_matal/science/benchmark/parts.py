"""The parts of known labels that the replay of one campaign has."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import Field

from aiida_matal.science.benchmark.settings import SplitSettings
from aiida_matal.science.benchmark.splits import make_split, split_sizes
from aiida_matal.science.labels import NO_ROUND, collect, label_columns
from aiida_matal.science.reference import look_up
from aiida_matal.science.table import ID, Table


class ReplaySplit(SplitSettings):
    """Which split of the reference data a replay has."""

    seed: int = Field(0, ge=0, description="the seed of the splits (0 or more)")
    number: int = Field(0, ge=0, description="the number of the split (0 or more)")


@dataclass(frozen=True)
class ReplayParts:
    """Labels to begin with, labels kept aside, and candidates without labels."""

    dataset: Table
    test_set: Table
    pool: Table


def replay_parts(reference: Table, quantity: str, split: ReplaySplit) -> ReplayParts:
    """Return the parts that a split makes of ``reference``: those of a benchmark with the same seed and number.

    :param reference: as :func:`aiida_matal.science.reference.look_up` takes it.
    :raises InputError: if the group column is missing, or a part would be empty.
    """
    groups = reference[split.group]
    sizes = split_sizes(len(set(groups.tolist())), split, n_choices=1)
    rows = make_split(groups, sizes, split.seed, split.number)
    of_labels = {*label_columns(quantity, "1"), "round"} - {ID}
    candidates = reference.select(name for name in reference.names if name not in of_labels)

    def labelled(part: Table) -> Table:
        return collect(part, [look_up(part[ID].tolist(), reference, quantity)], NO_ROUND, None)

    train, test, pool = (candidates.take(part) for part in (rows.train, rows.test, rows.pool))
    return ReplayParts(labelled(train), labelled(test), pool)
