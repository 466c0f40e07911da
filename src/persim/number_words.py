"""How numbers read: a share as a percentage, its difference in points, money in pounds, a caveat's sign.

One unit, one way, in tables and figures alike.
"""

import math
from typing import NamedTuple

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"


class Shown(NamedTuple):
    """How a unit is shown: factor, decimals, what stands after a level, what a difference is counted in.

    `least` is the shortest axis on which differences are drawn, in shown units: less than that hardly matters.
    """

    factor: float
    decimals: int
    after: str
    of_difference: str
    least: float = 0.0


_UNITS = {
    "share": Shown(100.0, 1, " %", "percentage points", 1.0),
    "0-1": Shown(1.0, 3, "", "on a scale of 0 to 1", 0.01),
    "weeks": Shown(1.0, 1, "", "weeks", 2.0),
    "hours": Shown(1.0, 0, "", "hours", 10.0),
    "per week": Shown(1.0, 3, "", "a week per person", 0.02),
    "hours per week": Shown(1.0, 2, "", "hours a week per post", 0.1),
    "per person-year": Shown(100.0, 1, "", "a year per 100 people", 0.5),
    "minutes per week": Shown(1.0, 1, "", "minutes a week per person", 1.0),
    "days per person-year": Shown(1.0, 1, "", "days a year per person", 0.5),
    "people": Shown(1.0, 0, "", "people", 5.0),
    "GBP": Shown(1.0, 0, "", "pounds", 1000.0),
}


def shown(unit: str) -> Shown:
    """How a unit of `persim.outcomes` is shown."""
    return _UNITS.get(unit, Shown(1.0, 3, "", unit))


def unit_words(unit: str) -> str:
    """What the numbers of a row are, as they are shown: "%", "weeks", "a year per 100 people"."""
    return (
        "%" if unit == "share" else "0 to 1" if unit == "0-1" else "£" if unit == "GBP" else shown(unit).of_difference
    )


def level_words(unit: str, value: float) -> str:
    """A level: 8.2 %, 0.412, £31.4k."""
    if not math.isfinite(value):
        return NOTHING
    if unit == "GBP":
        return pounds(value)
    way = shown(unit)
    return f"{_number(way.factor * value, _decimals(way, value, value))}{way.after}"


def difference_words(unit: str, value: float, low: float, high: float, short: bool = False) -> str:
    """A difference with its 95 % interval, in the unit's points: +2.3 (2.0 to 2.6), or short +2.3 ± 0.3."""
    if not math.isfinite(value):
        return NOTHING
    if value == 0.0 and not (low < 0.0 < high):
        return "0 exactly" if math.isfinite(low) else "0 (no interval)"
    sign = "+" if value >= 0.0 else MINUS
    way = shown(unit)
    factor, decimals, thousand = way.factor, _decimals(way, (high - low) / 2.0, value), ""
    if unit == "GBP":
        sign, (factor, decimals, thousand) = f"{sign}£", _in_thousands(value, low, high)
    size = f"{sign}{_number(factor * abs(value), decimals)}{thousand}"
    if not math.isfinite(low):
        return f"{size} (no interval)"
    if short:
        return f"{size} ± {_number(factor * (high - low) / 2.0, decimals)}"
    return f"{size} ({_number(factor * low, decimals)} to {_number(factor * high, decimals)})"


def ratio_words(value: float, low: float, high: float, short: bool = False) -> str:
    """Pounds with an interval, which need not be symmetric: £12.4k (11.0 to 14.5), or short £12.4k (11.0–14.5)."""
    factor, decimals, thousand = _in_thousands(value, low, high)
    size, ends = _number(factor * value, decimals), [_number(factor * end, decimals) for end in (low, high)]
    minus, size = (MINUS, size[1:]) if size.startswith(MINUS) else ("", size)
    return f"{minus}£{size}{thousand} ({ends[0]}{NOTHING if short else ' to '}{ends[1]})"


def share_of_worlds(share: float) -> str:
    """A share in whole per cent, but never 0 or 100 unless it is; nothing where there is none."""
    if not math.isfinite(share):
        return ""
    per_cent = 100.0 * share
    if 0.0 < per_cent < 0.5:
        return "under 1 %"
    return "over 99 %" if 99.5 <= per_cent < 100.0 else f"{per_cent:.0f} %"


def pounds(value: float) -> str:
    """A sum of money: £640, £31.4k, £641k."""
    factor, decimals, thousand = _in_thousands(value)
    return f"{MINUS if value < 0.0 else ''}£{_number(factor * abs(value), decimals)}{thousand}"


def _in_thousands(*values: float) -> tuple[float, int, str]:
    largest = max((abs(value) for value in values if math.isfinite(value)), default=0.0)
    if largest < 1000.0:
        return 1.0, 0, ""
    return 1e-3, 1 if largest < 100_000.0 else 0, "k"


def _number(value: float, decimals: int) -> str:
    text = f"{abs(value):,.{decimals}f}"
    is_zero = not any(sign in text for sign in "123456789")
    return text if value >= 0.0 or is_zero else MINUS + text


def _decimals(way: Shown, precision: float, value: float) -> int:
    """Decimals that show what is known: more for a narrow interval, none for hundreds of hours."""
    finest, largest = way.factor * abs(precision), way.factor * abs(value)
    if way.decimals == 0:
        return 0 if largest >= 100.0 or finest == 0.0 or not math.isfinite(finest) else 1
    if 0.0 < finest < 10.0**-way.decimals:
        return min(way.decimals + 2, math.ceil(-math.log10(finest)))
    return way.decimals
