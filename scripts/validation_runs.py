"""Runs behind docs/validation.md: each function gives plain numbers, the same for any number of threads."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import validation_closed_forms as forms

from persim import PersonalisationModel, events
from persim.barriers import BARRIERS
from persim.evidence import Evidence, read_evidence
from persim.evidence.effects import pattern_effects
from persim.evidence.held import Held, hold
from persim.evidence.words import patterns_json
from persim.intervals import means, t_quantile
from persim.ledger import Ledger
from persim.measures import COLUMN
from persim.parameters import BY_NAME
from persim.posterior import SHIPPED, read_posterior
from persim.replay import Replay
from persim.scenario import Scenario, read_scenario
from persim.scenario_search import shipped_folder
from persim.simulate import run_scenario
from persim.state import CTO, INPATIENT

ROOT = Path(__file__).resolve().parents[1]
SHUT = {
    "role": {"role_boundary": 1.0},
    "information": {"information": 0.0, "informed_at_start": 0.0},
    "panel": {"panel_places": 0.0},
}
NO_WAY_ROUND = {
    "initial_budget_share": 0.0, "default_offer": 0.0, "brokers": 0.0, "delegated_sign_off": 0.0, "peer_support": 0.0,
}  # fmt: skip
READMITTED_WITHIN, RECALLED_WITHIN, BACK_WITHIN = 13, 156, 104  # weeks
FLOWS = ("on_caseload", "crises", "admissions", "hospital_weeks", "discharged", "returned", "referred")
Row = dict[str, Any]


def baseline(people: int, weeks: int | None = None, **numbers: float) -> Scenario:
    """The shipped baseline, whatever lies in a folder `scenarios` here."""
    return read_scenario(shipped_folder() / "baseline.yaml").changed(people, weeks, **numbers)


def compared(name: str, values: Iterable[float], expected: float) -> Row:
    """A measured mean over runs with its 95 % interval, beside what it should be, and how many standard errors lie between."""
    found = np.array(list(values), float)
    got = means(found)
    error = float(got.sd / np.sqrt(got.n))
    apart = float(got.mean) - expected
    z = apart / error if error > 0.0 else (0.0 if apart == 0.0 else float(np.copysign(np.inf, apart)))
    return {
        "id": name, "expected": expected, "found": float(got.mean), "low": float(got.low), "high": float(got.high),
        "n": int(got.n), "z": z,
    }  # fmt: skip


# Targets and patterns


def targets(evidence: Evidence, people: int, seeds: Sequence[int], jobs: int) -> Held:
    """Every target beside the baseline's defaults."""
    return hold(evidence.targets, baseline(people), seeds, jobs)


def targets_of_posterior(evidence: Evidence, people: int, seeds: Sequence[int], jobs: int) -> tuple[Held, str] | None:
    """Every target over draws of the shipped posterior sample, with the sample's digest; None where none is shipped."""
    if not (SHIPPED / "posterior.parquet").exists():
        return None
    sample = read_posterior(SHIPPED)
    draws = [dict(zip(sample.parameters, row, strict=True)) for row in sample.draw(len(seeds), seeds[0]).tolist()]
    return hold(evidence.targets, baseline(people), seeds, jobs, draws), sample.digest


def patterns(evidence: Evidence, people: int, seeds: Sequence[int], jobs: int) -> list[Row]:
    """Every pattern with its comparisons."""
    return patterns_json(pattern_effects(evidence.patterns, None, seeds, people, jobs))["patterns"]


def margins(evidence: Evidence, people: int, seeds: Sequence[int], jobs: int) -> list[Row]:
    """TGT15 at half the usual margin from which somebody would call control better, and at none at all."""
    usual = BY_NAME["noticed_gain"].default
    assert usual is not None
    rows = []
    for margin in (0.5 * usual, 0.0):
        one = hold([evidence.target("TGT15")], baseline(people, noticed_gain=margin), seeds, jobs).targets[0]
        rows.append({"noticed_gain": margin, "found": one.mean, "low": one.low, "high": one.high})
    return rows


# Held-out figures that no outcome counts, followed in the ledger


def readmitted(ledger: Ledger) -> tuple[int, int]:
    """Of those who left hospital from week 156 on: how many were admitted again within 90 days, of how many."""
    rows = ledger.rows[ledger.of_kind(events.E_STATE)]
    rows = rows[np.lexsort((np.arange(len(rows)), rows["person"]))]
    last = int(ledger.scenario.start_week + ledger.scenario.n_weeks) - 1
    left = np.flatnonzero(
        (rows["detail"] == INPATIENT) & (rows["week"] >= 156) & (rows["week"] <= last - READMITTED_WITHIN)
    )
    admitted = np.flatnonzero(rows["outcome"] == INPATIENT)
    following = np.searchsorted(admitted, left, side="right")
    there = following < len(admitted)
    next_one = rows[admitted[np.minimum(following, len(admitted) - 1)]]
    same = there & (next_one["person"] == rows["person"][left])
    soon = same & (next_one["week"] - rows["week"][left] <= READMITTED_WITHIN)
    return int(soon.sum()), len(left)


