"""The tables of docs/evidence.md, made from the evidence files."""

from __future__ import annotations

from persim.evidence.reading import read_evidence
from persim.evidence.rows import EVERYBODY, Pattern, Range, Target
from persim.evidence.words import SIGNS, figure_words

USE_WORDS = {"services": "calibration, of services", "take_up": "calibration, of take-up"}


def table_of_published_targets() -> list[str]:
    """Targets: the figure, who was counted and of whom, where it was read, what it is for, what stands for it."""
    head = ("code", "what", "figure (range)", "year", "who", "of whom", "source", "seen", "use", "in the model", "note")
    return _table(head, [_target_cells(target) for target in read_evidence().targets])


def table_of_figures_for_parameters() -> list[str]:
    """Figures that bound parameters, and which."""
    head = ("code", "what", "figure (range)", "year", "who", "source", "seen", "parameters")
    ranges = [one for one in read_evidence().ranges if one.parameters]
    return _table(head, [(*_range_cells(one), ", ".join(f"`{name}`" for name in one.parameters)) for one in ranges])


def table_of_figures_not_used() -> list[str]:
    """Figures known that no number leans on, and why."""
    head = ("code", "what", "figure (range)", "year", "who", "source", "seen", "why no number uses it")
    ranges = [one for one in read_evidence().ranges if not one.parameters]
    return _table(head, [(*_range_cells(one), one.not_used) for one in ranges])


def table_of_patterns() -> list[str]:
    """Patterns: sign, source, and the comparisons that would show each."""
    head = ("code", "effect of ... on ...", "sign", "source", "tried by", "note")
    return _table(head, [_pattern_cells(pattern) for pattern in read_evidence().patterns])


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    marks = [":---:" if name == "sign" else "---" for name in head]
    return [f"| {' | '.join(cells)} |" for cells in (head, marks, *rows)]


def _target_cells(target: Target) -> tuple[str, ...]:
    one = target.measured
    group = "" if one.group == EVERYBODY else f", {one.group}"
    weeks = f"week {one.first}" if one.first == one.last else f"weeks {one.first} to {one.last}"
    before = f", over weeks {one.ratio_to[0]} to {one.ratio_to[1]}" if one.ratio_to else ""
    use = USE_WORDS.get(target.stage, target.use)
    return (
        target.id, target.quantity, figure_words(target), target.year, target.population, target.denominator, target.source,
        target.verified, use, f"`{one.outcome}`{group}, {weeks}{before}", target.note,
    )  # fmt: skip


def _range_cells(one: Range) -> tuple[str, ...]:
    seen = f"{one.verified}; {one.note}" if one.note else one.verified
    return one.id, one.quantity, figure_words(one), one.year, one.population, one.source, seen


def _pattern_cells(pattern: Pattern) -> tuple[str, ...]:
    tried = "; ".join(contrast.name for contrast in pattern.contrasts)
    not_shown = f"not by the model: {pattern.not_shown}" if pattern.not_shown else ""
    note = "; ".join(part for part in (pattern.note, not_shown) if part)
    return pattern.id, pattern.quantity, SIGNS[pattern.sign], pattern.source, tried, note
