"""The page docs/identifiability.md and its figures, from stored results; nothing on it is typed in that a run gives."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import identifiability_plots as plots
import identifiability_words as said

from persim.evidence import read_evidence
from persim.figure_frames import Words, as_bytes
from persim.number_words import MINUS

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "identifiability.md"
IMAGES = ROOT / "docs" / "images"
GOAL = (0.85, 0.95)
SURE = 0.95
FEWEST = 30
Row = Mapping[str, Any]


def bring_up_to_date(results: Path, only_check: bool) -> None:
    """Write the page and its figures, or leave with a message if the page is not what the results give."""
    found = json.loads(results.read_text("utf-8"))
    if only_check:
        if not PAGE.exists() or PAGE.read_text("utf-8") != page(found):
            sys.exit(f"{PAGE.relative_to(ROOT)} is out of date: run `{said.COMMAND} --write`")
        return
    for name, (words, figure) in figures(found).items():
        (IMAGES / f"{name}.png").write_bytes(as_bytes(figure, "png", words))
    PAGE.write_text(page(found), encoding="utf-8", newline="\n")


def figures(found: Row) -> dict[str, tuple[Words, Any]]:
    """Every figure with its words, by the name of its file."""
    stages, cases = recovered(found), found["cases"]
    out = {}
    words = Words(
        "Do 90 % intervals hold the truth?",
        f"Share of {cases} cases whose 90 % interval holds the parameter that the figures were made of; bars: 95 % intervals of "
        "that share; grey: the goal, 85 to 95 %.",
        "Truths from the prior, figures from runs with error, inference on emulators. That the model is wrong is not covered.",
    )
    if stages:
        out["identifiability_coverage"] = words, plots.coverage(stages, cases, words)
    for name, stage in stages.items():
        words = Words(
            f"Are the ranks of the truth even? Stage {plots.named(name)}",
            f"Share of {cases} truths below each rank of their posterior, less what is even. Grey: where even ranks stay, at all "
            "places at once, in 95 % of studies. p: how often even ranks stray as far.",
            "Above all along: posteriors lie too high; below: too low. Above on the left and below on the right: too narrow.",
        )
        out[f"identifiability_ranks_{name}"] = words, plots.ranks(stage, cases, words)
    for stage in with_asked(found):
        pair = stage["posterior"]["asked"]["pair"]
        words = Words(
            f"{plots.named(pair[0]).capitalize()} against {plots.named(pair[1])}: what one figure for take-up leaves open",
            f"Orange line and grey: the published figure ({', '.join(stage['targets'])}) and one error of observation; "
            f"{len(stage['posterior']['sample'])} draws, all parameters free; effective sample size "
            f"{stage['posterior']['ess']:,.0f}. Partial: all others held.",
            "By emulator. Right, blue: both can rise; orange: more of one makes up for less of the other.",
        )
        out["identifiability_ridge"] = words, plots.ridge(stage, pair, published(stage), words)
        words = Words(
            "What would a further datum tell?",
            "Expected fall of the posterior's standard deviation in %, by each datum alone; first column: along the ridge of "
            f"{plots.named(pair[0])} and {plots.named(pair[1])}. A dot: less than 1 % or than two Monte-Carlo errors.",
            "Standard errors are chance in n answers; sizes are ours. Practitioners' views measure a parameter nearly by itself.",
        )
        out["identifiability_further"] = words, plots.further(stage, words)
    return out


def published(stage: Row) -> tuple[float, float]:
    """The stage's first published figure and its error of observation."""
    target = read_evidence().target(stage["targets"][0])
    return float(target.high if target.value is None else target.value), target.sd


def recovered(found: Row) -> dict[str, Row]:
    """Stages whose known parameters were looked for."""
    return {name: stage for name, stage in found["stages"].items() if "recovery" in stage}


def with_asked(found: Row) -> list[Row]:
    """Stages for which further data were weighed."""
    return [stage for stage in found["stages"].values() if "asked" in stage["posterior"]]


def page(found: Row) -> str:
    """The whole page."""
    parts = [said.HEAD, summary(found), said.RECOVERY, _coverage(found), said.LIMITS, said.RIDGE, _posterior(found)]
    parts += [said.FURTHER, *(_further(stage) for stage in with_asked(found)), _made(found)]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines) + "\n"


def verdict(recovery: Row) -> str:
    """In words: coverage of all parameters together and ranks."""
    covered = GOAL[0] <= recovery["pooled"][0] <= GOAL[1]
    even = min(recovery["even"]) > (1.0 - SURE) / len(recovery["even"])
    return f"coverage {'as it should be' if covered else 'outside the goal'}, ranks {'even' if even else 'not even'}"


def summary(found: Row) -> str:
    """The answer in a few lines."""
    lines = ["## In short", ""]
    for name, stage in found["stages"].items():
        lines.append(f"- **{plots.named(name).capitalize()}**: {recovery_words(stage, found['cases'])}")
        nothing = [plots.named(row["name"]) for row in stage["posterior"]["rows"] if row["verdict"] == "not informed"]
        lines.append(f"  Not informed by the published figures: {', '.join(nothing) if nothing else 'none'}.")
    lines += [f"- **Next**: {answer(stage)}" for stage in with_asked(found)]
    return "\n".join(lines)


