"""The few curves that rules share. No behaviour lives here."""

import math

from persim.draws import draw
from persim.jit import rule


@rule
def odds_shift(x, ratio):
    """Multiply the odds of `x` in [0, 1] by `ratio` > 0; 0 stays 0 and 1 stays 1, so a dial at its end binds everyone."""
    return x * ratio / (x * ratio + (1.0 - x))


@rule
def between(lean, heavy, x):
    """The value a fraction `x` of the way from `lean` to `heavy`."""
    return lean + (heavy - lean) * x


@rule
def unit(x):
    """`x` held within [0, 1]."""
    return min(1.0, max(0.0, x))


@rule
def chosen_or(value, by_dial):
    """`value` if a scenario chose one, else what the dial gives (`value` is then NaN)."""
    if value == value:
        return value
    return by_dial


@rule
def soft_excess(x):
    """log(1 + exp(x)): near 0 below, near `x` above, no corner between."""
    if x > 30.0:
        return x
    return math.log(1.0 + math.exp(x))


@rule
def second_of_four(s, purpose):
    """The second smallest of four draws: Beta(2, 3), mean 0.4. Uses purpose, +200, +400, +600."""
    a = draw(s, purpose)
    b = draw(s, purpose + 200)
    c = draw(s, purpose + 400)
    d = draw(s, purpose + 600)
    low, high = min(a, b), max(a, b)
    other_low, other_high = min(c, d), max(c, d)
    return min(max(low, other_low), min(high, other_high))


@rule
def third_of_four(s, purpose):
    """The third smallest of four draws: Beta(3, 2), mean 0.6. Uses purpose, +200, +400, +600."""
    return 1.0 - second_of_four(s, purpose)


@rule
def middle_of_three(s, purpose):
    """The median of three draws: Beta(2, 2), mean 0.5. Uses purpose, +200, +400."""
    a = draw(s, purpose)
    b = draw(s, purpose + 200)
    c = draw(s, purpose + 400)
    return max(min(a, b), min(max(a, b), c))


@rule
def chance_of_presence(possible, p):
    """Chance that the person is there when a stage is worked, given the involvement that hours allow. Source: S2; PAT05."""
    return unit(p.presence_least + (1.15 - p.presence_least) * possible)
