"""What surrounds every figure: persim's style, a grid of panels with title, subtitle and caveat, and files.

Colours are Okabe and Ito's, which people with any colour vision can tell apart, and never carry meaning alone. Text in
SVG files is drawn as outlines, so that it looks the same wherever it is opened. The same figure gives the same bytes.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

BLUE, VERMILION, GREEN, SKY, GREY, PALE, INK = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#56B4E9",
    "#8A8A8A",
    "#DDDDDD",
    "#222222",
)
STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 9.5,
    "text.color": INK,
    "axes.edgecolor": "#999999",
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "xtick.color": "#444444",
    "ytick.color": "#444444",
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 9,
    "svg.fonttype": "path",
    "svg.hashsalt": "persim",
    "axes.unicode_minus": True,
}
WIDTH = 11.5  # inches
DPI = 150
TITLE_SIZE, SUBTITLE_SIZE, NOTE_SIZE = 15, 10, 8
MOST_COLUMNS = 3
TITLE_SIGNS, TITLE_LINE = 11.4, 0.18  # of panels: signs in an inch, inches for a line


@dataclass(frozen=True)
class Words:
    """What stands around a figure: title, subtitle (what is drawn, n, what a band means), caveat."""

    title: str
    subtitle: str
    caveat: str


@contextmanager
def house_style() -> Iterator[None]:
    """Draw and save in persim's style, whatever the user's own settings are."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)  # type: ignore[arg-type]
        yield


def as_bytes(figure: Figure, kind: str, words: Words) -> bytes:
    """The figure as a "png" or "svg" file; the same figure gives the same bytes. The words go in as a description."""
    out = io.BytesIO()
    described = {"Title": words.title, "Description": f"{words.subtitle} {words.caveat}"}
    with house_style():
        if kind == "svg":
            figure.savefig(out, format="svg", metadata={**described, "Date": None, "Creator": "persim"})
        else:
            figure.savefig(out, format="png", dpi=DPI, metadata={**described, "Software": "persim"})
    return out.getvalue()


def height_of(caveat: str) -> float:
    """Inches that a caveat takes at the foot of a figure."""
    return 0.16 + 0.15 * len(textwrap.wrap(caveat, 180))


def columns_for(n: int, most: int) -> int:
    """Panels side by side, of n."""
    return n if n <= most else (2 if n == 4 else most)


def panels_for(
    titles: Sequence[str], height: float, words: Words, *, bottom: float, left: float = 0.65, gap: float = 0.38,
    share: bool = True,
) -> tuple[Figure, list[Axes]]:  # fmt: skip
    """A figure with a panel of that height in inches for each title, its words around it.

    Returns: the figure, and its panels row by row; unused places stay empty.
    """
    n, columns = len(titles), columns_for(len(titles), MOST_COLUMNS)
    rows = -(-n // columns)
    right, between = (0.75, 0.28) if share and left < 1.0 else (0.35, 0.12)
    panel = (WIDTH - left - right) / (columns + (columns - 1) * between)
    wrapped = [fold(title, int(panel * (1.0 + between / 2.0) * TITLE_SIGNS)) for title in titles]
    lines = [max(text.count("\n") + 1 for text in wrapped[row * columns : (row + 1) * columns]) for row in range(rows)]
    gap += TITLE_LINE * max(lines[1:], default=0)  # room for panel titles
    subtitle, caveat = textwrap.wrap(words.subtitle, 142), textwrap.wrap(words.caveat, 180)
    head = 0.73 + 0.2 * len(subtitle) + TITLE_LINE * lines[0]
    foot = bottom + height_of(words.caveat)
    total = head + foot + rows * height + (rows - 1) * gap
    figure = Figure(figsize=(WIDTH, total))
    figure.subplots_adjust(
        left=left / WIDTH, right=1 - right / WIDTH, top=1 - head / total, bottom=foot / total,
        hspace=gap / height, wspace=between,
    )  # fmt: skip
    grid = figure.subplots(rows, columns, sharex=share, sharey=share, squeeze=False)
    flat = [axes for row in grid for axes in row]
    for axes in flat[n:]:
        axes.remove()
    for axes, title in zip(flat, wrapped, strict=False):
        axes.set_title(title, pad=11, fontsize=10)
    if share:
        for number, axes in enumerate(flat[:n]):
            axes.tick_params(labelbottom=number + columns >= n, labelleft=number % columns == 0)
    figure.text(0.25 / WIDTH, 1 - 0.40 / total, words.title, fontsize=TITLE_SIZE, fontweight="bold", va="baseline")
    for number, line in enumerate(subtitle):
        figure.text(
            0.25 / WIDTH,
            1 - (0.64 + 0.2 * number) / total,
            line,
            fontsize=SUBTITLE_SIZE,
            color="#444444",
            va="baseline",
        )
    for number, line in enumerate(reversed(caveat)):
        figure.text(
            0.25 / WIDTH, (0.14 + 0.15 * number) / total, line, fontsize=NOTE_SIZE, color="#666666", va="baseline"
        )
    return figure, flat[:n]


def fold(text: str, width: int) -> str:
    """The text in lines of at most that many signs."""
    return "\n".join(textwrap.wrap(text, width)) or text
