from __future__ import annotations

import pytest

from aiida_matal.science.acquisition.base import Criterion
from aiida_matal.science.dynamics.calculators import NamedCalculator
from aiida_matal.science.errors import InputError
from aiida_matal.science.learning.base import Learner
from aiida_matal.science.registry import CALCULATORS, CRITERIA, LEARNERS, STOPPING, load_class, registered_names
from aiida_matal.science.stopping.base import StoppingRule

BASES = {LEARNERS: Learner, CRITERIA: Criterion, STOPPING: StoppingRule, CALCULATORS: NamedCalculator}


@pytest.mark.parametrize(("group", "name"), [(group, name) for group in BASES for name in registered_names(group)])
def test_every_registered_class_derives_from_the_base_of_its_group(group, name):
    assert issubclass(load_class(group, name), BASES[group])


@pytest.mark.parametrize(
    ("group", "name"), [(LEARNERS, "gaussian_process"), (CRITERIA, "random"), (STOPPING, "pool_exhausted")]
)
def test_the_names_are_sorted_and_hold_the_ones_of_this_package(group, name):
    assert name in registered_names(group)
    assert registered_names(group) == sorted(registered_names(group))


def test_an_unknown_name_is_refused_with_the_names_that_exist():
    with pytest.raises(InputError, match=r"learners: 'boosting' .* Registered: committee, gaussian_process, lightgbm"):
        load_class(LEARNERS, "boosting")
