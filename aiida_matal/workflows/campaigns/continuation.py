"""New campaigns that begin where an old one was: more rounds, or another strategy."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.engine import ProcessBuilder
from aiida.orm import Dict, Int, ProcessNode

from aiida_matal.science.errors import InputError
from aiida_matal.workflows.campaigns.free_energy_inputs import parse_sampling
from aiida_matal.workflows.protocols.protocol import merge
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
    sampling: Mapping[str, Any] | None = None,
) -> ProcessBuilder:
    """Return a builder of a campaign that shares the rounds before ``number`` and repeats from there.

    :param criterion: another criterion for the selections, with its default settings.
    :param strategy_name: another strategy for the selections; its criterion gives way to ``criterion``.
    :param seed: another seed.
    :param sampling: values laid over the sampling of a campaign without a pool; a criterion that is None is left out.
    :raises InputError: if there is no such round or strategy, nothing would be different, or the campaign does not
        choose in this way.
    """
    known = rounds_of(campaign)
    if number not in known:
        raise InputError("round", number, "the campaign has no such round", f"Its rounds: {sorted(known)}.")
    if criterion is None and strategy_name is None and sampling is None and seed is None:
        cure = "Give a strategy, a criterion, a sampling or a seed."
        raise InputError("criterion", criterion, "the fork would repeat the campaign", cure)
    builder = _continued(campaign, known[number], after=False)
    if seed is not None:
        builder.seed = Int(seed)
    if criterion is not None or strategy_name is not None:
        builder.selection = Dict(_selection(campaign, criterion, strategy_name))
    if sampling is not None:
        builder.sampling = Dict(_sampling(campaign, sampling))
    return builder


def _selection(campaign: ProcessNode, criterion: str | None, strategy_name: str | None) -> dict[str, Any]:
    """Return the selection of a campaign with another strategy, another criterion or both."""
    if "selection" not in campaign.inputs:
        given = strategy_name if criterion is None else criterion
        raise InputError("criterion", given, "the campaign does not choose from a pool", "Give a sampling or a seed.")
    selection = campaign.inputs.selection.get_dict()
    if strategy_name is not None:
        kept = {key: selection[key] for key in ("target", "batch_size")}
        selection = {**strategy(strategy_name), **kept}
    if criterion is not None:
        selection["criterion"] = {"name": criterion, "settings": {}}
    return selection


def _sampling(campaign: ProcessNode, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the sampling of a campaign with changes laid over it."""
    if "sampling" not in campaign.inputs:
        cure = "Give a strategy, a criterion or a seed."
        raise InputError("sampling", sorted(changes), "the campaign chooses from a pool", cure)
    return parse_sampling(merge(campaign.inputs.sampling.get_dict(), changes)).as_dict()


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
