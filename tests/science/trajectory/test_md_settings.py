from __future__ import annotations

import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.trajectory.md_settings import MdSettings

RUN = {"temperature": 2000.0, "n_steps": 100, "seed": 1}


def test_defaults_are_frames_of_ten_steps_of_three_femtoseconds():
    settings = MdSettings.parse(RUN, "md")
    assert (settings.timestep, settings.sample_every, settings.ensemble) == (3.0, 10, "nvt")
    assert settings.hot_start is None
    assert settings.segment_steps is None


def test_settings_survive_storage_as_a_dictionary():
    values = {**RUN, "thermostat": {"kind": "svr", "relaxation": 50.0}, "hot_start": {"temperature": 3e3, "n_steps": 7}}
    settings = MdSettings.parse(values, "md")
    assert MdSettings.parse(settings.as_dict(), "md") == settings


@pytest.mark.parametrize(("field", "value"), [("n_steps", 105), ("segment_steps", 15)])
def test_a_number_of_steps_that_cuts_a_frame_is_refused(field, value):
    with pytest.raises(InputError, match=r"not a multiple of sample_every \(10\)\. Give the") as caught:
        MdSettings.parse({**RUN, field: value}, "md")
    assert (caught.value.field, caught.value.value) == (f"md.{field}", value)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"temperature": 0}, "md.temperature"),
        ({"ensemble": "npt"}, "md.ensemble"),
        ({"seed": 0}, "md.seed"),
        ({"thermostat": {"kind": "berendsen"}}, "md.thermostat.kind"),
        ({"hot_start": {"temperature": 3000.0}}, "md.hot_start.n_steps"),
        ({"sample_each": 5}, "md.sample_each"),
    ],
)
def test_a_wrong_value_is_refused_under_its_name(change, field):
    with pytest.raises(InputError) as caught:
        MdSettings.parse({**RUN, **change}, "md")
    assert caught.value.field == field
