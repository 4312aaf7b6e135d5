"""What a free-energy campaign passes on to its oracle, and what it takes from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aiida.orm import Node

from aiida_matal.science.errors import InputError
from aiida_matal.workflows.campaigns.checks import load_oracle

#: The bias of Holber and Garikipati (2025), in eV a site. An oracle without a bias does not look at its centres.
PUBLISHED_BIAS = {"composition": 50.0, "order": 0.05}


def complete_oracle_inputs(name: str, inputs: Mapping[str, Any], **shared: Node) -> dict[str, Any]:
    """Return the inputs of an oracle, with those of the campaign that it takes and is not given.

    :param name: entry point of the oracle.
    :param shared: inputs of the campaign.
    :raises InputError: if there is no such oracle.
    """
    ports = load_oracle(name).spec().inputs
    taken = {port: node for port, node in shared.items() if port in ports and port not in inputs}
    return {**inputs, **taken}


def bias_of(oracle: Mapping[str, Any]) -> dict[str, float]:
    """Return the curvatures of the bias that an oracle samples with, in eV a site.

    :param oracle: the inputs of the oracle.
    """
    return dict(oracle["settings"].get_dict().get("phi", PUBLISHED_BIAS))


def temperature_of(oracle: Mapping[str, Any], test_design: Mapping[str, Any]) -> Any:
    """Return the temperature in K of a campaign, which its oracle or the design of its test set tells.

    :raises InputError: if the two differ, or neither tells it.
    """
    own, other = oracle["settings"].get_dict().get("temperature"), test_design.get("temperature")
    told = own if other is None else other
    if told is None:
        cure = "Give the temperature in K."
        raise InputError("test_design.temperature", "(missing)", "the oracle has no temperature", cure)
    if own is not None and own != told:
        cure = f"Give {own}, or leave it out."
        raise InputError("test_design.temperature", told, f"the oracle samples at {own} K", cure)
    return told
