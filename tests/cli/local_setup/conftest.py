"""An empty profile, and files of potentials that hold nothing but what identifies them."""

from __future__ import annotations

import pytest
from aiida.manage.configuration import get_config

POTCAR = """  PAW_PBE {symbol} 01Jan2000
 {valence}
 parameters from PSCTR are:
   VRHFIN ={element}: made for a test
   LEXCH  = PE
   TITEL  = PAW_PBE {symbol} 01Jan2000
   POMASS =   50.000; ZVAL   =    {valence}    mass and valenz
   ENMAX  =  300.000; ENMIN  =  200.000 eV
 END of PSCTR-controll parameters
 End of Dataset
"""


@pytest.fixture(autouse=True)
def empty_profile(aiida_profile_clean):
    """An empty profile whose caching options are put back afterwards."""
    yield
    get_config().unset_option("caching.enabled_for", scope=aiida_profile_clean.name)


@pytest.fixture
def executable(tmp_path):
    """Return a function that makes an executable."""

    def make(name):
        path = tmp_path / name
        path.write_text("#!/bin/sh\n")
        path.chmod(0o755)
        return path

    return make


@pytest.fixture
def upf(tmp_path):
    """Return a function that makes a UPF file, in the folder ``upfs``, with only the header."""

    def make(element, name=None, valence="3.00"):
        path = tmp_path / "upfs" / (name or f"{element}.UPF")
        path.parent.mkdir(exist_ok=True)
        header = f'<PP_HEADER element="{element}" z_valence="{valence}"/>'
        path.write_text(f'<UPF version="2.0.1">\n{header}\n</UPF>\n')
        return path

    return make


@pytest.fixture
def potcar(tmp_path):
    """Return a function that makes a POTCAR file, in a folder of ``potcars``, with only the header."""

    def make(symbol, folder=None, valence="4.000"):
        path = tmp_path / "potcars" / (folder or symbol) / "POTCAR"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(POTCAR.format(symbol=symbol, element=symbol.split("_")[0], valence=valence))
        return path

    return make
