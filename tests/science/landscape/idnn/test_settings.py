from __future__ import annotations

import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.idnn.settings import IdnnSearchSettings, IdnnSettings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("activation", "relu"),
        ("dropout", 1.0),
        ("layers", 0),
        ("optimiser", "sgd"),
        ("validation_share", 0.0),
        ("ideal_mixing", 0.0),
        ("momentum", 0.9),
    ],
)
def test_refused_settings(name, value):
    with pytest.raises(InputError, match=f"learner settings.{name}"):
        IdnnSettings.parse({name: value}, "learner settings")


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"layers": [4, 2]}, "layers: the smallest value comes first"),
        ({"learning_rate": [0.0, 0.1]}, "search settings.learning_rate"),
        ({"activations": []}, "search settings.activations"),
        ({"n_members": 1}, "search settings.n_members"),
        ({"neuron": [1, 2]}, "Did you mean 'neurons'"),
    ],
)
def test_refused_settings_of_a_search(values, message):
    with pytest.raises(InputError, match=message):
        IdnnSearchSettings.parse(values, "search settings")


def test_settings_can_be_stored_and_parsed_again():
    for cls in (IdnnSettings, IdnnSearchSettings):
        assert cls.parse(cls().as_dict(), "settings") == cls()
