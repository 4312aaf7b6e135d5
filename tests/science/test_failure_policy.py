from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.science.failure_policy import FailurePolicy, failed_share, final_statuses, next_batch
from aiida_matal.science.labels import STATUSES, Label, label_table
from aiida_matal.science.table import Column, Table

IDS = ["a", "b", "c", "d", "e", "f"]
POOL = Table({"id": IDS, "u": np.arange(6.0)}, {"id": Column("candidate"), "u": Column("feature", "1")})
# e is the best candidate, then d, c, b, a, f.
DECISION = Table(
    {"id": ["a", "b", "c", "d", "e", "f"], "rank": [4, 3, 2, 1, 0, 5], "open": [True] * 6},
    {"id": Column("candidate"), "rank": Column("rank", "1"), "open": Column("open to the choice")},
)


def batch(**statuses):
    return label_table(
        [Label(name, status, 1.0 if status == "ok" else np.nan) for name, status in statuses.items()], "energy", "eV"
    )


def ids(table):
    return table["id"].tolist()


def test_skip_never_labels_more():
    assert next_batch(FailurePolicy(on_failure="skip"), POOL, DECISION, [batch(e="failed", d="rejected")]) is None


def test_retry_repeats_what_failed_but_not_what_was_rejected():
    policy = FailurePolicy(on_failure="retry", tries=2)
    first = next_batch(policy, POOL, DECISION, [batch(e="failed", d="ok", c="rejected", b="failed")])
    assert ids(first) == ["e", "b"]
    assert first["u"].tolist() == [4.0, 1.0]
    assert first["attempt"].tolist() == [1, 1]
    batches = [batch(e="failed", d="ok", b="failed"), batch(e="ok", b="failed")]
    second = next_batch(policy, POOL, DECISION, batches)
    assert ids(second) == ["b"]
    assert second["attempt"].tolist() == [2]
    assert next_batch(policy, POOL, DECISION, [*batches, batch(b="failed")]) is None


def test_replace_takes_the_next_in_rank_for_each_that_failed_or_was_rejected():
    policy = FailurePolicy(on_failure="replace", tries=2)
    first = next_batch(policy, POOL, DECISION, [batch(e="failed", d="rejected", c="ok")])
    assert ids(first) == ["b", "a"]
    assert first["attempt"].tolist() == [0, 0]
    second = next_batch(policy, POOL, DECISION, [batch(e="failed", d="rejected", c="ok"), batch(b="ok", a="failed")])
    assert ids(second) == ["f"]


def test_replace_leaves_out_what_its_group_closes():
    decision = DECISION.with_columns({"open": [True, True, False, True, True, False]}, {})
    first = next_batch(FailurePolicy(on_failure="replace"), POOL, decision, [batch(e="failed", d="failed")])
    assert ids(first) == ["b", "a"]
    assert next_batch(FailurePolicy(on_failure="replace"), POOL, decision, [batch(e="failed", d="ok")]) is not None
    decision = DECISION.with_columns({"open": [False] * 3 + [True] * 2 + [False]}, {})
    assert next_batch(FailurePolicy(on_failure="replace"), POOL, decision, [batch(e="failed", d="ok")]) is None


def test_replace_ends_with_the_pool():
    everything = batch(**dict.fromkeys(IDS, "failed"))
    assert next_batch(FailurePolicy(on_failure="replace"), POOL, DECISION, [everything]) is None


@pytest.mark.parametrize("on_failure", ["retry", "replace"])
def test_nothing_more_is_labelled_where_nothing_failed(on_failure):
    assert next_batch(FailurePolicy(on_failure=on_failure), POOL, DECISION, [batch(e="ok", d="ok")]) is None


@given(
    st.sampled_from(["skip", "retry", "replace"]),
    st.integers(1, 3),
    st.lists(st.sampled_from(STATUSES), min_size=1, max_size=6),
)
def test_a_round_ends_after_the_allowed_tries(on_failure, tries, statuses):
    policy = FailurePolicy(on_failure=on_failure, tries=tries)
    batches = [batch(**dict(zip(IDS, statuses, strict=False)))]
    while (candidates := next_batch(policy, POOL, DECISION, batches)) is not None:
        assert 0 < len(candidates) <= len(batches[-1])
        if on_failure == "replace":
            assert not set(ids(candidates)) & {identifier for labels in batches for identifier in ids(labels)}
        batches.append(batch(**dict.fromkeys(ids(candidates), "failed")))
    assert len(batches) <= 1 + tries


def test_failed_share_counts_the_last_label_of_each_candidate():
    batches = [batch(a="failed", b="failed", c="rejected", d="ok"), batch(a="ok", b="failed")]
    assert final_statuses(batches) == ["ok", "failed", "rejected", "ok"]
    assert failed_share(batches) == 0.25
    assert failed_share([batch()]) == 0.0


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"on_failure": "ignore"}, "failure_policy.on_failure: 'ignore'"),
        ({"on_failure": "retry", "tries": 0}, "failure_policy.tries: 0"),
        ({"max_failed_share": 1.5}, "failure_policy.max_failed_share: 1.5"),
        ({"max_share": 0.5}, "failure_policy.max_share: 0.5"),
    ],
)
def test_wrong_policies_are_refused(settings, field):
    with pytest.raises(InputError, match=field):
        FailurePolicy.parse(settings, "failure_policy")
