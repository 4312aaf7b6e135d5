from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.seeds import derive_seed

PARTS = st.lists(st.one_of(st.integers(), st.text(alphabet=st.characters(exclude_characters="\x1f"))), max_size=4)


def test_a_seed_stays_the_same_in_every_version_and_on_every_machine():
    assert derive_seed(1, "Ag-Au", 3) == 591132209


@given(st.integers(), PARTS)
def test_a_seed_is_a_positive_32_bit_integer(seed, parts):
    assert 1 <= derive_seed(seed, *parts) <= 2**31 - 1


def test_a_text_that_is_not_unicode_gives_a_seed():
    assert derive_seed(0, "\ud800") != derive_seed(0, "\ud801")


def test_a_seed_depends_on_the_seed_and_on_each_part_and_their_order():
    seeds = [
        derive_seed(1, "a", "b"),
        derive_seed(2, "a", "b"),
        derive_seed(1, "b", "a"),
        derive_seed(1, "ab"),
        derive_seed(1, "a"),
    ]
    assert len(set(seeds)) == len(seeds)