def followed(
    ledger: Ledger, start: int, last: int, first: int, until: int, within: int, over: int = 0
) -> tuple[int, int]:
    """Of the events `start` in weeks `first` to `until`: how many are followed by `last` of the same person in time.

    `over`: a kind of event that ends the following, such as that someone else has taken the row; 0 for none.
    """
    rows = ledger.rows[ledger.of_kind(start, last, *([over] if over else []))]
    rows = rows[np.lexsort((np.arange(len(rows)), rows["person"]))]
    began = np.flatnonzero((rows["kind"] == start) & (rows["week"] >= first) & (rows["week"] <= until))
    stops = np.flatnonzero(rows["kind"] != start)
    following = np.searchsorted(stops, began, side="right")
    there = following < len(stops)
    next_one = rows[stops[np.minimum(following, len(stops) - 1)]] if len(stops) else rows[:0]
    in_time = next_one["week"] - rows["week"][began] <= within
    hit = there & (next_one["person"] == rows["person"][began]) & (next_one["kind"] == last) & in_time
    return int(hit.sum()), len(began)


def from_ledgers(people: int, seeds: Sequence[int]) -> dict[str, list[tuple[int, int]]]:
    """(how many, of how many) in each run: readmitted within 90 days, recalled within three years, referred again."""
    scenario = baseline(people)
    found: dict[str, list[tuple[int, int]]] = {"PAR41": [], "PAR50": [], "TGT14": []}
    for seed in seeds:
        ledger = run_scenario(scenario, seed, ledger=True).ledger
        assert ledger is not None
        found["PAR41"].append(readmitted(ledger))
        found["PAR50"].append(followed(ledger, events.E_ORDER_MADE, events.E_RECALLED, 0, 103, RECALLED_WITHIN))
        back = followed(ledger, events.E_DISCHARGED, events.E_RETURNED, 0, 155, BACK_WITHIN, events.E_REFERRED)
        found["TGT14"].append(back)
    return found


def share_of(parts: Sequence[tuple[int, int]]) -> dict[str, float]:
    """A share of counts over runs with its 95 % interval, by the ratio of sums (runs are the sampling units)."""
    top, base = np.array(parts, float).T
    share = top.sum() / base.sum()
    rest = top - share * base
    error = np.sqrt((rest @ rest) / (len(top) * (len(top) - 1))) / base.mean()
    half = means_factor(len(top)) * error
    return {"found": share, "low": share - half, "high": share + half, "n": len(top), "of": int(base.sum())}


# Cross: closed forms, and another implementation


def numbers_of(scenario: Scenario) -> dict[str, float]:
    """What the closed forms need, which no policy of the scenario may change."""
    weekly = scenario.weekly_parameters()
    for name in forms.USED:
        if len(np.unique(weekly[name])) != 1:
            raise SystemExit(f"{name} changes over time: the closed form does not hold")
    return {name: float(weekly[name][0]) for name in forms.USED}


def closed_forms(people: int, seeds: Sequence[int], back: Sequence[tuple[int, int]]) -> list[Row]:
    """The chain where nobody leaves, the whole caseload, and returns, each beside its expectation."""
    staying = baseline(people, discharge_rate=0.0)
    lasting = forms.lasting(numbers_of(staying))
    counts = [run_scenario(staying, seed).counts[156:, 0] for seed in seeds]
    tops = {"in_crisis": ("crisis_weeks", 1), "in_hospital": ("hospital_weeks", 1), "crises": ("crises", 52)}
    tops["admissions"] = ("admissions", 52)
    rows = []
    for name, (column, scale) in tops.items():
        own = [scale * c[:, COLUMN[column]].sum() / c[:, COLUMN["on_caseload"]].sum() for c in counts]
        rows.append(compared(f"lasting {name}", own, lasting[name]))
    whole = baseline(people)
    told = forms.expected(numbers_of(whole), whole.n_weeks, 155)
    counts = [run_scenario(whole, seed).counts[52:, 0] for seed in seeds]
    for name in FLOWS:
        own = [c[:, COLUMN[name]].mean() for c in counts]
        rows.append(compared(f"caseload {name}", own, float(people * getattr(told, name)[52:].mean())))
    found = share_of(back)
    error = (found["high"] - found["found"]) / means_factor(len(back))
    rows.append({"id": "referred again", "expected": told.back, **found, "z": (found["found"] - told.back) / error})
    return rows


def means_factor(n: int) -> float:
    """Half the width of a 95 % interval of a mean of n, in standard errors."""
    return float(t_quantile(n))