def recovery_words(stage: Row, cases: int) -> str:
    """Coverage of all parameters together, and the verdict."""
    if "recovery" not in stage:
        return "known parameters have not been looked for yet."
    mean, low, high = (100 * one for one in stage["recovery"]["pooled"])
    return (
        f"90 % intervals hold the truth in {mean:.1f} % of {cases} cases (95 % interval {low:.1f} to {high:.1f}): "
        f"{verdict(stage['recovery'])}."
    )


def answer(stage: Row) -> str:
    """What to ask, as the study found it, with names as they are read."""
    text = stage["posterior"]["asked"]["answer"]
    for name in stage["posterior"]["asked"]["pair"]:
        text = text.replace(name, plots.named(name))
    return text


def _coverage(found: Row) -> str:
    stages = recovered(found)
    if not stages:
        return "Not run yet.\n"
    parts = ["![Share of cases whose interval holds the truth](images/identifiability_coverage.png)\n"]
    for name, stage in stages.items():
        own = stage["recovery"]
        columns = zip(own["names"], own["coverage"], own["coverage_50"], own["learnt"], own["even"], strict=True)
        rows = [
            [plots.named(who), f"{100 * share:.0f}", f"{100 * half:.0f}", f"{100 * left:.0f}", f"{chance:.2f}"]
            for who, share, half, left, chance in columns
        ]
        inside = sum(GOAL[0] <= share <= GOAL[1] for share in own["coverage"])
        low, middle = own["ess"]
        parts.append(
            f"Stage {plots.named(name)}: {', '.join(stage['targets'])}. {inside} of {len(rows)} parameters within 85 to 95 %. "
            f"Effective sample size of a case: {middle:,.0f} in the middle, {low:,.0f} at least.\n"
        )
        head = [
            "parameter",
            "90 % interval holds the truth, %",
            "50 % interval, %",
            "of the prior's spread left, %",
            "p, even ranks",
        ]
        parts += [table(head, rows), f"![Ranks of the truth, {name}](images/identifiability_ranks_{name}.png)\n"]
    return "\n".join(parts)


def _posterior(found: Row) -> str:
    parts = []
    for name, stage in found["stages"].items():
        own = stage["posterior"]
        rows = [
            [
                plots.named(row["name"]),
                f"{100 * row['left']:.0f} ± {100 * row['se']:.0f}",
                signed(row["moved"]),
                row["verdict"],
            ]
            for row in own["rows"]
        ]
        parts.append(f"Stage {plots.named(name)} (effective sample size {own['ess']:,.0f}):\n")
        parts.append(
            table(["parameter", "of the prior's spread left, %", "mean moved, prior's spreads", "verdict"], rows)
        )
        ridges = [
            [f"{plots.named(one['first'])} and {plots.named(one['second'])}", signed(one["partial"]), f"{one['se']:.2f}",
             f"{100 * one['along']:.0f}", f"{100 * one['across']:.0f}"]
            for one in own["ridges"][:10]
        ]  # fmt: skip
        if ridges:
            head = ["ridge", "partial correlation", "error", "left along, %", "left across, %"]
            parts.append(table(head, ridges))
        if "asked" in own:
            pair = " against ".join(plots.named(one) for one in own["asked"]["pair"])
            parts.append(f"{held_words(stage)}\n")
            parts.append(f"![{pair}, and partial correlations](images/identifiability_ridge.png)\n")
    return "\n".join(parts)


def held_words(stage: Row) -> str:
    """The pair that is drawn, in words, though other ridges may be stronger."""
    names = [axis["name"] for axis in stage["parameters"]]
    first, second = stage["posterior"]["asked"]["pair"]
    value = stage["posterior"]["partial"][names.index(first)][names.index(second)]
    return (
        f"{plots.named(first).capitalize()} and {plots.named(second)} have a partial correlation of {signed(value)}: with all "
        "else held, more of one makes up for less of the other; with all else free, the figure leaves both nearly as open as "
        "they were."
    )


def _further(stage: Row) -> str:
    asked = stage["posterior"]["asked"]
    order = sorted(range(len(asked["names"])), key=lambda one: asked["ridge"][one])
    rows = [
        [asked["names"][one], asked["questions"][one], f"{asked['usual'][one]:.3g}", f"{asked['sd'][one]:.2g}",
         f"{100 * asked['ridge'][one]:.0f} ± {100 * asked['ridge_se'][one]:.0f}{'' if asked['ess'][one] >= FEWEST else ' *'}"]
        for one in order
    ]  # fmt: skip
    head = ["datum", "what is asked or counted", "usual value", "its standard error", "left along the ridge, %"]
    lines = [answer(stage) + "\n", table(head, rows)]
    if min(asked["ess"]) < FEWEST:
        lines.append(f"\\* fewer than {FEWEST} effective draws stay, so this is rough.\n")
    return "\n".join([*lines, "![Expected shrinkage by each datum](images/identifiability_further.png)\n"])


def _made(found: Row) -> str:
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    how, cases = found["settings"], found["cases"] if recovered(found) else "No"
    return (
        f"## How it was made\n\n{cases} cases a stage; emulators on {found['points']} points of 2 runs; "
        f"{found['truth_runs']} runs of {found['people']:,} people at each truth; {how['generations']} generations of "
        f"{how['particles']:,} particles. Seed {found['seed']}; model {found['model_version']}; {versions}.\n"
    )


def signed(value: float) -> str:
    """Two digits, with a true minus sign."""
    return f"{value:.2f}".replace("-", MINUS)
