from __future__ import annotations

from aiida.orm import CalcFunctionNode, WorkChainNode

from aiida_matal.provenance.processes import called, descendants, last_reports, outputs_of


def test_descendants_are_all_processes_below(finished_campaign):
    names = [process.label for process in descendants(finished_campaign.pk)]
    assert names == ["round_00", "round_01", "round_02", "select", "select"]


def test_link_labels_filter_the_called(store_campaign, store_round, store_process):
    campaign = store_campaign(state="waiting")
    store_process(CalcFunctionNode, "make_pool", caller=campaign, exit_status=0)
    store_round(campaign, 0, state="waiting")
    assert [process.label for process in called([campaign.pk])] == ["make_pool", "round_00"]
    assert [process.label for process in called([campaign.pk], "round\\_%")] == ["round_00"]


def test_ending_tells_a_failure(store_campaign, store_process):
    campaign = store_campaign(state="waiting")
    for status in (0, 302):
        store_process(WorkChainNode, f"step_{status}", caller=campaign, exit_status=status, message="no" * bool(status))
    store_process(WorkChainNode, "killed", caller=campaign, state="killed")
    assert [process.ending for process in called([campaign.pk])] == ["finished", "finished [302] no", "killed"]


def test_outputs_are_found_by_label(finished_campaign):
    rounds = [process.pk for process in called([finished_campaign.pk])]
    labels = {pk: sorted(outputs) for pk, outputs in outputs_of(rounds).items()}
    everything = ["dataset", "decision", "learning_curve"]
    assert list(labels.values()) == [everything, everything, ["learning_curve", "verdict"]]


def test_nothing_is_asked_about_no_processes(aiida_profile):
    assert (called([]), outputs_of([]), last_reports([])) == ([], {}, {})
