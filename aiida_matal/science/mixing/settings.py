"""Settings of the mixing-enthalpy oracle."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from aiida_matal.science.mixing.liquid import LiquidCheck
from aiida_matal.science.mixing.volume import VolumeSearch
from aiida_matal.science.settings import Settings
from aiida_matal.science.trajectory.md_settings import HotStart, MdSettings, Thermostat, whole_frames
from aiida_matal.science.trajectory.statistics import MIN_LENGTH

PressureKind = Literal["total", "virial"]


class LiquidSettings(Settings):
    """How one liquid is simulated: start, volume search, production, liquid check."""

    n_atoms: int = Field(108, ge=16, le=100_000, description="the number of atoms of the cell (16 or more)")
    timestep: float = Field(3.0, gt=0, le=10, description="the time step in fs (above 0)")
    sample_every: int = Field(1, ge=1, description="a frame is taken each this many steps (1 or more)")
    thermostat: Thermostat = Field(Thermostat(), description="the thermostat: kind and relaxation time in fs")
    hot_start_factor: float = Field(
        1.5, ge=1, le=3, description="the temperature of the hot start over the temperature of the run (1 to 3)"
    )
    hot_start_steps: int = Field(1000, ge=0, description="the number of steps of the hot start (0 for none)")
    volume_search: VolumeSearch = Field(VolumeSearch(), description="the volume search")
    volume_steps: int = Field(1000, ge=100, description="the number of steps of the first run of the volume search")
    pressure_kind: PressureKind = Field(
        "total", description="the pressure that is brought to zero: total (virial and kinetic) or virial"
    )
    production_steps: int = Field(3334, ge=100, description="the least number of production steps (100 or more)")
    max_production_steps: int = Field(
        33_340, ge=100, description="the largest number of recorded steps, those of the volume search included"
    )
    energy_error: float = Field(
        0.3, gt=0, description="the standard error of the mean energy to reach, in kJ/mol (above 0)"
    )
    liquid_check: LiquidCheck = Field(LiquidCheck(), description="the liquid check")
    segment_steps: int | None = Field(None, ge=1, description="the number of steps of one job (all if absent)")

    @model_validator(mode="after")
    def _steps_fit(self) -> Self:
        if self.max_production_steps < self.production_steps:
            raise ValueError("max_production_steps is below production_steps; raise it")
        frames = min(self.volume_steps, self.production_steps) // self.sample_every
        if frames < MIN_LENGTH:
            raise ValueError(f"a run would have {frames} frames, fewer than {MIN_LENGTH}; lower sample_every")
        if self.segment_steps is not None and self.segment_steps % self.sample_every:
            raise ValueError("segment_steps is not a multiple of sample_every; change one of them")
        return self

    def md(self, temperature: float, n_steps: int, seed: int, hot: bool) -> MdSettings:
        """Return the settings of one run of the engine; the number of steps is rounded up to whole frames."""
        start = None
        if hot and self.hot_start_steps:
            start = HotStart(temperature=temperature * self.hot_start_factor, n_steps=self.hot_start_steps)
        return MdSettings(
            temperature=temperature,
            timestep=self.timestep,
            n_steps=whole_frames(n_steps, self.sample_every),
            sample_every=self.sample_every,
            thermostat=self.thermostat,
            seed=seed,
            hot_start=start,
            segment_steps=self.segment_steps,
        )


class MixingSettings(Settings):
    """How the enthalpy of mixing of a candidate is found."""

    seed: int = Field(0, ge=0, description="the seed of start structures and velocities (0 or more)")
    max_concurrent: int | None = Field(None, ge=1, description="how many candidates run at once (all if absent)")
    liquid: LiquidSettings = Field(LiquidSettings(), description="how one liquid is simulated")
