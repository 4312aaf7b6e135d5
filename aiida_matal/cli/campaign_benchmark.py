"""The command ``aiida-matal campaign benchmark``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from aiida_matal.cli.benchmark_run import load_benchmark, submit_and_wait
from aiida_matal.cli.benchmark_text import benchmark_text, plain_rows
from aiida_matal.cli.output_files import check_output_file
from aiida_matal.cli.process_inputs import inputs_text, read_overrides
from aiida_matal.cli.profile import load_profile
from aiida_matal.cli.text import split_names

if TYPE_CHECKING:
    from aiida.engine import ProcessBuilder
    from aiida.orm import WorkChainNode


@click.command(epilog="Example: aiida-matal campaign benchmark 1234 --protocol paper --jobs 2 -o benchmark.svg")
@click.argument("dataset", metavar="[DATASET]", required=False)
@click.option("--show", "finished", metavar="PK|UUID", help="Show a benchmark that was run, and run none.")
@click.option("--strategies", metavar="A,B,...", help="Compare these instead of those of the protocol.")
@click.option("--protocol", help="Where the defaults come from: quick or paper.")
@click.option(
    "--overrides",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="YAML file of values laid over those of the protocol.",
)
@click.option("--splits", "n_splits", type=click.IntRange(min=2), help="How many splits of the data.")
@click.option("--seed", type=click.IntRange(min=0), help="Seed of the splits and of every random choice.")
@click.option("--jobs", "n_jobs", type=click.IntRange(min=1), help="Over how many jobs the splits are spread.")
@click.option("--exclude-elements", metavar="C,B,...", help="Leave out the alloys of these elements.")
@click.option("--code", default="matal-task@localhost", show_default=True, help="Code that runs matal-task.")
@click.option("--dry-run", is_flag=True, help="Check everything and show the inputs, but submit nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write the figure to this SVG file.")
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def benchmark(
    dataset: str | None,
    finished: str | None,
    dry_run: bool,
    as_json: bool,
    output: Path | None,
    force: bool,
    **options: Any,
) -> None:
    """Compare strategies on labels that exist, in many splits of them.

    DATASET is a table of labels, such as `aiida-matal data import` makes: its pk, uuid or label. In each split some
    systems are known at the start and some kept aside; every strategy chooses from the others, batch after batch, and
    its labels are looked up. Differences to the reference strategy are paired over the splits.
    """
    if (dataset is None) == (finished is None):
        raise click.UsageError("Give either DATASET or --show PK.")
    load_profile()
    if output is not None:
        check_output_file(output, force)
    if finished is not None:
        _show(load_benchmark(finished), as_json, output)
        return
    builder = _builder(str(dataset), options)
    if dry_run:
        click.echo(inputs_text(builder, as_json))
        return
    _show(submit_and_wait(builder, quiet=as_json), as_json, output)


def _builder(dataset: str, options: Mapping[str, Any]) -> ProcessBuilder:
    from aiida_matal.workflows.codes import load_existing_code
    from aiida_matal.workflows.strategy_benchmark import StrategyBenchmarkWorkChain
    from aiida_matal.workflows.tables import load_table

    overrides = read_overrides(options["overrides"])
    overrides |= {name: options[name] for name in ("n_splits", "seed") if options[name] is not None}
    if options["strategies"] is not None:
        overrides["strategies"] = split_names(options["strategies"])
    if options["exclude_elements"] is not None:
        excluded = {"exclude_elements": split_names(options["exclude_elements"])}
        overrides["benchmark"] = {**overrides.get("benchmark", {}), **excluded}
    return StrategyBenchmarkWorkChain.get_builder_from_protocol(
        load_existing_code("--code", options["code"]),
        load_table("DATASET", dataset),
        options["protocol"],
        overrides,
        options["n_jobs"],
    )


def _show(node: WorkChainNode, as_json: bool, output: Path | None) -> None:
    """Print the results, write the figure, and say with the exit status whether all jobs ended well."""
    from aiida_matal.figures.benchmark import benchmark_figure
    from aiida_matal.figures.svg import to_svg
    from aiida_matal.workflows.processes import describe

    if "summary" not in node.outputs:
        raise click.ClickException(f"There are no results: {describe(node)}")
    summary, metrics = node.outputs.summary.table, node.outputs.metrics.get_dict()
    if as_json:
        ended = {"pk": node.pk, "uuid": node.uuid, "exit_status": node.exit_status}
        click.echo(json.dumps({**ended, **metrics, "summary": plain_rows(summary)}, indent=2))
    else:
        click.echo(benchmark_text(summary, metrics))
    if output is not None:
        output.write_text(to_svg(benchmark_figure(summary, metrics["reference_strategy"])), encoding="utf-8")
        click.echo(f"\nWrote {output}", err=as_json)
    if not node.is_finished_ok:
        raise click.ClickException(f"Some jobs failed, and their splits are left out: {describe(node)}")
