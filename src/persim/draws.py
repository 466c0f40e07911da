"""Luck: every draw is a pure function of (seed, agent, week, purpose).

There is no generator and no state. A key names an agent, a stream names an agent's week, a draw names a purpose within
it. So a person meets the same luck in every scenario, in any order of execution, on any machine and number of threads,
and one more person changes nobody else's luck. The mixing function is the finaliser of splitmix64 (Steele, Lea and
Flood 2014). Keys and streams are int64 outside and uint64 inside: Python would otherwise hold integers that compiled
code refuses.
"""

import math

import numpy as np

from persim.jit import rule

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
WEEKLY = np.uint64(0xD1B54A32D192ED03)
FIRST = np.uint64(0xBF58476D1CE4E5B9)
SECOND = np.uint64(0x94D049BB133111EB)
S30, S27, S31, S11 = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
UNIT = 2.0**-53

# What a key names. Rows of people, posts, teams and localities are numbered apart.
PERSON, POST, TEAM_KEY, LOCALITY_KEY = 1, 2, 3, 4


@rule
def mix(z):
    """The 64-bit finaliser of splitmix64: every bit of the input moves about half of the output's bits."""
    z = np.uint64(z)
    z = (z ^ (z >> S30)) * FIRST
    z = (z ^ (z >> S27)) * SECOND
    return z ^ (z >> S31)


@rule
def key_of(seed, kind, number, generation):
    """The key of one agent: the n-th person of a row (or holder of a post) has the same key in every scenario."""
    z = mix(np.uint64(seed) + GOLDEN * np.uint64(kind))
    z = mix(z ^ (np.uint64(number) + GOLDEN))
    return np.int64(mix(z + GOLDEN * (np.uint64(generation) + np.uint64(1))))


@rule
def stream(key, week):
    """The stream of one agent in one week. `week` may be negative (before 7 April 2008)."""
    return np.int64(mix(np.uint64(key) ^ (WEEKLY * np.uint64(week + 100000))))


@rule
def judgement_stream(key, other, period):
    """The stream of a judgement that lasts: one agent about another, over one period (about two years)."""
    return np.int64(mix(mix(np.uint64(key) + np.uint64(other)) ^ (WEEKLY * np.uint64(period + 7))))


@rule
def draw(s, purpose):
    """A uniform draw in [0, 1) from stream `s` for one purpose (see `persim.purposes`)."""
    return float(mix(np.uint64(s) + GOLDEN * np.uint64(purpose)) >> S11) * UNIT


@rule
def normal_draw(s, purpose):
    """A standard normal draw (Box-Muller) from stream `s`; uses `purpose` and `purpose + 1`."""
    first = 1.0 - draw(s, purpose)
    return math.sqrt(-2.0 * math.log(first)) * math.cos(6.283185307179586 * draw(s, purpose + 1))


# The same numbers on Python integers, for the uncompiled twins: NumPy would warn of overflow on every hash.
_MASK = (1 << 64) - 1
_GOLDEN, _WEEKLY, _FIRST, _SECOND = int(GOLDEN), int(WEEKLY), int(FIRST), int(SECOND)


def _plain_mix(z: int) -> int:
    z = ((z ^ (z >> 30)) * _FIRST) & _MASK
    z = ((z ^ (z >> 27)) * _SECOND) & _MASK
    return z ^ (z >> 31)


def _signed(z: int) -> int:
    return z - (1 << 64) if z >> 63 else z


def _plain_key_of(seed: int, kind: int, number: int, generation: int) -> int:
    z = _plain_mix((int(seed) + _GOLDEN * int(kind)) & _MASK)
    z = _plain_mix(z ^ ((int(number) + _GOLDEN) & _MASK))
    return _signed(_plain_mix((z + _GOLDEN * (int(generation) + 1)) & _MASK))


def _plain_stream(key: int, week: int) -> int:
    return _signed(_plain_mix((int(key) & _MASK) ^ ((_WEEKLY * (int(week) + 100000)) & _MASK)))


def _plain_judgement_stream(key: int, other: int, period: int) -> int:
    z = _plain_mix((int(key) + int(other)) & _MASK)
    return _signed(_plain_mix(z ^ ((_WEEKLY * (int(period) + 7)) & _MASK)))


def _plain_draw(s: int, purpose: int) -> float:
    return (_plain_mix((int(s) + _GOLDEN * int(purpose)) & _MASK) >> 11) * UNIT


PLAIN = {  # name -> plain function
    "mix": _plain_mix,
    "key_of": _plain_key_of,
    "stream": _plain_stream,
    "judgement_stream": _plain_judgement_stream,
    "draw": _plain_draw,
}
for _twin in (mix, key_of, stream, judgement_stream, draw):
    _twin.plain = PLAIN[_twin.__name__]  # type: ignore[attr-defined]
