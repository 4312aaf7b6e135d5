"""Settings of a benchmark of strategies."""

from __future__ import annotations

from pydantic import Field

from aiida_matal.science.settings import Settings


class SplitSettings(Settings):
    """How labels that exist are split into known ones, ones kept aside, and candidates: the rest.

    The shares are those of Bizot, Tamura and Deffrennes (2025), supplementary note 2: of 404 systems, 100 are known at
    the start and 100 are kept aside.
    """

    group: str = Field("system", description="the column whose equal values are never in two parts of a split")
    train_share: float = Field(0.25, gt=0, lt=1, description="the share of the groups with known labels at the start")
    test_share: float = Field(
        0.25, gt=0, lt=1, description="the share of the groups that are kept aside to measure the error"
    )


class BenchmarkSettings(SplitSettings):
    """How each split is made, and how long each strategy goes on in it."""

    n_iterations: int = Field(10, ge=1, description="how often a strategy chooses a batch (1 or more)")
    learn_once: bool = Field(
        True,
        description="true, for hyper-parameters of a criterion that are learned at the start of a split and kept, or "
        "false, to learn them before each batch, as a campaign does",
    )
    exclude_elements: list[str] = Field(
        default_factory=list,
        description="the elements whose alloys are left out, in the columns element_a and element_b",
    )
