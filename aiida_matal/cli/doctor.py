"""The command ``aiida-matal doctor``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

import click

from aiida_matal.cli.checks import codes, installation, services
from aiida_matal.cli.checks.finding import Finding
from aiida_matal.cli.profile import PROFILE
from aiida_matal.cli.repair import repair_processes


def run_checks(profile: str | None = None) -> list[Finding]:
    """Return what all checks found, for the profile of this name or the default one."""
    findings = [installation.check_package(), services.check_profile(profile)]
    if findings[-1].outcome == "fail":
        return findings
    checks = (
        services.check_broker,
        services.check_daemon,
        services.check_daemon_timeout,
        services.check_stuck_processes,
        installation.check_computers,
        codes.check_codes,
        codes.check_plugins,
        codes.check_potentials,
        installation.check_caching,
        installation.check_disk,
    )
    return [*findings, *(check() for check in checks)]


@click.command(epilog="Example: aiida-matal doctor --fix")
@click.option("--fix", is_flag=True, help="Revive processes that are stuck; this restarts the daemon.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(ctx: click.Context, fix: bool, as_json: bool) -> None:
    """Check everything that campaigns need, and say how to cure what is wrong.

    The exit status is 1 if something fails; warnings do not count.
    """
    profile = ctx.meta.get(PROFILE)
    findings = run_checks(profile)
    if fix and any(finding.check == "stuck processes" and finding.outcome == "fail" for finding in findings):
        repair_processes(lambda command: click.echo(f"running: {command}", err=True))
        findings = run_checks(profile)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in findings], indent=2))
    else:
        click.echo("\n".join(_lines(finding) for finding in findings))
    if any(finding.outcome == "fail" for finding in findings):
        sys.exit(1)


def _lines(finding: Finding) -> str:
    colour = {"ok": "green", "warn": "yellow", "fail": "red"}[finding.outcome]
    first = f"{click.style(f'{finding.outcome:4}', fg=colour)}  {finding.check}: {finding.message}"
    return f"{first}\n      cure: {finding.cure}" if finding.cure else first
