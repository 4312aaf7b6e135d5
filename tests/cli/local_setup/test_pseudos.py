from __future__ import annotations

from pathlib import Path

import pytest
from aiida.orm import Group, QueryBuilder, load_group
from aiida_pseudo.data.pseudo import UpfData
from aiida_pseudo.groups.family import PseudoPotentialFamily

from aiida_matal.cli.local_setup.pseudos import read_pseudos, setup_pseudos
from aiida_matal.science.errors import InputError

ESPRESSO = Path("/usr/share/espresso/pseudo")


def install(*paths, label=None):
    return setup_pseudos(read_pseudos(paths, label))


def stored():
    return QueryBuilder().append(PseudoPotentialFamily).count(), QueryBuilder().append(UpfData).count()


def test_folder_becomes_a_family_once(upf):
    folder = upf("Cu").parent
    upf("Al", name="al.upf")
    (folder / "README").write_text("no potential")
    assert (install(folder).outcome, install(folder).outcome) == ("made", "found")
    assert stored() == (1, 2)
    assert sorted(load_group("upfs").elements) == ["Al", "Cu"]


def test_files_become_a_family(upf):
    step = install(upf("Cu"), upf("Al"), label="mine")
    assert (step.name, step.detail) == ("pseudopotentials mine", "Al Cu")


def test_equal_file_of_two_families_is_stored_once(upf):
    install(upf("Cu"), label="first")
    install(upf("Cu"), upf("Al"), label="second")
    assert stored() == (2, 2)


def test_family_with_other_content_is_refused(upf):
    install(upf("Cu"), upf("Al"), label="mine")
    with pytest.raises(InputError, match=r"it differs in Al, Ni\).*--family"):
        install(upf("Cu"), upf("Al", valence="11.0"), upf("Ni"), label="mine")
    assert stored() == (1, 2)


def test_label_of_another_group_is_refused(upf):
    Group("mine").store()
    with pytest.raises(InputError, match="a Group has this label"):
        install(upf("Cu"), label="mine")


def test_two_files_for_an_element_are_refused(upf):
    upf("Cu", name="Cu.a.UPF")
    with pytest.raises(InputError, match=r"Cu\.a\.UPF and Cu\.b\.UPF are both of Cu"):
        install(upf("Cu", name="Cu.b.UPF").parent)
    assert stored() == (0, 0)


def test_folder_without_upf_files_is_refused(tmp_path):
    with pytest.raises(InputError, match="the folder has no UPF file"):
        install(tmp_path)


@pytest.mark.parametrize("content", [b"element = 'Cu' z_valence = '11'", b"\xff\xfe<UPF version>"])
def test_what_is_no_upf_file_is_refused(upf, content):
    path = upf("Cu")
    path.write_bytes(content)
    with pytest.raises(InputError, match="it is not a UPF file"):
        install(path, label="mine")


@pytest.mark.parametrize(("element", "valence"), [("Xx", "3.0"), ("Cu", "3.5"), ("Cu", "")])
def test_file_without_a_known_element_or_valence_is_refused_without_its_content(upf, element, valence):
    with pytest.raises(InputError, match="cannot be read") as refused:
        install(upf(element, valence=valence), label="mine")
    assert "PP_HEADER" not in str(refused.value)


def test_files_without_a_label_are_refused(upf):
    with pytest.raises(InputError, match="need a label"):
        install(upf("Cu"))


@pytest.mark.skipif(not ESPRESSO.is_dir(), reason="quantum-espresso-data is not installed")
def test_real_files_are_read_with_their_valence():
    names = ["Al.pz-vbc.UPF", "Cu.pbe-kjpaw.UPF", "Rh.pbe-rrkjus_lb.UPF"]
    family = read_pseudos([ESPRESSO / name for name in names], "real")
    assert {element: pseudo.z_valence for element, pseudo in family.pseudos.items()} == {"Al": 3, "Cu": 11, "Rh": 9}
