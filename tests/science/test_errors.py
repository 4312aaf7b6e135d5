from __future__ import annotations

from aiida_matal.science.errors import InputError


def test_the_message_names_field_value_reason_and_cure():
    error = InputError("md.timestep", -1.0, "it is not positive", "Give a timestep in fs.")
    assert str(error) == "md.timestep: -1.0 is refused: it is not positive. Give a timestep in fs."


def test_the_message_has_one_full_stop_and_no_trailing_space_without_a_cure():
    assert str(InputError("x", 1, "it is odd.")) == "x: 1 is refused: it is odd."


def test_a_long_value_is_shortened_in_the_message_but_kept_in_the_error():
    error = InputError("ids", list(range(1000)), "there are too many")
    assert len(str(error)) < 200
    assert error.value == list(range(1000))
    assert isinstance(error, ValueError)
