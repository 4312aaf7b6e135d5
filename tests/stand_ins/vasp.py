#!/usr/bin/env python
"""A stand-in for VASP in tests: molecular dynamics with the EMT potential of ASE, in the files and formats of VASP.

POTCAR holds headers made up by the tests. Output grows step by step. Environment variables make it go wrong:

STAND_IN_KILL_AFTER=n     it kills itself in the step after n whole ones, as a batch system does
STAND_IN_STALE_CONTCAR=n  CONTCAR is not written after step n
STAND_IN_UNCONVERGED=n    step n takes all NELM iterations
STAND_IN_FEW_BANDS=1      the highest band is occupied
STAND_IN_ERROR=text       it prints an error box and stops before the first step
"""

from __future__ import annotations

import os
import re
import signal
import sys
from pathlib import Path
from time import perf_counter

import numpy as np
from ase import units
from ase.calculators.emt import EMT
from ase.io import read
from ase.md.langevin import Langevin
from ase.md.nose_hoover_chain import NoseHooverChainNVT

N_ITERATIONS = 4
#: Electronic entropy per atom and squared smearing width, 1/eV: the free energy is below the energy by a constant.
ENTROPY = 0.1


def main() -> None:
    incar = read_incar()
    atoms, species = read_poscar()
    n_electrons = apply_potcar(atoms, species)
    if "Gamma" not in Path("KPOINTS").read_text():
        sys.exit("ERROR: KPOINTS of the stand-in are a Gamma-centred mesh")
    print(" running on    1 total cores\n vasp.stand-in (EMT of ASE)", flush=True)
    if "STAND_IN_ERROR" in os.environ:
        print(error_box(os.environ["STAND_IN_ERROR"]))
        sys.exit(1)
    if "STAND_IN_FEW_BANDS" in os.environ or 2 * int(incar["NBANDS"]) <= n_electrons:
        print("|     you have included TOO FEW BANDS!! Please increase the parameter NBANDS |")
    atoms.calc = EMT()
    dynamics = make_dynamics(atoms, incar, len(species))
    run(atoms, dynamics, incar)


def read_incar() -> dict[str, str]:
    pairs = [line.split("=", 1) for line in Path("INCAR").read_text().splitlines() if "=" in line]
    return {name.strip().upper(): value.strip() for name, value in pairs}


def read_poscar():
    """Return the atoms, with velocities if there are any, and the number of each species in their order."""
    lines = Path("POSCAR").read_text().splitlines()
    return read("POSCAR", format="vasp"), list(zip(lines[5].split(), map(int, lines[6].split()), strict=True))


def apply_potcar(atoms, species) -> float:
    """Take the elements from POTCAR and complain if POSCAR has others; return the number of valence electrons."""
    text = Path("POTCAR").read_text()
    elements = re.findall(r"VRHFIN =\s*(\w+)", text)
    valences = [float(value) for value in re.findall(r"ZVAL\s*=\s*([\d.]+)", text)]
    if len(elements) != len(species):
        print(" ERROR: number of potentials on File POTCAR incompatible with number of species")
        sys.exit(1)
    for element, (name, _) in zip(elements, species, strict=True):
        if element != name:
            print(" WARNING: type information on POSCAR and POTCAR are incompatible")
            print(f" POTCAR overwrites the type information in POSCAR\n type information: {name:3}{element:3}")
    counts = [count for _, count in species]
    atoms.set_chemical_symbols(np.repeat(elements, counts).tolist())
    return float(np.dot(valences, counts))


