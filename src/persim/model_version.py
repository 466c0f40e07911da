"""The version of the model: of everything that decides the numbers of a run.

Results name it, and runs of two versions are never mixed in a sweep. Versions of NumPy and the compiler are not in it; a
manifest names them beside it.
"""

import hashlib

from persim.jit import COMPILED_VERSION, PACKAGE

# Beside the compiled sources: how a scenario becomes weekly numbers, and how a record becomes outcomes. A test holds this
# list to what is imported.
READING_SOURCES = (
    "gaps_and_costs.py", "outcomes.py", "people.py", "policy.py", "rates.py", "reduction.py", "scenario.py", "simulate.py",
    "start.py", "study_size.py",
)  # fmt: skip


def _digest() -> str:
    """16 hexadecimal digits."""
    digest = hashlib.sha256(COMPILED_VERSION.encode())
    for name in READING_SOURCES:
        digest.update(name.encode())
        digest.update((PACKAGE / name).read_bytes())
    return digest.hexdigest()[:16]


MODEL_VERSION = _digest()
