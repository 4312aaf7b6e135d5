from __future__ import annotations

import pytest

from aiida_matal.science.acquisition.settings import SelectionSettings
from aiida_matal.science.errors import InputError
from aiida_matal.science.mixing.features import GP_FEATURES
from aiida_matal.science.registry import CRITERIA, load_class
from aiida_matal.workflows.protocols.strategies import strategy, strategy_descriptions, strategy_names

# Supplementary note 2 of Bizot et al. (2025): criterion, whether a system comes once, whether its middle is labelled.
PAPER = {
    "random_systems": ("random", True, True),
    "tree_points": ("regression_tree", False, False),
    "tree_systems": ("regression_tree", True, True),
    "variance_points": ("gp_variance", False, False),
    "variance_systems": ("gp_variance", True, False),
}


def test_the_strategies_are_those_of_the_paper_in_its_order():
    assert strategy_names() == list(PAPER)
    texts = strategy_descriptions()
    assert [texts[name].split(":")[0] for name in PAPER] == [f"Approach {number}" for number in range(1, 6)]


@pytest.mark.parametrize("name", PAPER)
def test_each_strategy_is_a_selection_that_lacks_target_and_batch_size(name):
    settings = SelectionSettings.parse({**strategy(name), "target": "h", "batch_size": 4}, "settings")
    criterion = load_class(CRITERIA, settings.criterion.name)(settings.criterion.settings)
    assert (settings.criterion.name, settings.one_per == "system", settings.nearest_to == {"x_b": 0.5}) == PAPER[name]
    assert settings.features == GP_FEATURES
    if settings.criterion.name == "gp_variance":
        assert criterion.settings.learned_by == "physbo"


def test_changing_what_is_returned_does_not_change_the_strategy():
    strategy("variance_points")["criterion"]["settings"]["kernel"] = "matern52"
    assert strategy("variance_points")["criterion"]["settings"]["kernel"] == "rbf"


def test_an_unknown_strategy_is_refused_and_all_are_named():
    with pytest.raises(InputError, match=r"strategy: 'best' .* random_systems, tree_points, .* variance_systems"):
        strategy("best")