def orders(people: int, seeds: Sequence[int], first: int, weeks: int) -> list[Row]:
    """Orders in stock, made, ended and weeks on them: as an account, over all time, and by Little's law from `first` on."""
    scenario = baseline(people, weeks)
    accounts, wholes, ratios, halves = [], [], [], []
    for seed in seeds:
        run = run_scenario(scenario, seed, ledger=True)
        assert run.ledger is not None
        counts = run.counts[:, 0]
        new, ended, revoked, stock = (
            counts[:, COLUMN[n]] for n in ("orders_made", "orders_ended", "revocations", "on_cto")
        )
        accounts.append(float(np.abs(np.diff(stock) - (new - ended - revoked)[1:]).max()))
        rows = run.ledger.rows[run.ledger.of_kind(events.E_ORDER_ENDED)]
        wholes.append(stock.sum() / weeks_on_orders(rows, run.world.users))
        spells = rows["first"][rows["week"] >= first]
        ratios.append(stock[first:].mean() / (new[first:].mean() * spells.mean()))
        halves.append([part.mean() for part in np.array_split(stock[first:], 2)])
    early, late = np.mean(halves, axis=0).tolist()
    return [
        compared("account of orders", accounts, 0.0),
        compared("weeks on orders", wholes, 1.0),
        {**compared("little", ratios, 1.0), "early": early, "late": late},
    ]


def weeks_on_orders(ended: np.ndarray, users: np.ndarray) -> float:
    """Weeks that people were counted on an order: of orders that ended, as the ledger says, and of those that go on.

    A week counts if the order stood at its end. An order that ends with a discharge has not yet counted its last week, and
    one that goes on has not counted its first.
    """
    on = users["legal_status"] == CTO
    return float(
        ended["first"].sum() + (ended["outcome"] == events.ENDED_DISCHARGED).sum() + (users["cto_weeks"][on] + 1).sum()
    )


def yardstick(n_seeds: int, people: int, weeks: int) -> list[Row]:
    """The independent rewrite in plain Mesa beside the kernel, main series."""
    sys.path.insert(0, str(ROOT / "benchmarks"))
    from agreement import MAIN, agreement  # type: ignore[import-not-found]

    scenario = baseline(people, weeks, locality_spread=0.0)
    return [{"id": row.name, "label": MAIN[row.name], **row._asdict()} for row in agreement(scenario, n_seeds)]


# Internal: checks that are run here beside the tests


def engines(people: int, weeks: int, seed: int) -> Row:
    """Bytes of the world, record and ledger that both engines wrote, and how many differ."""
    scenario = baseline(people, weeks)
    models = [PersonalisationModel(scenario, rng=seed, engine=engine, ledger=True) for engine in ("compiled", "agents")]  # type: ignore[arg-type]
    for model in models:
        for _ in range(weeks):
            model.step()
    sides = [[*(part for part in model.world), model.run.record, model.run.ledger.rows] for model in models]  # type: ignore[union-attr]
    pairs = [(a.tobytes(), b.tobytes()) for a, b in zip(*sides, strict=True)]
    return {
        "id": "engines",
        "bytes": sum(len(a) for a, _ in pairs),
        "differ": sum(a != b for a, b in pairs),
        "tables": len(pairs),
    }


def threads(people: int, seeds: Sequence[int]) -> Row:
    """Do one thread and two give the same numbers?"""
    found = [hold(read_evidence().targets, baseline(people), seeds, jobs) for jobs in (1, 2)]
    pairs = zip(found[0].targets, found[1].targets, strict=True)
    return {"id": "threads", "differ": sum(a.values.tobytes() != b.values.tobytes() for a, b in pairs)}


def rebuilt(people: int, weeks: int, seed: int) -> Row:
    """People rebuilt from the ledger alone, and how many differ from the run's in any byte."""
    run = run_scenario(baseline(people, weeks), seed, ledger=True)
    assert run.ledger is not None
    own, again = run.world.users, Replay(run.ledger).people()
    return {
        "id": "replay",
        "people": len(own),
        "differ": sum(a.tobytes() != b.tobytes() for a, b in zip(own, again, strict=True)),
    }


def extremes(people: int, seeds: Sequence[int]) -> list[Row]:
    """Real take-up of eligible people after two years with every barrier off and as usual; starts with one gate shut."""
    rows = []
    off: dict[str, float] = {one.parameter: 1.0 for one in BARRIERS}
    none: dict[str, float] = {}
    for name, numbers in (("as usual", none), ("all off", off)):
        own = [run_scenario(baseline(people, 105, **numbers), seed).series("real_take_up")[-1] for seed in seeds]
        rows.append({**compared(name, own, 1.0), "id": name})
    for gate, numbers in SHUT.items():
        runs = [run_scenario(baseline(people, None, **NO_WAY_ROUND, **numbers), seed) for seed in seeds]
        rows.append({"id": f"{gate} shut", "n": len(runs), "started": sum(_sum(r, "started") for r in runs)})
    return rows


def _sum(run: Any, name: str) -> float:
    return float(run.counts[:, 0, COLUMN[name]].sum())
