"""The commands `run` and `demo`, and what commands that run the model share. Results go to stdout, progress to stderr."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from persim import terminal
from persim.cli_options import (
    Changes,
    Force,
    Groups,
    Json,
    KeepLedger,
    Luck,
    Out,
    People,
    RecordChoice,
    Seed,
    Weeks,
)
from persim.errors import InputError, PersimError

if TYPE_CHECKING:
    from persim.comparison import Comparison
    from persim.comparison_plan import Plan
    from persim.scenario import Scenario
    from persim.simulate import Run
    from persim.store import ResultFolder

DEMO = (
    "baseline",
    "lean_process",
    "role_clarity/usual_load",
    "positive_risk_taking",
    "brokers_and_peers",
    "gold_standard",
)
DEMO_REPLICATES = 50
DEMO_PLACE = Path("outputs") / "demo"
COMPILING = "compiling the model, once (about 20 s)"
COMPILING_LEDGER = "compiling the model with its ledger, once (about 30 s)"


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    for command in (run, demo):
        app.command()(command)


def run(
    scenario: Annotated[
        str, typer.Argument(metavar="SCENARIO", help="A name, a file, or an arm such as cto_rights/all.")
    ],
    seed: Seed = 1,
    luck: Luck = None,
    people: People = None,
    weeks: Weeks = None,
    record: Annotated[
        RecordChoice, typer.Option(help="How often to keep outcomes in the files.")
    ] = RecordChoice.weekly,
    groups: Groups = None,
    set_: Changes = None,
    ledger: KeepLedger = False,
    out: Out = None,
    json: Json = False,
    force: Force = False,
) -> None:
    """Run one scenario once and show its headline year by year. Writes nothing unless --out says where."""
    from persim.run_words import as_json, barrier_table, groups_table, yearly_table
    from persim.scenario import read_scenario
    from persim.simulate import checked_groups
    from persim.store import plain

    if ledger and out is None:
        raise InputError("--ledger keeps a file: say in which folder with --out")
    found = read_scenario(scenario).changed(n_users=people, n_weeks=weeks, **changes(set_))
    dimensions = checked_groups(listed(groups))
    if found.arms:
        names = ", ".join(f"{found.name}/{arm.name}" for arm in found.arms)
        terminal.say(f"{found.name} has arms, and this runs it without any; also to be run: {names}")
    with _interruptible(), _folder(out, found.name, force) if out else _nowhere() as folder:
        _say_if_compiling(ledger)
        started = time.time()
        result = _run(found, seed, luck, dimensions, ledger)
        place = _write_run(result, record, folder, started) if folder else None
    if json:
        terminal.show_json(plain(as_json(result)) | ({"folder": str(_shown(place))} if place else {}))
        return
    tables = [yearly_table(result), *([groups_table(result)] if dimensions else []), barrier_table(result)]
    _print_tables([table.lines(_page()) for table in tables])
    if place:
        terminal.show(f"\nWritten to {_shown(place)}")


def demo(json: Json = False) -> None:
    """Compare real scenarios: which raises real take-up most, by how much, with what uncertainty? About a minute."""
    from persim.comparison_plan import planned
    from persim.scenario import read_scenario

    scenarios = [read_scenario(name) for name in demo_scenarios()]
    plan = planned(scenarios, DEMO_REPLICATES, 1, 0, None, None, None, None, "quarterly", None, {})
    with _interruptible(), _folder(DEMO_PLACE, "demo", force=True) as folder:
        comparison, place = _carry_out(plan, folder, True, "demo")
    _report(comparison, place, json)


def demo_scenarios() -> list[str]:
    """The demo's scenarios, those that this installation has."""
    from persim.scenario import shipped_names

    shipped = set(shipped_names())
    return [name for name in DEMO if name.partition("/")[0] in shipped]


def listed(text: str | None) -> list[str]:
    """The words of a list with commas; none for nothing and for "none"."""
    words = [word.strip() for word in (text or "").split(",")]
    return [word for word in words if word and word != "none"]


def changes(pairs: list[str] | None) -> dict[str, float | None]:
    """NAME=VALUE pairs as numbers; "none" leaves a number to its dial. Raises: InputError for what is neither."""
    found: dict[str, float | None] = {}
    for pair in pairs or ():
        name, sign, value = (part.strip() for part in pair.partition("="))
        if not sign or not name:
            raise InputError(f"--set {pair!r} is not NAME=VALUE, such as risk_aversion=0.4")
        if name in found:
            raise InputError(f"--set gives {name} twice")
        if name in ("n_users", "n_weeks"):
            raise InputError(f"--set {name}: use --{'people' if name == 'n_users' else 'weeks'}")
        try:
            found[name] = None if value.lower() in ("none", "null") else float(value)
        except ValueError:
            raise InputError(f"--set {name}: {value!r} is not a number") from None
    return found


