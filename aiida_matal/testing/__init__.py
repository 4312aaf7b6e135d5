"""Conformance suites for learners, criteria, stopping rules and calculators, also those of third parties."""

from aiida_matal.testing.calculators import check_calculator
from aiida_matal.testing.criteria import check_criterion
from aiida_matal.testing.landscape_learners import check_landscape_learner
from aiida_matal.testing.learners import check_learner
from aiida_matal.testing.sampling_criteria import check_sampling_criterion
from aiida_matal.testing.stopping import check_stopping_rule

__all__ = [
    "check_calculator",
    "check_criterion",
    "check_landscape_learner",
    "check_learner",
    "check_sampling_criterion",
    "check_stopping_rule",
]
