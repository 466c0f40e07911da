"""Ribbons between columns of blocks, for figures of flows: where blocks stand, and labels that do not touch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path


def ribbon(axes: Axes, x: tuple[float, float], y: tuple[float, float], thick: float, colour: str, alpha: float) -> None:
    """Draw a ribbon of even thickness from (x[0], y[0]) to (x[1], y[1]); y is its upper edge, and grows downwards."""
    middle = 0.5 * (x[0] + x[1])
    points = [
        (x[0], y[0]), (middle, y[0]), (middle, y[1]), (x[1], y[1]),
        (x[1], y[1] + thick), (middle, y[1] + thick), (middle, y[0] + thick), (x[0], y[0] + thick), (x[0], y[0]),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, edgecolor=colour, linewidth=0.3, alpha=alpha))


def tops_of(sizes: np.ndarray, used: Sequence[int], scale: float, gap: float, first: float = 0.1) -> dict[int, float]:
    """Where each block begins, from the top, with a gap between two. `scale` turns a size into the axes' unit."""
    found, top = {}, first
    for block in used:
        found[block] = top
        top += scale * float(sizes[block]) + gap
    return found


def spread(places: Sequence[float], apart: float, least: float = -0.02) -> list[float]:
    """Places in order, pushed apart to at least that distance, as near to where they were as that allows."""
    found = list(places)
    for _ in range(200):
        moved = False
        for number in range(1, len(found)):
            short = apart - (found[number] - found[number - 1])
            if short > 1e-6:
                found[number - 1] -= short / 2.0
                found[number] += short / 2.0
                moved = True
        if not moved:
            break
    for number, place in enumerate(found):  # what stands too high goes down, and pushes what stands in its way
        found[number] = max(place, least if number == 0 else found[number - 1] + apart - 1e-6)
    return found
