"""Settings of a molecular dynamics run, the same for every engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import Field, ValidationInfo, field_validator

from aiida_matal.science.errors import InputError
from aiida_matal.science.settings import Settings

#: A temperature this many times the highest one asked for means that the integration has failed.
MAX_TEMPERATURE_RATIO = 5.0


def whole_frames(n_steps: int, sample_every: int) -> int:
    """Return a number of steps rounded up to a multiple of the steps from one frame to the next."""
    return -(-n_steps // sample_every) * sample_every


class Thermostat(Settings):
    """What holds the temperature: Nose-Hoover, Langevin or stochastic velocity rescaling (Bussi 2007)."""

    kind: Literal["any", "nose", "langevin", "svr"] = Field(
        "any", description="the thermostat: nose, langevin, svr, or any (the one that the engine prefers)"
    )
    relaxation: float = Field(100.0, gt=0, description="the relaxation time of the thermostat in fs")

    def choose(self, available: Sequence[str]) -> str:
        """Return the kind to use with an engine.

        :param available: the kinds that the engine has, the preferred one first.
        :raises InputError: if the engine does not have the wanted one.
        """
        if self.kind == "any":
            return available[0]
        if self.kind not in available:
            cure = f"Choose one of {', '.join(available)}, or any."
            raise InputError("thermostat.kind", self.kind, "this engine does not have it", cure)
        return self.kind


class HotStart(Settings):
    """A run before the first frame, at another temperature, of which nothing is recorded."""

    temperature: float = Field(gt=0, description="the temperature of the hot start in K")
    n_steps: int = Field(gt=0, description="the number of steps of the hot start")


class MdSettings(Settings):
    """A run at constant volume and temperature."""

    ensemble: Literal["nvt"] = Field("nvt", description="the ensemble: nvt")
    temperature: float = Field(gt=0, description="the temperature in K")
    timestep: float = Field(3.0, gt=0, description="the time step in fs")
    sample_every: int = Field(10, gt=0, description="the number of steps from one recorded frame to the next")
    n_steps: int = Field(gt=0, description="the number of recorded steps, a multiple of sample_every")
    thermostat: Thermostat = Field(Thermostat(), description="the thermostat: its kind and relaxation time in fs")
    seed: int = Field(ge=1, le=2**31 - 1, description="the seed of velocities and thermostat, from 1 to 2**31 - 1")
    hot_start: HotStart | None = Field(
        None, description="the temperature in K and n_steps before the first frame, or null"
    )
    segment_steps: int | None = Field(
        None, gt=0, description="the largest number of steps of one job, a multiple of sample_every, or null"
    )

    @field_validator("n_steps", "segment_steps")
    @classmethod
    def _whole_frames(cls, value: int | None, info: ValidationInfo) -> int | None:
        sample_every = info.data.get("sample_every")
        if value is not None and sample_every is not None and value % sample_every:
            raise ValueError(f"it is not a multiple of sample_every ({sample_every})")
        return value
