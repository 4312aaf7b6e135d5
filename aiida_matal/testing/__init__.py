"""Conformance suites for learners, criteria and stopping rules, also those of third parties."""

from aiida_matal.testing.criteria import check_criterion
from aiida_matal.testing.learners import check_learner
from aiida_matal.testing.stopping import check_stopping_rule

__all__ = ["check_criterion", "check_learner", "check_stopping_rule"]
