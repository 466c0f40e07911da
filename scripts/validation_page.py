"""The page docs/validation.md and its figures, from stored results: verdicts, tables, nothing typed in that a run gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import validation_words as words
from validation_figure import picture
from validation_verdicts import (
    FAR,
    FAR_FROM_YARDSTICK,
    FOLLOWED,
    LATER,
    UNKNOWN,
    in_pattern_words,
    shown,
    verdict_in_range,
    verdict_of_tests,
    verdict_of_z,
)

from persim.evidence.words import number_words
from persim.number_words import MINUS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "validation.md"
IMAGES = ROOT / "docs" / "images"
Row = Mapping[str, Any]


# The page


def write(results: Row) -> list[Path]:
    """Write page and figures. Returns: their paths."""
    figures = [(IMAGES / "validation.png", results["targets"], False)]
    if results["targets_of_posterior"]:
        figures.append((IMAGES / "validation_posterior.png", results["targets_of_posterior"], True))
    for path, rows, draws in figures:
        size = results["made_with"]["sizes"]["posterior" if draws else "targets"]
        path.write_bytes(picture(rows, {} if draws else results["followed"], size, draws))
    PAGE.write_text(page(results), encoding="utf-8", newline="\n")
    return [PAGE, *(path for path, _, _ in figures)]


def out_of_date(results: Row) -> list[str]:
    """Whether the page differs from what the stored results give."""
    if not PAGE.exists() or PAGE.read_text(encoding="utf-8") != page(results):
        return [f"docs/validation.md is out of date: run `{words.COMMAND} --write`"]
    return []


def page(results: Row) -> str:
    """The whole page."""
    parts = [
        words.HEAD, summary(results), _face(results), _internal(results), _cross(results), _external(results),
        _predictive(results), _made_with(results),
    ]  # fmt: skip
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows)) + "\n"


def summary(results: Row) -> str:
    """One row a kind: how many of what was asked hold, and what misses."""
    groups = {
        "internal": _internal_verdicts(results),
        "cross": _cross_verdicts(results),
        "external, held out": _held_out_verdicts(results),
        "external, patterns": {row["id"]: in_pattern_words(row["verdict"]) for row in results["patterns"]},
        "external, fitted (no validation)": {
            row["id"]: target_verdict(row) for row in results["targets"] if row["use"] == "calibration"
        },
        "predictive": {row["id"]: target_verdict(row) for row in results["targets"] if row["id"] in LATER},
    }
    face = {name: verdict_of_tests(**results["tests"][name]) for name in ("stories", "must_not", "directions")}
    groups = {"face": face | {"traces": "holds", "review from outside": "not done"}} | groups
    groups["cross"]["other models"] = groups["predictive"]["forecasts; leaving one out"] = "not done"
    rows = []
    for name, found in groups.items():
        counts = [str(sum(verdict == word for verdict in found.values()) or "-") for word in ("holds", "by tests")]
        rest = [f"{key} ({verdict})" for key, verdict in found.items() if verdict not in ("holds", "by tests")]
        rows.append((name, str(len(found)), *counts, "; ".join(rest) or "-"))
    return table(("kind", "asked", "holds", "by tests", "misses, undecided, not done"), rows)


def _tests(results: Row, name: str) -> tuple[str, str]:
    found = results["tests"][name]
    count = found["collected"]
    said = f"{count} tests" if found["passed"] is None else f"{found['passed']} of {count} tests pass"
    return said, shown(verdict_of_tests(**found))


def _face(results: Row) -> str:
    said = {}
    for name in ("stories", "must_not", "directions"):
        said[name], said[f"{name}_verdict"] = _tests(results, name)
    return words.FACE.format(**said)


def _internal_verdicts(results: Row) -> dict[str, str]:
    tests = {row[0]: verdict_of_tests(**results["tests"][row[0]]) for row in words.INTERNAL_TESTS}
    return tests | {f"{name}, run here": verdict for name, _, verdict in _internal_runs(results)}


def _internal_runs(results: Row) -> list[tuple[str, str, str]]:
    """(what, result, verdict) of checks that the study itself runs."""
    found = {row["id"]: row for row in results["internal"]}
    engines, off, usual = found["engines"], found["all off"], found["as usual"]
    people = results["made_with"]["sizes"]["extremes"][0]
    same = {name: "holds" if found[name]["differ"] == 0 else "misses" for name in ("engines", "threads", "replay")}
    shut = [row for row in results["internal"] if row["id"].endswith(" shut")]
    began = ", ".join(f"{row['id']}: {row['started']:g} budgets started" for row in shut)
    return [
        (
            "engines",
            f"{engines['bytes']:,} bytes of state, record and ledger, {engines['differ']} tables differ",
            same["engines"],
        ),
        ("one thread and two", f"{found['threads']['differ']} targets differ", same["threads"]),
        ("replay", f"{found['replay']['people']} people, {found['replay']['differ']} differ in any byte", same["replay"]),
        (
            "all barriers off",
            f"real take-up after two years {100 * off['found']:.1f} % of all eligible people ({100 * off['low']:.1f}-"
            f"{100 * off['high']:.1f}; who declines, is in crisis or came lately is in the base), usually "
            f"{100 * usual['found']:.1f} %",
            "holds" if off["low"] > 10.0 * usual["high"] else "misses",
        ),
        (
            "one gate shut",
            f"{shut[0]['n']} runs of {people} people each; {began}",
            "misses" if any(row["started"] for row in shut) else "holds",
        ),
    ]  # fmt: skip


def _internal(results: Row) -> str:
    rows = [(asked, how, *_tests(results, name), where) for name, asked, how, where in words.INTERNAL_TESTS]
    runs = [(what, result, shown(verdict)) for what, result, verdict in _internal_runs(results)]
    head = "## Internal: is it the model that was meant?\n"
    between = "Tests were counted by collecting them. The study itself ran some of this again:\n"
    tests = table(("asked", "how", "result", "verdict", "where"), rows)
    return "\n".join([head, tests, between, table(("what", "result", "verdict"), runs)])


def _cross_verdicts(results: Row) -> dict[str, str]:
    found = {row["id"]: verdict_of_z(row["z"], FAR) for row in (*results["closed"], *results["orders"])}
    return {row["label"]: verdict_of_z(row["z"], FAR_FROM_YARDSTICK) for row in results["yardstick"]} | found


def _cross(results: Row) -> str:
    people, n = results["made_with"]["sizes"]["yardstick"]
    intro = words.CROSS_INTRO.format(weeks=78, n=n, people=people, far=FAR_FROM_YARDSTICK)
    plain = [
        (r["label"], f"{r['plain']:.4g}", f"{r['kernel']:.4g}", _signed(r["z"]), shown(verdict_of_z(r["z"], FAR_FROM_YARDSTICK)))
        for r in results["yardstick"]
    ]  # fmt: skip
    closed = [
        (
            words.CLOSED[r["id"]], f"{r['expected']:.4g}", f"{r['found']:.4g} ({r['low']:.4g}-{r['high']:.4g})", str(r["n"]),
            _signed(r["z"]), shown(verdict_of_z(r["z"], FAR)), _closed_note(r),
        )
        for r in (*results["closed"], *results["orders"])
    ]  # fmt: skip
    return "\n".join([
        intro, table(("series", "plain Mesa", "persim", "standard errors apart", "verdict"), plain),
        words.CLOSED_INTRO.format(far=FAR),
        table(("what", "expected", "runs (interval)", "n", "standard errors apart", "verdict", "note"), closed),
        words.OTHER_MODELS,
    ])  # fmt: skip


def _closed_note(row: Row) -> str:
    if verdict_of_z(row["z"], FAR) == "holds":
        return ""
    return words.LITTLE.format(early=row["early"], late=row["late"]) if "early" in row else UNKNOWN


def target_verdict(row: Row) -> str:
    """The verdict on a stored target at the defaults."""
    return verdict_in_range(row["simulated"], row["interval"], row["range"])


def _held_out_verdicts(results: Row) -> dict[str, str]:
    targets = {row["id"]: target_verdict(row) for row in results["targets"] if row["use"] == "validation"}
    return targets | {code: _followed_verdict(results["followed"][code]) for code in FOLLOWED}


def _followed_verdict(row: Row) -> str:
    return verdict_in_range(row["found"], (row["low"], row["high"]), row["range"])


def _external(results: Row) -> str:
    sizes, drawn = results["made_with"]["sizes"], results["targets_of_posterior"]
    beside = f", and {sizes['posterior'][1]} draws from the posterior sample" if drawn else ""
    more = "\n![The same over the posterior sample](images/validation_posterior.png)\n" if drawn else ""
    intro = words.EXTERNAL_INTRO.format(
        runs=sizes["targets"][1], people=sizes["targets"][0], posterior=beside, more_figures=more
    )
    held = [_target_cells(results, row) for row in results["targets"] if row["use"] == "validation"]
    fitted = [_target_cells(results, row) for row in results["targets"] if row["use"] == "calibration"]
    followed = [_followed_cells(code, results["followed"][code]) for code in FOLLOWED]
    head = ("figure", "year", "observed (range)", "simulated (interval)", *_drawn_head(results), "verdict", "note")
    short = ("figure", "year", "observed (range)", "simulated (interval)", "verdict", "note")
    return "\n".join([
        intro, table(head, held), words.FOLLOWED_INTRO.format(n=sizes["ledgers"][1]), table(short, followed),
        words.FITTED_INTRO, table(head, fitted), _patterns(results),
    ])  # fmt: skip


def _drawn_head(results: Row) -> list[str]:
    return ["over the posterior (nine of ten draws)"] if results["targets_of_posterior"] else []


def _interval(mean: float, interval: Sequence[float], unit: str) -> str:
    ends = [number_words(end, unit).removesuffix(" %") for end in interval]
    return f"{number_words(mean, unit)} ({ends[0]}-{ends[1]})"


def _target_cells(results: Row, row: Row) -> list[str]:
    verdict = target_verdict(row)
    drawn = {other["id"]: other for other in results["targets_of_posterior"] or ()}.get(row["id"])
    beside = [_interval(drawn["simulated"], drawn["spread"], row["unit"])] if drawn else []
    notes = [_reason(results, row["id"], verdict)] if verdict != "holds" else []
    if row["use"] == "validation" and row["defaults_chosen_with_it"]:
        notes.append(words.SEEN + ", ".join(f"`{name}`" for name in row["defaults_chosen_with_it"]))
    simulated = _interval(row["simulated"], row["interval"], row["unit"])
    said = f"{row['id']} {row['quantity']}"
    return [said, str(row["year"]), row["figure"], simulated, *beside, shown(verdict), ". ".join(notes)]


def _reason(results: Row, code: str, verdict: str) -> str:
    if verdict == "undecided":
        return words.OF_CHANCE
    half, none = (f"{row['found']:.0%}".replace("%", " %") for row in results["margins"])
    return words.REASONS.get(code, UNKNOWN).format(half=half, none=none)


def _followed_cells(code: str, row: Row) -> list[str]:
    verdict = _followed_verdict(row)
    note = "" if verdict == "holds" else words.REASONS.get(code, UNKNOWN)
    simulated = _interval(row["found"], (row["low"], row["high"]), "share")
    return [
        f"{code} {row['quantity']}",
        str(row["year"]),
        row["figure"],
        f"{simulated}, of {row['of']}",
        shown(verdict),
        note,
    ]


def _patterns(results: Row) -> str:
    people, n = results["made_with"]["sizes"]["patterns"]
    rows = []
    for row in results["patterns"]:
        parts = row["comparisons"]
        good = sum(part["verdict"] == "shown" for part in parts)
        missed = [_missed(part) for part in parts if part["verdict"] != "shown"]
        limits = [f"not by the model: {row['not_shown']}"] if row["not_shown"] else []
        sign = {1: "+", -1: MINUS, 0: "0"}[row["sign"]]
        verdict = shown(in_pattern_words(row["verdict"]))
        rows.append(
            (f"{row['id']} {row['quantity']}", sign, f"{good} of {len(parts)}", verdict, "; ".join([*missed, *limits]))
        )
    return words.PATTERN_INTRO.format(n=n, people=people) + "\n" + table(
        ("pattern", "sign", "comparisons shown", "verdict", "what is not shown"), rows
    )  # fmt: skip


def _missed(part: Row) -> str:
    """A comparison that is not shown, with its effect, relative or in the outcome's unit."""
    kind = ".1%" if part["relative"] else ".3g"
    mean, low, high = (
        f"{value:+{kind}}".replace("%", " %").replace("-", MINUS) for value in (part["effect"], *part["interval"])
    )
    return f"{part['name']}: {part['verdict']}, {mean} ({low} to {high})"


def _predictive(results: Row) -> str:
    head = ("figure", "year", "observed (range)", "simulated (interval)", *_drawn_head(results), "verdict", "note")
    rows = [_target_cells(results, row) for row in results["targets"] if row["id"] in LATER]
    rest = words.PREDICTIVE_REST
    if not results["targets_of_posterior"]:
        rest = rest.replace("| - | | - |", "| - | - |")
    return words.PREDICTIVE_INTRO + "\n" + table(head, rows) + rest


def _made_with(results: Row) -> str:
    made = results["made_with"]
    sizes = "; ".join(f"{name} {n} x {people:,}" for name, (people, n) in made["sizes"].items())
    return (
        "## Made with\n\n"
        f"persim {made['persim']}, model version `{made['model_version']}`, posterior sample "
        f"{made['posterior'][:12] if made['posterior'] else 'none shipped'}. Runs x people: {sizes}. Seeds from "
        f"{made['first_seed']} on.\n"
    )


def _signed(value: float) -> str:
    return f"{value:+.1f}".replace("-", MINUS)
