"""The command ``aiida-matal campaign report``."""

from __future__ import annotations

from pathlib import Path

import click

from aiida_matal.cli.output_files import check_output_file
from aiida_matal.cli.profile import load_profile
from aiida_matal.provenance.campaigns import load_campaign
from aiida_matal.provenance.report import write_report


@click.command(epilog="Example: aiida-matal campaign report 1234 --output campaign.html")
@click.argument("campaign", metavar="PK|UUID")
@click.option("-o", "--output", type=click.Path(path_type=Path), default=Path("report.html"), show_default=True)
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def report(campaign: str, output: Path, force: bool) -> None:
    """Write the report of a campaign, one HTML file that can be mailed or archived."""
    load_profile()
    node = load_campaign(campaign)
    check_output_file(output, force)
    write_report(node, output)
    click.echo(f"Wrote {output}")
