from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aiida_matal.science.dynamics.states import State, StateFile, read_states

N_ATOMS, SAMPLE_EVERY, N_STATES = 3, 10, 4
ARRAYS = ("positions", "velocities")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Return four states and the content of the file that they were written to."""
    random = np.random.default_rng(0)
    states = [
        State(i * SAMPLE_EVERY, *random.normal(size=4).tolist(), *random.normal(size=(2, N_ATOMS, 3)))
        for i in range(N_STATES)
    ]
    path = tmp_path_factory.mktemp("states") / "states.bin"
    with StateFile(path, {"version": "1.0"}) as file:
        for state in states:
            file.write(state)
    return states, path.read_bytes()


def test_states_come_back_bit_for_bit(written):
    states, content = written
    found = read_states(content, N_ATOMS, SAMPLE_EVERY)
    assert found.header == {"version": "1.0"}
    for name in set(State._fields) - {"step"}:
        np.testing.assert_array_equal(getattr(found, name), [getattr(state, name) for state in states])


@given(data=st.data())
def test_truncated_file_keeps_every_state_that_was_written_whole(written, data):
    states, content = written
    size = data.draw(st.integers(0, len(content)))
    found = read_states(content[:size], N_ATOMS, SAMPLE_EVERY)
    header = content.index(b"\n") + 1
    if size < header:
        assert found is None
        return
    n_whole = (size - header) // ((len(content) - header) // N_STATES)
    assert len(found) == n_whole
    for name in ARRAYS:
        expected = np.array([getattr(state, name) for state in states[:n_whole]]).reshape(-1, N_ATOMS, 3)
        np.testing.assert_array_equal(getattr(found, name), expected)


def test_zeros_that_a_crashed_machine_left_at_the_end_are_no_states(written):
    states, content = written
    found = read_states(content + bytes(1000), N_ATOMS, SAMPLE_EVERY)
    assert len(found) == len(states)


def test_every_state_is_in_the_file_as_soon_as_it_is_written(written, tmp_path):
    states, _ = written
    with StateFile(tmp_path / "states.bin", {}) as file:
        for number, state in enumerate(states, start=1):
            file.write(state)
            content = (tmp_path / "states.bin").read_bytes()
            assert len(read_states(content, N_ATOMS, SAMPLE_EVERY)) == number
