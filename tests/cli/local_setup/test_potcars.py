from __future__ import annotations

import tarfile

import pytest
from aiida.orm import QueryBuilder
from aiida_vasp.data.potcar import PotcarData, PotcarFileData

from aiida_matal.cli.local_setup.potcars import read_potcars, setup_potcars
from aiida_matal.science.errors import InputError


def install(folder, label=None):
    return setup_potcars(read_potcars(folder, label))


def stored():
    return QueryBuilder().append(PotcarFileData).count()


def test_folder_becomes_a_family_once(potcar):
    folder = potcar("Cu_pv").parents[1]
    potcar("Al")
    made, found = install(folder), install(folder)
    assert (made.outcome, found.outcome, made.detail) == ("made", "found", "Al Cu_pv")
    potcars = PotcarData.get_potcars_dict(["Cu", "Al"], "potcars", {"Cu": "Cu_pv", "Al": "Al"})
    assert (potcars["Cu"].element, potcars["Al"].element, stored()) == ("Cu", "Al", 2)


def test_relative_folder_is_read(potcar, monkeypatch):
    monkeypatch.chdir(potcar("Cu").parents[2])
    monkeypatch.chdir("potcars")
    assert install(type(potcar("Al"))("."), "here").detail == "Al Cu"


def test_family_with_other_content_is_refused(potcar):
    folder = potcar("Cu").parents[1]
    install(folder)
    potcar("Cu", valence="11.000")
    with pytest.raises(InputError, match=r"it differs in Cu\)"):
        install(folder)
    assert stored() == 1


def test_file_that_is_stored_under_another_name_is_refused(potcar, tmp_path):
    install(potcar("Cu").parents[1])
    potcar("Cu").parent.rename(tmp_path / "potcars" / "Cu_new")
    with pytest.raises(InputError, match="the same file under the name Cu"):
        install(tmp_path / "potcars", "second")


def test_second_family_shares_equal_files(potcar):
    folder = potcar("Cu").parents[1]
    install(folder, "first")
    potcar("Al")
    assert install(folder, "second").outcome == "made"
    assert stored() == 2


def test_folder_without_potcars_is_refused(tmp_path):
    with pytest.raises(InputError, match="there is no POTCAR in it"):
        install(tmp_path)


def test_file_that_is_no_potcar_is_refused_without_its_content(potcar):
    path = potcar("Cu")
    path.write_text("secret LEXCH = PE")
    with pytest.raises(InputError, match="'Cu/POTCAR' is refused: it is not a POTCAR file") as refused:
        install(path.parents[1])
    assert "secret" not in str(refused.value)


def test_several_potentials_in_a_file_are_refused(potcar):
    path = potcar("Cu")
    path.write_text(path.read_text() + potcar("Al").read_text())
    with pytest.raises(InputError, match="it has 2 potentials"):
        install(path.parents[1])


def test_potential_of_another_element_than_its_folder_is_refused(potcar):
    with pytest.raises(InputError, match="it is a potential of Ni"):
        install(potcar("Ni", folder="Cu").parents[1])


def test_potcar_in_a_wrong_place_is_refused(potcar):
    path = potcar("Cu")
    with pytest.raises(InputError, match="'POTCAR' is refused: this is no place for it"):
        install(path.parent)


def test_archive_is_refused_and_not_unpacked(potcar):
    path = potcar("Cu")
    with tarfile.open(path.parents[1] / "all.tar", "w") as archive:
        archive.add(path, "Al/POTCAR")
    with pytest.raises(InputError, match=r"'all.tar' is refused.*Unpack it"):
        install(path.parents[1])
    assert not (path.parents[1] / "all").exists()
