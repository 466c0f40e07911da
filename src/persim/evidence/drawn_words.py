"""Targets over draws of a posterior sample in words: a table beside the defaults, what to bear in mind, and for programs."""

from __future__ import annotations

import math
from typing import Any

from persim.drawn_parts import doubt_words
from persim.evidence.drawn import DrawnTarget, HeldDrawn
from persim.evidence.words import (
    HOW_NEAR,
    USES,
    distance_words,
    figure_words,
    interval_words,
    seen_notes,
    target_answer,
    target_json,
)
from persim.number_words import NOTHING, share_of_worlds
from persim.text_table import Row, TextTable

OF_BOTH = (
    "At the defaults: mean over runs with its 95 % interval, which holds chance only. Over the posterior: mean over draws and "
    "runs, with an interval that also holds what is not known of the numbers that the sample varies; of it numbers: their "
    "share of its variance, which more draws and runs do not narrow (0 %: none that can be told from chance). Distance and "
    "verdict are those over the posterior."
)
COLUMNS = ("observed (range)", "at the defaults", "over the posterior", "of it numbers", "distance", "verdict")


def drawn_table(held: HeldDrawn) -> TextTable:
    """Targets beside the model, one row each."""
    rows: list[Row] = []
    for use in ("calibration", "validation", "specification"):
        own = [one for one in held.targets if one.target.use == use]
        rows += [Row(use.capitalize()), *(_row(one) for one in own)] if own else []
    sample = held.posterior
    title = (
        f"Targets beside {held.scenario.name}: {held.draws} draws of the posterior with {len(held.seeds)} runs each of "
        f"{held.scenario.n_users:,} people, {len(held.usual.seeds)} runs at the defaults"
    )
    drawn = (
        f"{len(sample.parameters)} numbers are drawn: {', '.join(sample.parameters)} (SHA-256 {sample.digest[:12]}...)."
    )
    notes = (HOW_NEAR, OF_BOTH, drawn, USES, *seen_notes(held.usual.targets))
    return TextTable((title,), COLUMNS, tuple(rows), notes)


def _row(one: DrawnTarget) -> Row:
    target = one.target
    share = share_of_worlds(one.parts.numbers_share) if math.isfinite(one.parts.numbers_share) else NOTHING
    cells = (
        figure_words(target), interval_words(one.usual), interval_words(one.over), share, distance_words(one.over),
        one.over.verdict,
    )  # fmt: skip
    return Row(f"{target.id} {target.quantity}", cells)


def drawn_answer(held: HeldDrawn) -> str:
    """What was met over the posterior."""
    said = target_answer([one.over for one in held.targets])
    return f"Over {held.draws} draws of the posterior, {said[:1].lower()}{said[1:]}"


def drawn_json(held: HeldDrawn) -> dict[str, Any]:
    """The targets for programs: as at the defaults, with what stands over the posterior."""
    rows = []
    for one in held.targets:
        over = one.over
        rows.append({
            **target_json(one.usual), "posterior_simulated": over.mean, "posterior_interval": [over.low, over.high],
            "posterior_spread": list(over.spread), "posterior_distance": over.distance, "posterior_verdict": over.verdict,
            "numbers_sd": one.parts.numbers_sd, "chance_se": one.parts.chance_se, "numbers_share": one.parts.numbers_share,
            "in_words": doubt_words(one.parts),
        })  # fmt: skip
    return {
        "scenario": held.scenario.name, "people": held.scenario.n_users, "runs": len(held.usual.seeds), "posterior": True,
        "draws": held.draws, "runs_in_a_draw": len(held.seeds), "sha256": held.posterior.digest, "targets": rows,
        "answer": drawn_answer(held),
    }  # fmt: skip
