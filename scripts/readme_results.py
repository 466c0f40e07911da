"""Run the comparison that the README shows, and write its picture and its part of the table.

python scripts/readme_results.py            # 100 replicates, some minutes
python scripts/readme_results.py 20         # fewer

Run it when results change. It writes docs/images/take_up.png and the lines between the two marks in README.md.
"""

import io
import re
import sys
from pathlib import Path

from PIL import Image

import persim
from persim.answer_words import answer, size_words
from persim.comparison import Comparison
from persim.comparison_figures import figures
from persim.comparison_words import headline
from persim.figure_frames import as_bytes
from persim.text_table import wrapped

ROOT = Path(__file__).resolve().parents[1]
SCENARIOS = ("baseline", "lean_process", "brokers_and_peers", "gold_standard")
SHOWN = ("Take-up, of eligible people", "Lives of eligible people")
MARKS = "<!-- results: made by scripts/readme_results.py -->", "<!-- end of results -->"
COLOURS = 96
WIDTH = 118


def main() -> None:
    """Compare, draw, write."""
    replicates = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    comparison = persim.compare(SCENARIOS, replicates=replicates)
    picture = next(as_bytes(figure, "png", words) for name, words, figure in figures(comparison) if name == "take_up")
    (ROOT / "docs" / "images" / "take_up.png").write_bytes(smaller(picture))
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    block = "\n".join([MARKS[0], "", "```text", *excerpt(comparison), "```", "", MARKS[1]])
    readme.write_text(re.sub(f"{MARKS[0]}.*?{MARKS[1]}", lambda _: block, text, flags=re.DOTALL), encoding="utf-8")
    print(size_words(comparison))


def smaller(png: bytes) -> bytes:
    """The picture in few colours: a third of the size, and no difference to see."""
    out = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


def excerpt(comparison: Comparison) -> list[str]:
    """The table's head, two of its parts with the caveats that belong to them, and the answer."""
    lines: list[str] = []
    marks: set[str] = set()
    shown = True
    for text, is_heading in headline(comparison, short=True).lines(WIDTH):
        if is_heading and text and not text.startswith((" ", "Differences")):
            shown = text in SHOWN
        if mark := re.match(r"\[\d+\]", text):
            shown = mark[0] in marks
        elif text.startswith("Intervals"):
            shown = True
        if shown:
            lines.append(text)
            marks |= set(re.findall(r"\[\d+\]", text))
    return [*lines, "", *(line.strip() for line in wrapped(answer(comparison), WIDTH))]


if __name__ == "__main__":
    main()