def make_dynamics(atoms, incar, n_species):
    """Return the integrator; the velocities of POSCAR are those half a step before, as in VASP."""
    if incar["IBRION"] != "0" or incar["TEBEG"] != incar["TEEND"] or incar["ISIF"] != "2":
        sys.exit("ERROR: the stand-in runs molecular dynamics at constant volume and temperature")
    timestep, temperature = float(incar["POTIM"]) * units.fs, float(incar["TEBEG"])
    rng = np.random.default_rng(int(incar["RANDOM_SEED"].split()[0]))
    if atoms.has("momenta"):
        atoms.set_momenta(atoms.get_momenta() + 0.5 * timestep * atoms.get_forces())
    else:
        momenta = rng.normal(size=(len(atoms), 3)) * np.sqrt(atoms.get_masses())[:, np.newaxis]
        atoms.set_momenta(momenta - momenta.mean(axis=0))
        wanted = 1.5 * (len(atoms) - 1) * units.kB * temperature
        atoms.set_momenta(atoms.get_momenta() * np.sqrt(wanted / atoms.get_kinetic_energy()))
    if incar["MDALGO"] == "2":
        period = 40 * timestep
        return NoseHooverChainNVT(atoms, timestep, temperature_K=temperature, tdamp=period / (np.sqrt(2) * np.pi))
    friction = np.unique([float(value) for value in incar["LANGEVIN_GAMMA"].split()])
    if incar["MDALGO"] != "3" or len(incar["LANGEVIN_GAMMA"].split()) != n_species:
        sys.exit("ERROR: the stand-in has Nose-Hoover (2) and Langevin (3, one friction a species) thermostats")
    return Langevin(atoms, timestep, temperature_K=temperature, friction=friction[0] / (1000 * units.fs), rng=rng)


def run(atoms, dynamics, incar) -> None:
    n_steps, nelm = int(incar["NSW"]), int(incar["NELM"])
    write("vasprun.xml", xml_head(atoms, nelm, n_steps))
    write("XDATCAR", "stand-in")
    for step in range(1, n_steps + 1):
        start = perf_counter()
        converges = step != int(os.environ.get("STAND_IN_UNCONVERGED", 0))
        iterations = write_iterations(atoms, incar, step, N_ITERATIONS if converges else nelm)
        if step == int(os.environ.get("STAND_IN_KILL_AFTER", -1)) + 1:
            write("vasprun.xml", f" <calculation>\n{iterations[: len(iterations) // 2]}")
            os.kill(os.getpid(), signal.SIGKILL)
        write_step(atoms, incar, step)
        before, text = atoms.get_positions(), xml_step(atoms, incar, iterations)
        dynamics.run(1)
        velocities = (atoms.get_positions() - before) / float(incar["POTIM"])
        if step <= int(os.environ.get("STAND_IN_STALE_CONTCAR", n_steps)):
            Path("CONTCAR").write_text(contcar(atoms, velocities))
        seconds = perf_counter() - start
        write("vasprun.xml", f'{text}\n  <time name="totalsc"> {seconds:.4f} {seconds:.4f}</time>')
        write("vasprun.xml", " </calculation>")
        write("OUTCAR", f"     LOOP+:  cpu time {seconds:8.4f}: real time {seconds:8.4f}")
    write("vasprun.xml", f"{xml_structure(atoms, 'finalpos')}\n</modeling>")
    write("OUTCAR", " General timing and accounting informations for this job:")


def write(name: str, text: str) -> None:
    """Add a text to a file at once, so that a kill leaves whole steps."""
    with Path(name).open("a") as file:
        file.write(f"{text}\n")


def progress(line: str) -> None:
    write("OSZICAR", line)
    print(line, flush=True)


def energies(atoms, incar) -> dict[str, float]:
    energy = atoms.get_potential_energy()
    free = energy - ENTROPY * len(atoms) * float(incar["SIGMA"]) ** 2
    return {"e_fr_energy": free, "e_wo_entrp": energy, "e_0_energy": 0.5 * (energy + free)}


def write_iterations(atoms, incar, step, n_iterations) -> str:
    """Write the electronic iterations of a step; return what vasprun.xml says of them."""
    final, blocks = energies(atoms, incar), []
    for iteration in range(1, n_iterations + 1):
        away = 0.1 ** (2 * iteration) if iteration < n_iterations else 0.0
        now = {name: value + away for name, value in final.items()}
        write("OUTCAR", f"----- Iteration {step:7d}({iteration:4d}) -----")
        progress(f"DAV: {iteration:3d} {now['e_fr_energy']:20.12E} {away:14.5E}")
        blocks.append(f"  <scstep>\n   <energy>\n{xml_numbers(now, '    ')}\n   </energy>\n  </scstep>")
    return "\n".join(blocks)


