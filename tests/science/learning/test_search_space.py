from __future__ import annotations

from aiida_matal.science.learning.search_space import setting, with_settings


def test_a_dot_leads_into_a_mapping_and_nothing_given_is_changed():
    given = {"a": 1, "members": {"x": {"b": 2, "c": 3}}}
    changed = with_settings(given, {"a": 5, "members.x.b": 7, "members.y.d": 8})
    assert changed == {"a": 5, "members": {"x": {"b": 7, "c": 3}, "y": {"d": 8}}}
    assert given == {"a": 1, "members": {"x": {"b": 2, "c": 3}}}
    assert (setting(changed, "a"), setting(changed, "members.x.c")) == (5, 3)
