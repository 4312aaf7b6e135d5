from __future__ import annotations

import time

import click
import pytest
from aiida.orm import ProcessNode, QueryBuilder

from aiida_matal.cli.submission import submit_campaign


def test_nothing_is_stored_if_the_daemon_does_not_run(stopped_daemon, campaign_builder):
    before = QueryBuilder().append(ProcessNode).count()
    with pytest.raises(click.ClickException, match="verdi daemon start"):
        submit_campaign(campaign_builder)
    assert QueryBuilder().append(ProcessNode).count() == before


def test_submitted_campaign_is_run_by_the_daemon(started_daemon_client, campaign_builder):
    node = submit_campaign(campaign_builder)
    end = time.monotonic() + 120
    while not node.is_terminated and time.monotonic() < end:
        time.sleep(0.5)
    assert node.is_finished
