"""The page `docs/ledger.md`: what a ledger is, what a row holds, and every kind of row. Made from `persim.events`."""

from __future__ import annotations

from collections.abc import Iterable

from persim.events import E_GATE, EVENT, KINDS, Kind

_INTRODUCTION = """\
# The ledger

<!-- Made from src/persim/events.py by scripts/generate_docs.py: change it there. -->

A run can keep a *ledger*: one row for every event, with its cause. Who, in which week, with whom; what was weighed; the
chance and the draw; what came of it. Totals say how many were never offered a budget; the ledger says of each why not,
at every occasion. The people are synthetic: a row is nobody real.

## How to get one

In Python:

```python
import persim

run = persim.simulate("baseline", seed=1, n_users=330, n_weeks=104, ledger=True)
ledger = run.ledger
print(len(ledger), "events")
print(ledger.table(ledger.of_person(17)).tail(3))
```

`of_person`, `of_practitioner`, `of_team` and `of_kind` give numbers of rows; `table` makes a DataFrame of some or all
of them, with dates and words; `rows` is the NumPy array itself. `persim.PersonalisationModel(..., ledger=True)` keeps one
too, the same to the byte from both of its engines, as `model.run.ledger`.

On the command line, a run keeps its ledger in its folder, as `ledger.parquet`:

    persim run baseline --ledger --out my_run
    persim explain my_run --person 17

`persim.ledger.read_ledger` reads that file or folder back, if the same version of the model wrote it. The scenario, the
seed and the version are in the file itself. `persim verify` and `persim reproduce` hold it to its bytes as they do
every other file.

Keeping a ledger changes no result. It holds every week of the run, also those before the record begins. How much time
and room it takes stands in [performance.md](performance.md).

## What replay is

With its scenario and seed a ledger rebuilds every person of the run, in every week, to the last bit:
`persim.replay.Replay`. What happened is read from the rows; what drifts between them follows from the rules. A ledger
that had lost an event, or had one wrong, would not rebuild the person; tests hold it to every field of every person.

```python
from persim.replay import Replay

life = Replay(ledger).weekly(17)  # one record a week, as `persim.state.USER`
assert life[-1] == run.world.users[17]
```

## What has no row

What did not happen has a row only at an occasion: every gate that was tried, open or shut, every review that was due,
every choice, every decision of a panel. A week in which somebody did not fall ill, was not detained, did not hear of
budgets or did not ask has none. Nor have, apart from what came of them: the AMHP's agreement to an order or to its
revocation and the end of an order at a review (one row says what came of all), going straight to a broker (seen from who
leads), whether an offer was due at a review (seen from what brought the opportunity), doing nothing where somebody could
have been handed on, the gates of a hand-off that was not taken (kept as bits), and why a panel sent a plan back.

## A row

{size} bytes. Rows stand in the order in which things happened: by week; within a week panels, then team by team, then
localities.

| column | type | holds |
| --- | --- | --- |
{columns}

A decision *by chance* is met where `draw` is below `threshold`, and not met otherwise: in the tables below,
*draw below:* says which outcomes that is. A column that a kind does not name is 0 (`practitioner`: -1).
"""
_HOLDS = {
    "week": "the calendar week; 0 is that of 7 April 2008",
    "kind": "what happened: a number of the tables below",
    "outcome": "what came of it",
    "person": "the row of the person, from 0; -1 for none",
    "practitioner": "the row of the post, broker or council team; -1 for none",
    "detail": "a small number, by kind",
    "first": "what was weighed",
    "second": "what was weighed beside it",
    "threshold": "the chance, by kind; of some kinds a sum or a limit",
    "draw": "the draw from [0, 1) that it was compared with, by kind",
}
_ON_GATES = """\
One row for each gate that was tried, after the row of the opportunity itself. `practitioner` is who leads: the
coordinator, a broker, or the taker of a hand-off. At a default offer two gates are not tried: recommending and role."""
_POSTS = ("post", "team", "locality")


def markdown() -> str:
    """The page `docs/ledger.md`."""
    columns = "\n".join(f"| `{name}` | {EVENT[name].name} | {_HOLDS[name]} |" for name in EVENT.names or ())
    lines = [_INTRODUCTION.format(size=EVENT.itemsize, columns=columns)]
    people = [code for code, kind in KINDS.items() if kind.concerns not in _POSTS]
    lines += ["## What happens to people", "", *_table(code for code in people if code < E_GATE)]
    lines += ["", "## Gates at an opportunity", ""]
    lines += [_ON_GATES, ""]
    lines += _table(code for code in people if code >= E_GATE)
    lines += ["", "## Posts, teams and localities", ""]
    lines += _table(code for code, kind in KINDS.items() if kind.concerns in _POSTS)
    return "\n".join(lines) + "\n"


def _table(codes: Iterable[int]) -> list[str]:
    rows = [
        f"| {code} | {KINDS[code].name} | {KINDS[code].meaning} | {_outcome(KINDS[code])} | {_columns(KINDS[code])} |"
        for code in sorted(codes)
    ]
    return ["| kind | name | what | outcome | other columns |", "| ---: | --- | --- | --- | --- |", *rows]


def _outcome(kind: Kind) -> str:
    """The codes of the outcome in words, and which go with a draw below the threshold."""
    words = dict(kind.outcomes)
    codes = ", ".join(f"{code} {word}" for code, word in words.items())
    text = codes if kind.outcome[:1].isdigit() else ": ".join(part for part in (kind.outcome, codes) if part)
    if kind.by_chance:
        met = [words.get(code, str(code)) for code in kind.met]
        always = not words or set(kind.met) == set(words)
        text = "; ".join(part for part in (text, f"*draw below:* {'always' if always else ', '.join(met)}") if part)
    return _cell(text)


def _columns(kind: Kind) -> str:
    """What the other columns hold; those that hold nothing are left out."""
    named = {name: getattr(kind, name) for name in ("practitioner", "detail", "first", "second", "threshold", "draw")}
    if kind.name.startswith("gate: "):
        named["practitioner"] = ""  # said once above the table
    told = (f"`{name}`" if holds == name else f"`{name}` {holds}" for name, holds in named.items() if holds)
    return _cell("; ".join(told))


def _cell(text: str) -> str:
    return text.replace("|", "/")
