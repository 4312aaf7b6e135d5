from __future__ import annotations

import re
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from aiida_matal.cli.group import LazyCommand, LazyGroup
from aiida_matal.cli.main import main
from aiida_matal.science.errors import InputError


def words(command, before=()):
    """Yield the words of a command and of all below it."""
    yield list(before)
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from words(command.get_command(click.Context(command), name), (*before, name))


HELP = list(words(main))


@pytest.mark.parametrize("command", [["--help"], ["campaign", "--help"], ["--version"]])
def test_help_imports_neither_aiida_nor_numpy(command):
    script = (
        "import sys\n"
        "from aiida_matal.cli.main import main\n"
        f"main({command!r}, standalone_mode=False)\n"
        "print(sorted({'aiida', 'numpy', 'matplotlib'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


@pytest.mark.parametrize("command", HELP, ids="-".join)
def test_every_command_has_help(command, run_command):
    assert "Usage:" in run_command(*command, "--help").output


@pytest.mark.parametrize("command", [line for line in HELP[1:] if line != ["quickstart"]], ids="-".join)
def test_help_shows_an_example(command, run_command):
    _, examples = re.split("Examples?:", run_command(*command, "--help").output)
    assert f"aiida-matal {' '.join(command)}" in examples


def test_refused_input_is_one_line_with_exit_status_2():
    group = LazyGroup("tool", lazy={})

    @group.command()
    def refuse():
        raise InputError("x", 1, "it is wrong", "Give\nanother.")

    result = CliRunner().invoke(group, ["refuse"])
    assert result.exit_code == 2
    assert result.output == "Error: x: 1 is refused: it is wrong. Give another.\n"


def test_other_errors_are_not_hidden():
    group = LazyGroup("tool", lazy={})

    @group.command()
    def fail():
        raise RuntimeError("a bug")

    assert isinstance(CliRunner().invoke(group, ["fail"]).exception, RuntimeError)


def test_command_is_imported_only_when_it_is_called():
    group = LazyGroup(
        "tool", lazy={"later": LazyCommand("not_there:later", "Something."), "now": LazyCommand("click:echo", "")}
    )
    assert "later  Something." in CliRunner().invoke(group, ["--help"]).output
    with pytest.raises(ModuleNotFoundError):
        group.get_command(click.Context(group), "later")


def test_unknown_command_is_refused(run_command):
    assert "No such command 'campain'" in run_command("campain", exit_code=2).output


def test_missing_profile_is_told_with_its_cure(tmp_path):
    environment = {"AIIDA_PATH": str(tmp_path), "PATH": ""}
    command = [sys.executable, "-c", "from aiida_matal.cli.main import main; main()", "campaign", "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert "verdi presto --use-zeromq" in done.stderr
    assert "Traceback" not in done.stderr


def test_unknown_profile_is_told(run_command):
    assert "no AiiDA profile 'nowhere'" in run_command("-p", "nowhere", "campaign", "list", exit_code=1).output


def test_profile_option_names_the_profile(run_command, aiida_profile):
    run_command("-p", aiida_profile.name, "campaign", "list")
    assert main.params[0].opts == ["-p", "--profile"]
