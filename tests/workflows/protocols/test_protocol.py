from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.errors import InputError
from aiida_matal.workflows.protocols.protocol import Protocols, merge

NESTED = st.recursive(
    st.dictionaries(st.sampled_from("abc"), st.integers(0, 3), max_size=3),
    lambda inner: st.dictionaries(st.sampled_from("abc"), inner | st.integers(0, 3), max_size=3),
    max_leaves=6,
)


@pytest.fixture
def protocols():
    return Protocols("enthalpy")


def test_protocol_changes_the_defaults_and_overrides_change_the_protocol(protocols):
    assert protocols.inputs("balanced", None)["oracle"]["liquid"]["production_steps"] == 10_000
    assert protocols.inputs("quick", None)["oracle"]["liquid"]["production_steps"] == 5_000
    changed = protocols.inputs("quick", {"oracle": {"liquid": {"production_steps": 7}}})
    assert changed["oracle"]["liquid"]["production_steps"] == 7
    assert changed["oracle"]["liquid"]["volume_steps"] == 1500


def test_default_protocol_is_balanced_and_all_are_described(protocols):
    assert protocols.inputs(None, None) == protocols.inputs("balanced", {})
    assert sorted(protocols.descriptions()) == ["balanced", "bizot2025", "quick"]
    assert all(protocols.descriptions().values())


def test_null_removes_a_stopping_rule(protocols):
    overrides = {"stopping": {"max_rounds": None, "max_labels": {"labels": 5}}}
    assert protocols.inputs("quick", overrides)["stopping"] == {"max_labels": {"labels": 5}}


@pytest.mark.parametrize(
    ("protocol", "overrides", "message"),
    [
        ("fast", {}, "protocol: 'fast' is refused: it is unknown. Protocols: balanced, quick"),
        (None, {"oracel": {}}, "overrides.oracel: {} is refused: the key is unknown. Known keys: seed"),
        (None, {"oracle": 3}, "overrides.oracle: 3 is refused: it is not a mapping"),
        (None, {"stopping": None}, "overrides.stopping: None is refused: it is not a mapping"),
    ],
)
def test_unknown_protocols_and_overrides_are_refused(protocols, protocol, overrides, message):
    with pytest.raises(InputError, match=message):
        protocols.inputs(protocol, overrides)


@given(NESTED, NESTED)
def test_merging_changes_neither_side_and_twice_is_once(base, changes):
    before = repr((base, changes))
    merged = merge(base, changes)
    assert repr((base, changes)) == before
    assert merge(merged, changes) == merged
    assert merge(base, {}) == base
    assert set(merged) == {*base, *changes}


def test_settings_of_another_class_are_not_merged():
    base = {"name": "idnn", "n": 1, "settings": {"layers": 3}, "search": {"every": 2, "settings": {"n_trials": 4}}}
    changed = merge(base, {"name": "landau", "settings": {"powers": 2}})
    assert changed == {"name": "landau", "n": 1, "settings": {"powers": 2}, "search": {"every": 2}}
    assert merge(base, {"name": "idnn", "settings": {"neurons": 9}})["settings"] == {"layers": 3, "neurons": 9}
