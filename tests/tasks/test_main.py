from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from aiida_matal import __version__
from aiida_matal.tasks import main as main_module
from aiida_matal.tasks.main import main


def result_of(folder):
    return json.loads((folder / "result.json").read_text())


def run_script(folder, **environment):
    script = Path(sys.executable).with_name("matal-task")
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    return subprocess.run([script, str(folder)], capture_output=True, text=True, check=False, env=kept | environment)


def test_the_script_does_a_task_without_importing_aiida(write_task, train_settings, dataset):
    folder = write_task("train", train_settings, dataset=dataset)
    code = "import sys; from aiida_matal.tasks.main import main; main(sys.argv[1:]); print('aiida' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "False"
    assert result_of(folder)["status"] == "ok"


def test_the_script_returns_0_and_says_what_it_did(write_task, select_settings, pool):
    select_settings["criterion"] = {"name": "random"}
    folder = write_task("select", select_settings, pool=pool)
    done = run_script(folder)
    assert done.returncode == 0
    assert done.stderr == ""
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["matal-task:", "select"], ["matal-task:", "ok"]]
    result = result_of(folder)
    assert result["version"] == __version__
    assert result["wall_seconds"] >= 0
    assert not [path.name for path in folder.iterdir() if "partial" in path.name]


def test_the_script_returns_2_for_input_that_is_refused(write_task, train_settings, dataset):
    folder = write_task("train", train_settings | {"sed": 1}, dataset=dataset)
    assert run_script(folder).returncode == 2
    result = result_of(folder)
    assert result["type"] == "InputError"
    assert "settings.sed" in result["message"]


def test_any_other_error_returns_1_with_its_type_and_a_traceback(write_task, monkeypatch, capsys):
    def fail(folder):
        raise ZeroDivisionError("nothing to divide by")

    monkeypatch.setattr(main_module, "_run", fail)
    folder = write_task("train", {})
    assert main([str(folder)]) == 1
    result = result_of(folder)
    assert (result["status"], result["type"], result["message"]) == (
        "error",
        "ZeroDivisionError",
        "nothing to divide by",
    )
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(("given", "expected"), [({}, "1"), ({"OMP_NUM_THREADS": "2"}, "2")])
def test_one_thread_is_used_unless_the_environment_says_otherwise(write_task, given, expected):
    folder = write_task("nothing", {})
    code = (
        "import os, sys; from aiida_matal.tasks.main import main; early = 'numpy' in sys.modules; main(sys.argv[1:]); "
        "print(early, os.environ['OMP_NUM_THREADS'], os.environ['MKL_NUM_THREADS'])"
    )
    kept = {name: value for name, value in os.environ.items() if not name.endswith("_NUM_THREADS")}
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=kept | given)
    assert done.stdout.splitlines()[-1] == f"False {expected} 1"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        ("{", "cannot be read"),
        ("[]", "not a JSON object"),
        ('{"settings": {}}', "task.json.task"),
        ('{"task": "label"}', "there is no such task"),
        ('{"task": "train", "table": {}}', "Did you mean 'tables'"),
        ('{"task": "train", "tables": {"dataset": "/etc/passwd"}}', "not a path inside the folder"),
        ('{"task": "train", "tables": {"dataset": "../dataset.npz"}}', "not a path inside the folder"),
        ('{"task": "train", "models": {"model": "a/../../b"}}', "not a path inside the folder"),
    ],
)
def test_a_task_that_cannot_be_understood_is_refused(tmp_path, content, message):
    if content is not None:
        (tmp_path / "task.json").write_text(content)
    assert main([str(tmp_path)]) == 2
    assert message in result_of(tmp_path)["message"]


def test_the_result_of_an_earlier_run_is_replaced(write_task, train_settings, dataset):
    folder = write_task("train", train_settings, dataset=dataset)
    (folder / "model_out").mkdir()
    (folder / "model_out" / "half_written.npz").write_text("")
    (folder / "result.json").write_text('{"status": "stale"}')
    assert main([str(folder)]) == 0
    first = result_of(folder)
    assert main([str(folder)]) == 0
    second = result_of(folder)
    first.pop("wall_seconds"), second.pop("wall_seconds")
    assert first == second


def test_a_task_that_is_killed_leaves_no_result_of_an_earlier_run(write_task, monkeypatch):
    def is_killed(folder):
        raise KeyboardInterrupt

    monkeypatch.setattr(main_module, "_run", is_killed)
    folder = write_task("train", {})
    (folder / "result.json").write_text('{"status": "ok"}')
    with pytest.raises(KeyboardInterrupt):
        main([str(folder)])
    assert not (folder / "result.json").exists()


def test_a_folder_that_does_not_exist_ends_with_the_usage(tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main([str(tmp_path / "nowhere")])
    assert ended.value.code == 2
    assert "is not a folder" in capsys.readouterr().err
