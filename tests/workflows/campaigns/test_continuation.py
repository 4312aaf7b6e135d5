from __future__ import annotations

import pytest
from aiida.engine import run_get_node
from aiida.manage.caching import enable_caching
from aiida.orm import ProcessNode, QueryBuilder, WorkChainNode

from aiida_matal.science.errors import InputError
from aiida_matal.science.table import ID
from aiida_matal.workflows.campaigns.continuation import extend, fork, rounds_of


def run(builder):
    with enable_caching(identifier="aiida.calculations:matal.*"):
        return run_get_node(builder)[1]


def n_labellings():
    query = QueryBuilder()
    query.append(WorkChainNode, filters={"attributes.process_label": "ReferenceWorkChain"})
    return query.count()


def test_extended_campaign_goes_on_with_the_dataset_of_the_old_one(finished_campaign):
    before = n_labellings()
    node = run(extend(finished_campaign, 1))
    assert node.exit_status == 0, node.exit_message
    rounds = rounds_of(node)
    assert sorted(rounds) == [2, 3]
    assert rounds[2].inputs.dataset.uuid == finished_campaign.outputs.dataset.uuid
    assert rounds[2].inputs.number.value == 2
    assert n_labellings() - before == 1
    dataset = node.outputs.dataset.table
    assert dataset.take(range(5)) == finished_campaign.outputs.dataset.table
    assert dataset["round"].tolist() == [0, 0, 0, 1, 1, 2, 2]
    curve = node.outputs.learning_curve.table
    assert curve["round"].tolist() == [0, 1, 2, 3]
    assert curve.take(range(3)) == finished_campaign.outputs.learning_curve.table
    assert node.outputs.verdict["reasons"] == ["max_rounds: 3 of at most 3 rounds finished"]


def test_fork_shares_the_rounds_before_and_differs_from_there_on(finished_campaign):
    before = n_labellings()
    node = run(fork(finished_campaign, 1, criterion="random"))
    assert node.exit_status == 0, node.exit_message
    old, new = rounds_of(finished_campaign), rounds_of(node)
    assert sorted(new) == [1, 2]
    assert n_labellings() - before == 1
    for name in ("dataset", "learning_curve", "summary", "pool", "start_design"):
        assert new[1].inputs[name].uuid == old[1].inputs[name].uuid
    assert new[1].outputs.model.base.caching.get_hash() == old[1].outputs.model.base.caching.get_hash()
    assert new[1].outputs.learning_curve.table == old[1].outputs.learning_curve.table
    assert new[1].inputs.selection["criterion"] == {"name": "random", "settings": {}}
    old_choice, new_choice = (rounds[1].outputs.decision.table for rounds in (old, new))
    assert set(new_choice[ID].tolist()) == set(old_choice[ID].tolist())
    assert new_choice[ID][:2].tolist() != old_choice[ID][:2].tolist()
    dataset, expected = node.outputs.dataset.table, finished_campaign.outputs.dataset.table
    assert dataset.take(range(3)) == expected.take(range(3))
    assert dataset[ID][3:].tolist() == new_choice[ID][:2].tolist()


def test_fork_of_the_first_round_begins_with_nothing(finished_campaign):
    builder = fork(finished_campaign, 0, seed=7)
    assert builder.seed.value == 7
    assert not {"dataset", "learning_curve", "summary"} & {name for name in builder if builder[name] is not None}


@pytest.mark.parametrize(
    ("continued", "message"),
    [
        (lambda campaign: extend(campaign, 0), "rounds: 0 is refused: there is nothing to extend"),
        (lambda campaign: fork(campaign, 9, "random"), r"round: 9 is refused: .* Its rounds: \[0, 1, 2\]"),
        (lambda campaign: fork(campaign, 1), "the fork would repeat the campaign"),
        (lambda campaign: fork(campaign, 1, sampling={"novelty": None}), r"sampling: .* chooses from a pool"),
    ],
)
def test_continuations_that_make_no_sense_are_refused(finished_campaign, continued, message):
    with pytest.raises(InputError, match=message):
        continued(finished_campaign)


def test_campaign_that_runs_or_has_no_rounds_is_not_extended(finished_campaign):
    node = WorkChainNode().store()
    with pytest.raises(InputError, match="it still runs"):
        extend(node, 1)
    node.set_process_state("killed")
    with pytest.raises(InputError, match="it has no rounds"):
        extend(node, 1)


def test_fork_with_an_unknown_criterion_is_refused_before_submission(finished_campaign):
    before = QueryBuilder().append(ProcessNode).count()
    with pytest.raises(ValueError, match="criteria: 'gpvariance' is refused: it is not registered"):
        run_get_node(fork(finished_campaign, 1, criterion="gpvariance"))
    assert QueryBuilder().append(ProcessNode).count() == before
