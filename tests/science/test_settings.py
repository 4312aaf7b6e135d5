from __future__ import annotations

import json
import math

import pytest
from pydantic import Field, ValidationError

from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings


class Inner(Settings):
    cutoff: float = Field(3.0, gt=0, description="cutoff in Angstrom")


class Outer(Settings):
    steps: int = Field(gt=0, description="number of steps")
    inner: Inner = Field(Inner(), description="inner settings")
    labels: list[str] = Field([], description="names")


def test_valid_values_are_parsed_and_defaults_filled_in():
    settings = Outer.parse({"steps": 5, "inner": {"cutoff": 4}}, where="md")
    assert settings.as_dict() == {"steps": 5, "inner": {"cutoff": 4.0}, "labels": []}


def test_settings_survive_json():
    settings = Outer.parse({"steps": 5, "labels": ["a"]}, where="md")
    assert Outer.parse(json.loads(json.dumps(settings.as_dict())), where="md") == settings


def test_an_unknown_key_is_refused_with_the_key_that_was_meant():
    with pytest.raises(InputError, match=r"md\.stepz: 3 is refused: the key is unknown\. Did you mean 'steps'\?"):
        Outer.parse({"steps": 1, "stepz": 3}, where="md")


def test_a_misspelt_key_is_refused_before_the_missing_one():
    with pytest.raises(InputError, match="Did you mean 'steps'"):
        Outer.parse({"step": 3}, where="md")


def test_an_unknown_key_that_resembles_nothing_is_refused_with_all_keys():
    with pytest.raises(InputError, match=r"Known keys: inner, labels, steps\."):
        Outer.parse({"steps": 1, "qqqq": 3}, where="md")


def test_an_unknown_key_inside_is_refused_with_its_path():
    with pytest.raises(InputError, match=r"md\.inner\.cutof"):
        Outer.parse({"steps": 1, "inner": {"cutof": 3}}, where="md")


def test_a_missing_key_is_refused_with_its_meaning():
    with pytest.raises(InputError, match=r"md\.steps: '\(missing\)' .* Give number of steps\."):
        Outer.parse({}, where="md")


@pytest.mark.parametrize("cutoff", [0, -1.0, math.nan, math.inf, "far", None])
def test_a_value_that_cannot_be_used_is_refused_with_its_path(cutoff):
    with pytest.raises(InputError, match=r"md\.inner\.cutoff"):
        Outer.parse({"steps": 1, "inner": {"cutoff": cutoff}}, where="md")


def test_settings_cannot_be_changed():
    with pytest.raises(ValidationError):
        Outer.parse({"steps": 1}, where="md").steps = 2
