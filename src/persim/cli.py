"""The commands: parse, call, print. What a command does stands in the module it calls."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import persim
from persim import terminal
from persim.design_search import is_design, is_evidence
from persim.errors import ScenarioError
from persim.parameters import GROUPS
from persim.scenario_search import complete_scenario, find_named, search_folders

app = typer.Typer(
    cls=terminal.PersimGroup,
    help="What holds back personal budgets in mental health services, and what would each lever change, for whom?",
    epilog="A thinking aid on synthetic people: not for decisions on eligibility, risk, budgets, staff or sites.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """How a table is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def _version(asked: bool) -> None:
    if asked:
        terminal.show(f"persim {persim.__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    """What holds back personal budgets in mental health services, and what would each lever change, for whom?"""


@app.command()
def validate(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="Scenarios, designs, calibrations or lessons, files or names; evidence files.",
            autocompletion=complete_scenario,
        ),
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
) -> None:
    """Check scenarios, designs, lessons and evidence: every fault at once, with file, line and nearest key. Writes nothing."""
    findings = []
    told: set[object] = set()
    for file in files:
        try:
            said = _in_words(file)
        except ScenarioError as error:
            findings.append({"file": file, "ok": False, "faults": [dataclasses.asdict(f) for f in error.faults]})
            new = [fault for fault in error.faults if fault not in told]
            told.update(new)
            if new and not json:
                terminal.say("\n".join(str(fault) for fault in new))
            continue
        findings.append({"file": file, "ok": True, "faults": []})
        if not json:
            terminal.show(f"{file}: fine ({said})")
    if json:
        terminal.show_json(findings)
    if not all(finding["ok"] for finding in findings):
        raise typer.Exit(terminal.BAD_INPUT)


def _in_words(file: str) -> str:
    if is_evidence(file):
        return _evidence_in_words(file)
    if is_design(file):
        return _design_in_words(file)
    from persim.lessons.search import is_lesson

    if find_named(file, search_folders()) is None and is_lesson(file):
        return _lesson_in_words(file)
    return _scenario_in_words(file)


def _lesson_in_words(file: str) -> str:
    from persim.lessons.file import read_lesson

    lesson = read_lesson(file)
    return f"{lesson.title}; a lesson of {lesson.minutes} minutes in {len(lesson.parts)} parts"


def _evidence_in_words(file: str) -> str:
    from persim.evidence import read_evidence

    found = read_evidence(Path(file).parent)
    counts = {"targets": found.targets, "patterns": found.patterns, "ranges": found.ranges}
    return f"{len(counts[Path(file).stem])} {Path(file).stem}, read with the other evidence files of their folder"


def _scenario_in_words(file: str) -> str:
    from persim.scenario import read_scenario

    scenario = read_scenario(file)
    arms = f", {len(scenario.arms)} arms" if scenario.arms else ""
    return f"{scenario.title}; {scenario.n_weeks} weeks from {scenario.start}, {scenario.n_users:,} people{arms}"


def _design_in_words(file: str) -> str:
    from persim.design import read_design
    from persim.design_search import CALIBRATION, SENSITIVITY, find_design, kind_of

    if kind_of(find_design(file)) == CALIBRATION:
        return _calibration_in_words(file)
    if kind_of(find_design(file)) == SENSITIVITY:
        return _study_in_words(file)
    design = read_design(file)
    n = design.n_cells * design.replicates
    worlds = f" x {design.n_worlds:,} worlds" if design.n_worlds > 1 else ""
    return f"{design.title}; {design.n_alternatives} scenarios{worlds} x {design.replicates} replicates = {n:,} runs"


def _calibration_in_words(file: str) -> str:
    from persim.calibration.study import asked_for
    from persim.calibration.words import size_words

    plan = asked_for(file, None, None, False)
    return f"{plan.title}; {size_words(plan)}, at most {plan.n_runs:,} runs"


def _study_in_words(file: str) -> str:
    from persim.sensitivity.plan import read_plan

    plan = read_plan(file)
    most = plan.n_screening + plan.n_index_runs(plan.most_kept)
    return f"{plan.texts['title']}; {len(plan.factors)} factors, {plan.replicates} seeds a point, at most {most:,} runs"


@app.command()
def parameters(
    group: Annotated[str | None, typer.Option(help=f"Only one group: {', '.join(GROUPS)}.")] = None,
    format: Annotated[Format, typer.Option(help="How to print them.")] = Format.table,
) -> None:
    """List every number of the model: default, bounds, unit, evidence grade and source."""
    from persim.parameter_docs import COLUMNS, rows

    chosen = rows(group)
    if format is Format.json:
        terminal.show_json(chosen)
    elif format is Format.csv:
        import csv

        writer = csv.DictWriter(sys.stdout, [str(column) for column in COLUMNS], lineterminator="\n")
        writer.writeheader()
        writer.writerows(chosen)
    else:
        _print_parameters(chosen)


def _print_parameters(chosen: list[dict[str, str | float | None]]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("name", "meaning", "unit", "default", "low", "high", "grade", "source")
    for row in chosen:
        default = "by dial" if row["default"] is None else f"{row['default']:g}"
        numbers = (default, f"{row['low']:g}", f"{row['high']:g}")
        words = (row["name"], row["meaning"], row["unit"], *numbers, row["grade"], row["source"])
        table.add_row(*(Text(str(word), overflow="fold") for word in words))
    terminal.results().print(table)


@app.command()
def diff(
    a: Annotated[
        str, typer.Argument(metavar="A", help="A name or file, such as baseline.", autocompletion=complete_scenario)
    ],
    b: Annotated[
        str, typer.Argument(metavar="B", help="Another, such as cto_rights/all.", autocompletion=complete_scenario)
    ],
    json: Annotated[bool, typer.Option("--json", help="Print the differences as JSON.")] = False,
) -> None:
    """Say in words how scenario B differs from scenario A."""
    from persim.scenario_words import differences

    found = differences(a, b)
    if json:
        terminal.show_json(found.as_json())
    else:
        terminal.show("\n".join(found.lines()))


@app.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Small letters, digits and _; also the file's name.")],
    extends: Annotated[
        str, typer.Option(help="The scenario to start from.", autocompletion=complete_scenario)
    ] = "baseline",
    out: Annotated[Path, typer.Option(help="The folder to write to.")] = Path(),
    force: Annotated[bool, typer.Option("--force", help="Write over an existing file.")] = False,
) -> None:
    """Write a commented scenario file NAME.yaml to change."""
    from persim.scenario_words import write_new

    place = write_new(name, extends, out, force)
    terminal.show(f"wrote {place}: change a number in it, then `persim compare {extends} {place}`")


if importlib.util.find_spec("persim.cli_runs") is not None:  # `run`, `demo` and `compare`
    from persim.cli_compare import register as register_compare
    from persim.cli_runs import register

    register(app)
    register_compare(app)

if importlib.util.find_spec("persim.cli_app") is not None:  # `app`
    from persim.cli_app import register as register_app

    register_app(app)

if importlib.util.find_spec("persim.cli_sweep") is not None:  # `sweep`
    from persim.cli_sweep import register as register_sweep

    register_sweep(app)

if importlib.util.find_spec("persim.cli_attribute") is not None:  # `attribute`
    from persim.cli_attribute import register as register_attribute

    register_attribute(app)

if importlib.util.find_spec("persim.cli_evidence") is not None:  # `evidence`
    from persim.cli_evidence import register as register_evidence

    register_evidence(app)

if importlib.util.find_spec("persim.cli_calibrate") is not None:  # `calibrate`
    from persim.cli_calibrate import register as register_calibrate

    register_calibrate(app)

if importlib.util.find_spec("persim.cli_sensitivity") is not None:  # `sensitivity`
    from persim.cli_sensitivity import register as register_sensitivity

    register_sensitivity(app)

if importlib.util.find_spec("persim.cli_explain") is not None:  # `explain`
    from persim.cli_explain import register as register_explain

    register_explain(app)

if importlib.util.find_spec("persim.cli_practice") is not None:  # `practice`
    from persim.cli_practice import register as register_practice

    register_practice(app)

if importlib.util.find_spec("persim.cli_replay") is not None:  # `replay`
    from persim.cli_replay import register as register_replay

    register_replay(app)

if importlib.util.find_spec("persim.cli_check") is not None:  # `verify` and `reproduce`
    from persim import cli_check

    cli_check.register(app)

if importlib.util.find_spec("persim.cli_report") is not None:  # `report`
    from persim.cli_report import register as register_report

    register_report(app)


def main() -> None:
    """The command `persim`."""
    terminal.tolerate_narrow_encodings()
    try:
        app(prog_name="persim")
    except OSError as error:
        terminal.say(f"cannot write: {error.strerror or error}")
        sys.exit(terminal.SOME_FAILED)
    except KeyboardInterrupt:
        terminal.say("interrupted")
        sys.exit(terminal.INTERRUPTED)
