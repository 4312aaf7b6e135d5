"""What is written is evaluated without this package, by Python and by C, and gives what the model gives."""

from __future__ import annotations

import ctypes
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from aiida_matal.science.errors import InputError
from aiida_matal.science.landscape.export.export import FILES, export_free_energy
from tests.landscape_models import random_points, write_random_idnn

MODELS = [("fcc", "tanh", None), ("fcc", "softplus", 500.0), ("zigzag", "swish", 300.0), ("zigzag", "tanh", None)]

EVALUATE = """
import sys
import numpy as np
import free_energy
assert not any(name.startswith("aiida") for name in sys.modules)
eta = np.load("eta.npy")
np.savez("out.npz", g=free_energy.g(eta), mu=free_energy.mu(eta), hessian=free_energy.hessian(eta),
         one=free_energy.hessian(eta[0]), inside=free_energy.is_inside(2 * eta - eta[0]))
"""


@pytest.fixture(params=MODELS, ids=lambda values: "-".join(map(str, values)))
def exported(request, tmp_path):
    """Return a model, its system, the folder that it is written to, and points."""
    name, activation, temperature = request.param
    system = request.getfixturevalue(name)
    options = {"activation": activation, "temperature": temperature}
    model, card = write_random_idnn(tmp_path / "model", system, **options)
    folder = tmp_path / "exported"
    folder.mkdir()
    paths = export_free_energy(model, card, system, folder)
    assert [path.name for path in paths] == list(FILES)
    edges = system.order_parameters.variants[:2]
    return model, system, folder, np.concatenate([random_points(system, 40), edges, np.zeros((1, system.d))])


def scale(values):
    return np.abs(values).max()


def assert_same(found, expected):
    """Compare to 1e-10 of the largest of all values, which diverge towards ordered states."""
    np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12 * scale(expected))


def test_python_module_gives_what_the_model_gives(exported):
    model, system, folder, eta = exported
    np.save(folder / "eta.npy", eta)
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    subprocess.run([sys.executable, "-c", EVALUATE], cwd=folder, env=environment, check=True)
    with np.load(folder / "out.npz") as found:
        assert_same(found["g"], model.g(eta))
        assert_same(found["mu"], model.mu(eta))
        assert_same(found["hessian"], model.hessian(eta))
        np.testing.assert_allclose(found["one"], found["hessian"][0], rtol=1e-12)
        np.testing.assert_array_equal(found["inside"], system.polytope.contains(2 * eta - eta[0]))


def test_c_source_gives_what_the_model_gives(exported):
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not installed")
    model, _, folder, eta = exported
    flags = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Werror", "-pedantic", "-shared", "-fPIC"]
    subprocess.run(["gcc", *flags, "free_energy.c", "-o", "free_energy.so", "-lm"], cwd=folder, check=True)
    library = ctypes.CDLL(str(folder / "free_energy.so"))
    pointer = ctypes.POINTER(ctypes.c_double)
    library.free_energy_g.restype = ctypes.c_double
    d = model.d
    g, mu, hessian = np.empty(len(eta)), np.empty((len(eta), d)), np.empty((len(eta), d, d))
    for row, point in enumerate(np.ascontiguousarray(eta)):
        at = point.ctypes.data_as(pointer)
        g[row] = library.free_energy_g(at)
        library.free_energy_mu(at, mu[row].ctypes.data_as(pointer))
        library.free_energy_hessian(at, hessian[row].ctypes.data_as(pointer))
    assert_same(g, model.g(eta))
    assert_same(mu, model.mu(eta))
    assert_same(hessian, model.hessian(eta))


def test_readme_tells_order_domain_and_origin(exported):
    _, system, folder, _ = exported
    text = (folder / "README.md").read_text()
    assert f"eta has d = {system.d} components" in text.replace("`eta`", "eta")
    assert f"eta[{system.d - 1}]: order parameter {system.d - 1}" in text
    assert f"{len(system.polytope.normals)} inequalities" in text
    assert "networks.npz: " in text
    assert "eta_0: 0 to 1" in text


def test_other_models_and_systems_are_refused(tmp_path, fcc, zigzag):
    model, card = write_random_idnn(tmp_path / "model", fcc)
    with pytest.raises(InputError, match="it has 4 coordinates, the system 7"):
        export_free_energy(model, card, zigzag, tmp_path)
    with pytest.raises(InputError, match="only networks can be exported"):
        export_free_energy(object(), card, fcc, tmp_path)