def _carry_out(plan: Plan, folder: ResultFolder, figures: bool, command: str) -> tuple[Comparison, Path]:
    from persim.compare import carried_out
    from persim.comparison_folder import write_comparison

    _say_if_compiling()
    started = time.time()
    with _progress("running") as progress:
        comparison = carried_out(plan, progress, folder)
    if figures and sys.stderr.isatty():
        terminal.say("drawing and writing")
    return comparison, write_comparison(comparison, folder, started, figures, command)


def _report(comparison: Comparison, place: Path, json: bool) -> None:
    from persim import comparison_words as words
    from persim import decision_words
    from persim.answer_words import answer
    from persim.store import plain
    from persim.text_table import wrapped

    for failure in words.failed_json(comparison)[:10]:
        terminal.say(f"failed: {failure['scenario']}, seed {failure['seed']}: {failure['cause']}")
    if json:
        terminal.show_json(plain(words.as_json(comparison)) | {"folder": str(_shown(place))})
    else:
        page = _page()
        _print_tables(
            [
                words.headline_lines(comparison, page),
                words.barrier_table(comparison).lines(page),
                *decision_words.lines_of_both(comparison, page),
            ]
        )
        closing = [*comparison.notes, words.luck_words(comparison), words.study_words(comparison), words.PURPOSE]
        for note in closing:
            for line in wrapped(note, page) if note else ():
                terminal.show(line)
        terminal.show("")
        for line in wrapped(answer(comparison), page):
            terminal.show(typer.style(line.strip(), bold=True) if _in_colour() else line.strip())
        terminal.show(f"Tables, figures and how to read them: {_shown(place) / 'README.txt'}")
    if comparison.failures:
        raise typer.Exit(terminal.SOME_FAILED)


def _run(scenario: Scenario, seed: int, luck: int | None, dimensions: tuple[str, ...], ledger: bool) -> Run:
    """One run; if it fails, its cause in one line and exit code 1."""
    from persim.simulate import run_scenario

    try:
        return run_scenario(scenario, seed, "weekly", dimensions, ledger=ledger, luck=luck)
    except PersimError:
        raise
    except Exception as error:
        terminal.say(
            f"failed: {scenario.name}, seed {seed}: {type(error).__name__}{f': {error}' if str(error) else ''}"
        )
        raise typer.Exit(terminal.SOME_FAILED) from None


def _write_run(run: Run, record: RecordChoice, folder: ResultFolder, started: float) -> Path:
    from persim.run_folder import write_run

    return write_run(run, record.value, folder, started)


def _print_tables(tables: list[list[tuple[str, bool]]]) -> None:
    for lines in tables:
        for text, strong in lines:
            terminal.show(typer.style(text, bold=True) if strong and _in_colour() else text)
        terminal.show("")


def _page() -> int:
    return os.get_terminal_size().columns if sys.stdout.isatty() else terminal.WIDE


def _in_colour() -> bool:
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def _shown(place: Path) -> Path:
    """The path as a person in this folder would type it."""
    here = Path.cwd()
    return place.relative_to(here) if place.is_relative_to(here) else place


def _folder(out: Path | None, name: str, force: bool) -> ResultFolder:
    from persim.store import ResultFolder

    return ResultFolder(out, name, force)


@contextmanager
def _nowhere() -> Iterator[None]:
    yield None


def _say_if_compiling(ledger: bool = False) -> None:
    from persim.jit import is_compiled_already

    if not is_compiled_already(ledger):
        terminal.say(COMPILING_LEDGER if ledger else COMPILING)


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int, int], None] | None]:
    """A progress bar with the time left, on a terminal; nothing where stderr goes to a file."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("runs, "), TimeElapsedColumn(),
        TextColumn("gone,"), TimeRemainingColumn(), TextColumn("left"),
    )  # fmt: skip
    with Progress(*columns, console=terminal.messages(), transient=True) as bar:
        task = bar.add_task(what, total=None)

        def show(done: int, total: int, failed: int) -> None:
            bar.update(task, completed=done, total=total, description=f"{what} ({failed} failed)" if failed else what)

        yield show


@contextmanager
def _interruptible() -> Iterator[None]:
    """Ctrl-C ends the program at once, although runs under way on other threads cannot be stopped."""
    try:
        yield
    except KeyboardInterrupt:
        terminal.say("interrupted; nothing was written")
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(terminal.INTERRUPTED)
