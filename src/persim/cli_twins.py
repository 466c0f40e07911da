"""`persim explain A --versus B`: with a person the two lives side by side, without one who gains and who loses."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import typer

from persim import terminal
from persim.errors import InputError

WIDEST = 170  # signs of a terminal with two lives side by side


@dataclass(frozen=True)
class Asked:
    """What was asked on the command line; see `persim.cli_explain.explain`."""

    first: str
    second: str
    person: int | None
    seed: int | None
    people: int | None
    weeks: int | None
    set_: list[str] | None
    every: bool
    replicates: int | None
    groups: str | None
    no_figures: bool
    out: Path | None
    json: bool
    force: bool
    luck: int | None = None


def explain_versus(asked: Asked) -> None:
    """Tell of one person in two scenarios, or of everybody."""
    if asked.person is None:
        if asked.every or asked.luck is not None:
            raise InputError(f"{'--all' if asked.every else '--luck'} is for one person: give --person too")
        _everybody(asked)
        return
    for option, value in (("--replicates", asked.replicates), ("--groups", asked.groups)):
        if value is not None:
            raise InputError(f"{option} is for everybody; with --person, two lives are told")
    _one_person(asked, asked.person)


def _one_person(asked: Asked, person: int) -> None:
    from persim.cli_runs import _folder, _interruptible, _nowhere, _say_if_compiling, _shown, changes
    from persim.cli_told import check_before_the_run, page
    from persim.explain import is_ledger
    from persim.store import plain
    from persim.twin_folder import write_twins
    from persim.twin_pairs import read_pair
    from persim.twins import paired_lives, twins_of

    with _interruptible(), _folder(asked.out, "twins", asked.force) if asked.out else _nowhere() as folder:
        if not any(is_ledger(source) for source in (asked.first, asked.second)):
            first, _ = read_pair(asked.first, asked.second, asked.people, asked.weeks, changes(asked.set_))
            check_before_the_run(first, person)
        _say_if_compiling(ledger=True)
        _say_if_arms(asked)
        started = time.time()
        numbers = changes(asked.set_)
        lives = paired_lives(asked.first, asked.second, asked.seed, asked.people, asked.weeks, numbers, asked.luck)
        found = twins_of(lives, person, asked.every)
        if not asked.json:  # before it is written, so that a full disk loses no answer
            terminal.show(found.text(page(WIDEST)))
        place = write_twins(found, folder, started, not asked.no_figures) if folder else None
    if asked.json:
        terminal.show_json(plain(found.as_json()) | ({"folder": str(_shown(place))} if place else {}))
    elif place:
        terminal.show(f"Written to {_shown(place)}")


def _everybody(asked: Asked) -> None:
    from persim.cli_runs import (
        _folder,
        _interruptible,
        _nowhere,
        _page,
        _progress,
        _say_if_compiling,
        _shown,
        changes,
        listed,
    )
    from persim.explain import is_ledger
    from persim.flows import REPLICATES, flows_of
    from persim.store import plain
    from persim.twin_folder import write_flows
    from persim.twin_pairs import read_pair

    ledgers = [source for source in (asked.first, asked.second) if is_ledger(source)]
    if ledgers:
        raise InputError(
            f"{ledgers[0]} is a ledger of one run: who gains and loses is counted over many; name scenarios"
        )
    with _interruptible(), _folder(asked.out, "flows", asked.force) if asked.out else _nowhere() as folder:
        _say_if_compiling()
        _say_if_compiling(ledger=True)  # for what is told of the first pair
        _say_if_arms(asked)
        started = time.time()
        pair = read_pair(asked.first, asked.second, asked.people, asked.weeks, changes(asked.set_))
        with _progress("runs") as bar:
            found = flows_of(
                pair, REPLICATES if asked.replicates is None else asked.replicates, 1 if asked.seed is None else asked.seed,
                None if asked.groups is None else listed(asked.groups), progress=bar,
            )  # fmt: skip
        for failure in found.failures[:10]:
            terminal.say(f"failed: {found.names[failure.task.scenario]}, seed {failure.task.seed}: {failure.cause}")
        if not asked.json:
            terminal.show(found.text(min(_page(), 120)))
        place = write_flows(found, folder, started, not asked.no_figures) if folder else None
    if asked.json:
        terminal.show_json(plain(found.as_json()) | ({"folder": str(_shown(place))} if place else {}))
    elif place:
        terminal.show(f"Tables, figures and how to read them: {_shown(place) / 'README.txt'}")
    if found.failures:
        raise typer.Exit(terminal.SOME_FAILED)


def _say_if_arms(asked: Asked) -> None:
    """Say that a scenario with arms is run without any of them."""
    from persim.cli_told import say_if_arms
    from persim.explain import is_ledger
    from persim.scenario import read_scenario

    for source in (asked.first, asked.second):
        if is_ledger(source):
            continue
        say_if_arms(read_scenario(source))
