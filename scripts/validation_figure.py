"""The figure of docs/validation.md, from stored results."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from persim.evidence import Range, Target, read_evidence
from persim.evidence.held import Held, HeldTarget
from persim.figure_frames import as_bytes
from persim.scenario import read_scenario
from persim.scenario_search import shipped_folder

Row = Mapping[str, Any]


def picture(rows: Sequence[Row], followed: Row, size: Sequence[int], draws: bool) -> bytes:
    """One row a target: observed range and simulated interval, fitted and held out apart; those followed in ledgers too."""
    from persim.evidence.figures import target_figure, target_words

    evidence = read_evidence()
    known = {target.id: target for target in evidence.targets}
    held = [
        HeldTarget(known[row["id"]], np.empty(0), row["simulated"], row["interval"][0], row["interval"][1], row["n"],
                   (row["spread"][0], row["spread"][1]), ())
        for row in rows
        if row["id"] in known
    ]  # fmt: skip
    for one in evidence.ranges:
        if one.id in followed:
            row = followed[one.id]
            held.append(_as_target(one, known["TGT15"], row))
    scenario = read_scenario(shipped_folder() / "baseline.yaml").changed(size[0], None)
    whole = Held(scenario, tuple(held), tuple(range(1, size[1] + 1)), draws, ())
    return as_bytes(target_figure(whole), "png", target_words(whole))


def _as_target(one: Range, like: Target, row: Row) -> HeldTarget:
    """A figure that was followed in ledgers as a held-out target; it has an interval and no spread of runs."""
    assert one.value is not None
    assert one.low is not None
    assert one.high is not None
    ends = row["low"], row["high"]
    target = replace(
        like,
        id=one.id,
        quantity=f"{one.quantity} (ledgers)",
        unit=one.unit,
        value=one.value,
        low=one.low,
        high=one.high,
        se=None,
    )
    return HeldTarget(target, np.empty(0), row["found"], row["low"], row["high"], row["n"], ends, ())