def write_step(atoms, incar, step) -> None:
    values, kinetic = energies(atoms, incar), atoms.get_kinetic_energy()
    temperature = 2 * kinetic / ((3 * len(atoms) - 3) * units.kB)
    free = values["e_fr_energy"]
    line = f"{step:7d} T= {temperature:6.0f}. E= {free + kinetic:.8E} F= {free:.8E} E0= {values['e_0_energy']:.8E}"
    progress(f"{line}  EK= {kinetic:.5E} SP= 0.00E+00 SK= 0.00E+00")
    write("XDATCAR", f"Direct configuration= {step:5d}\n{rows(wrapped(atoms))}")


def xml_head(atoms, nelm: int, n_steps: int) -> str:
    symbols = atoms.get_chemical_symbols()
    numbers = {name: number for number, name in enumerate(dict.fromkeys(symbols), start=1)}
    atom_rows = "\n".join(f"    <rc><c>{name}</c><c>{numbers[name]}</c></rc>" for name in symbols)
    return f"""<?xml version="1.0" encoding="ISO-8859-1"?>
<modeling>
 <generator>
  <i name="program" type="string">vasp </i>
  <i name="version" type="string">stand-in  </i>
 </generator>
 <kpoints>
  <varray name="kpointlist" >
   <v> 0.0 0.0 0.0 </v>
  </varray>
  <varray name="weights" >
   <v> 1.0 </v>
  </varray>
 </kpoints>
 <parameters>
  <i type="int" name="NELM">{nelm}</i>
  <i type="int" name="NSW">{n_steps}</i>
 </parameters>
 <atominfo>
  <atoms> {len(atoms)} </atoms>
  <array name="atoms" >
   <set>
{atom_rows}
   </set>
  </array>
 </atominfo>
{xml_structure(atoms, "initialpos")}"""


def xml_step(atoms, incar, iterations: str) -> str:
    """Return what vasprun.xml says of a step; the stress is without the kinetic part, kB, positive in compression."""
    last = {**energies(atoms, incar), "kinetic": atoms.get_kinetic_energy()}
    stress = -atoms.get_stress(voigt=False) / (0.1 * units.GPa)
    return f""" <calculation>
{iterations}
{xml_structure(atoms)}
{xml_array("forces", atoms.get_forces())}
{xml_array("stress", stress)}
  <energy>
{xml_numbers(last, "   ")}
  </energy>"""


def xml_structure(atoms, name: str = "") -> str:
    head = f'<structure name="{name}" >' if name else "<structure>"
    basis, positions = xml_array("basis", atoms.cell.array), xml_array("positions", wrapped(atoms))
    return f"  {head}\n   <crystal>\n{basis}\n   </crystal>\n{positions}\n  </structure>"


def xml_array(name: str, values) -> str:
    lines = "\n".join(f"   <v> {row} </v>" for row in rows(values).splitlines())
    return f'  <varray name="{name}" >\n{lines}\n  </varray>'


def xml_numbers(values: dict[str, float], indent: str) -> str:
    return "\n".join(f'{indent}<i name="{name}"> {value:16.8f} </i>' for name, value in values.items())


def contcar(atoms, velocities) -> str:
    symbols = atoms.get_chemical_symbols()
    names = list(dict.fromkeys(symbols))
    counts = " ".join(str(symbols.count(name)) for name in names)
    head = f"stand-in\n 1.0\n{rows(atoms.cell.array, 16)}\n {' '.join(names)}\n {counts}\nDirect"
    return f"{head}\n{rows(wrapped(atoms), 16)}\n\n{rows(velocities, 16)}\n"


def wrapped(atoms):
    return atoms.get_scaled_positions(wrap=False) % 1.0


def rows(values, digits: int = 8) -> str:
    return "\n".join(" ".join(f"{value:{digits + 8}.{digits}f}" for value in row) for row in np.asarray(values))


def error_box(text: str) -> str:
    top = "|     EEEEEEE  R     R  R     R  OOOOOOO  R     R     ###     ###     ###     |"
    end = "|       ---->  I REFUSE TO CONTINUE WITH THIS SICK JOB ... BYE!!! <----       |"
    return f"{top}\n|     {text:<70} |\n{end}"


if __name__ == "__main__":
    main()
