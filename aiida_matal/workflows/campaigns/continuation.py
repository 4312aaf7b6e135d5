"""New campaigns that begin where an old one was: more rounds, or another strategy."""

from __future__ import annotations

from aiida.engine import ProcessBuilder
from aiida.orm import Dict, Int, ProcessNode

from aiida_matal.science.errors import InputError
from aiida_matal.workflows.protocols.strategies import strategy


def extend(campaign: ProcessNode, rounds: int) -> ProcessBuilder:
    """Return a builder that goes on where ``campaign`` ended, for ``rounds`` more rounds of labels.

    The first round of the new campaign repeats the last training of the old one (from the cache, where it is on). If
    the old one ended in a round that failed after it had labelled, the new one begins with those labels.

    :raises InputError: if the campaign still runs or has no rounds, or ``rounds`` is not positive.
    """
    if rounds < 1:
        raise InputError("rounds", rounds, "there is nothing to extend", "Give 1 or more.")
    if not campaign.is_terminated:
        cure = f"Wait for it (aiida-matal campaign watch {campaign.pk})."
        raise InputError("campaign", campaign.pk, "it still runs", cure)
    known = rounds_of(campaign)
    if not known:
        raise InputError("campaign", campaign.pk, "it has no rounds", "Launch it anew.")
    last = max(known)
    has_labelled = "dataset" in known[last].outputs
    builder = _continued(campaign, known[last], after=has_labelled)
    stopping = campaign.inputs.stopping.get_dict()
    builder.stopping = Dict({**stopping, "max_rounds": {"rounds": last + has_labelled + rounds}})
    return builder


def fork(
    campaign: ProcessNode,
    number: int,
    criterion: str | None = None,
    strategy_name: str | None = None,
    seed: int | None = None,
) -> ProcessBuilder:
    """Return a builder of a campaign that shares the rounds before ``number`` and repeats from there.

    :param criterion: another criterion for the selections, with its default settings.
    :param strategy_name: another strategy for the selections; its criterion gives way to ``criterion``.
    :param seed: another seed.
    :raises InputError: if there is no such round or strategy, or nothing would be different.
    """
    known = rounds_of(campaign)
    if number not in known:
        raise InputError("round", number, "the campaign has no such round", f"Its rounds: {sorted(known)}.")
    if criterion is None and strategy_name is None and seed is None:
        cure = "Give a strategy, a criterion or a seed (its own one if the builder will be changed otherwise)."
        raise InputError("criterion", criterion, "the fork would repeat the campaign", cure)
    builder = _continued(campaign, known[number], after=False)
    if seed is not None:
        builder.seed = Int(seed)
    if criterion is None and strategy_name is None:
        return builder
    if "selection" not in campaign.inputs:
        given = strategy_name if criterion is None else criterion
        cure = "Give a seed, or change the inputs of the builder that fork returns."
        raise InputError("criterion", given, "the campaign does not choose from a pool", cure)
    selection = campaign.inputs.selection.get_dict()
    if strategy_name is not None:
        kept = {key: selection[key] for key in ("target", "batch_size")}
        selection = {**strategy(strategy_name), **kept}
    if criterion is not None:
        selection["criterion"] = {"name": criterion, "settings": {}}
    builder.selection = Dict(selection)
    return builder


def rounds_of(campaign: ProcessNode) -> dict[int, ProcessNode]:
    """Return the rounds of a campaign by number."""
    links = campaign.base.links.get_outgoing(link_label_filter="round_%").all()
    return {int(link.link_label.removeprefix("round_")): link.node for link in links}


def _continued(campaign: ProcessNode, round_: ProcessNode, *, after: bool) -> ProcessBuilder:
    """Return a builder with the inputs of ``campaign`` that repeats one of its rounds, or goes on after it."""
    builder = campaign.get_builder_restart()
    for name, node in campaign.process_class.continued_from(round_, after=after).items():
        builder[name] = node
    return builder
