"""A story as one HTML page: the life line within it, nothing fetched, each date with its sentence and its row.

Every printed page says that the person is synthetic.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from persim.sentence import Sentence

STYLE = """
:root { --ink: #1d2430; --soft: #4a5464; --line: #d5dae1; --accent: #0b5a8f; --warm: #fdf6e9; --warm-line: #b7791f; }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0 auto; max-width: 66rem; padding: 1.25rem; color: var(--ink); background: #fff; line-height: 1.55;
  font-family: system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", Arial, sans-serif; }
h1 { font-size: clamp(1.6rem, 4vw, 2.3rem); line-height: 1.15; margin: 0 0 .3rem; }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem; }
.soft { color: var(--soft); margin: 0 0 .4rem; }
.note { background: var(--warm); border-left: 5px solid var(--warm-line); padding: .7rem 1.1rem; margin: 1rem 0; }
figure { margin: 1.25rem 0; overflow-x: auto; }
figure svg { display: block; width: 100%; min-width: 44rem; height: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.2rem; margin: 0; }
dt { color: var(--soft); } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; }
th, td { text-align: left; vertical-align: top; padding: .3rem .8rem .3rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 400; color: var(--soft); white-space: nowrap; width: 8rem; }
td.row { width: 5rem; text-align: right; color: var(--soft); font-size: .85rem; padding-right: 0;
  font-variant-numeric: tabular-nums; }
td small { display: block; color: var(--soft); }
pre { overflow-x: auto; font-size: .85rem; line-height: 1.4; }
pre.words { white-space: pre-wrap; font: inherit; margin: 0; }
.notes p, footer { color: var(--soft); font-size: .92rem; margin: 0 0 .5rem; }
footer { display: none; }
@media print {
  @page { margin: 15mm 15mm 20mm; }
  body { max-width: none; padding: 0 0 3rem; font-size: 10pt; }
  figure svg { min-width: 0; }
  tr, figure, dl { break-inside: avoid; } h2 { break-after: avoid; }
  footer { display: block; position: fixed; bottom: 0; }
}
"""


def story_page(
    title: str, subtitle: Sequence[str], synthetic: str, start: Sequence[tuple[str, str]], sentences: Sequence[Sentence],
    blocks: Sequence[tuple[str, str, str]], notes: Sequence[str], svg: str = "",
) -> str:  # fmt: skip
    """The page.

    Args:
        subtitle: lines under the title. synthetic: what every printed page says at its foot. start: who, as pairs.
        blocks: (heading, text, "table" to keep its columns or "words"). svg: the life line, or nothing.
    """
    parts = [f"<h1>{escape(title)}</h1>", *(f'<p class="soft">{escape(line)}</p>' for line in subtitle if line)]
    parts.append(f'<p class="note">{escape(synthetic)}</p>')
    if svg:
        parts.append(
            f'<figure role="img" aria-label="The life line; the story below says the same in words">{inline(svg)}</figure>'
        )
    if start:
        pairs = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in start)
        parts.append(f"<h2>At the start</h2><dl>{pairs}</dl>")
    parts += [f'<h2>{escape(heading)}</h2><pre class="{kind}">{escape(text)}</pre>' for heading, text, kind in blocks]
    parts += _years(sentences)
    parts.append(
        f'<div class="notes"><h2>How to read this</h2>{"".join(f"<p>{escape(note)}</p>" for note in notes)}</div>'
    )
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{STYLE}</style>"
    )
    foot = f"<footer>{escape(title)}. {escape(synthetic)}</footer>"
    return f'<!doctype html>\n<html lang="en-GB"><head>{head}</head><body><main>{"".join(parts)}</main>{foot}</body></html>\n'


def _years(sentences: Sequence[Sentence]) -> list[str]:
    """One table for each year that has something to tell."""
    parts = []
    for year in sorted({sentence.date.year for sentence in sentences}):
        lines, week = [], None
        for sentence in (one for one in sentences if one.date.year == year):
            date = sentence.date
            day = f'<time datetime="{date.isoformat()}">{date.day} {date:%B}</time>' if sentence.week != week else ""
            week = sentence.week
            small = f"<small>{escape(sentence.weighed)}</small>" if sentence.weighed else ""
            lines.append(
                f'<tr><th scope="row">{day}</th><td>{escape(sentence.text)}{small}</td><td class="row">{sentence.row}</td></tr>'
            )
        parts.append(f"<h2>{year}</h2><table><tbody>{''.join(lines)}</tbody></table>")
    return parts


def inline(svg: str) -> str:
    """An SVG file's drawing, to stand in a page: without its header, its metadata and its fixed size."""
    drawing = svg[svg.index("<svg") :]
    drawing = re.sub(r"<metadata>.*?</metadata>", "", drawing, flags=re.DOTALL)
    return re.sub(r'(<svg[^>]*?) width="[^"]*"| height="[^"]*pt"', r"\1", drawing, count=2)
