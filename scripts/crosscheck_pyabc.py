"""The same toy given to pyABC, another implementation of ABC-SMC: what it finds is kept for a test to compare with.

python scripts/crosscheck_pyabc.py           # run pyABC (a minute) and write tests/golden/pyabc_toy.json
python scripts/crosscheck_pyabc.py --print   # run it and print what it found

pyABC brings some fifty packages, so it is no dependency. Give it an environment of its own, and run this script there; it
needs nothing of persim:

    python -m venv outputs/pyabc
    outputs/pyabc/bin/pip install --group crosscheck      # pip 25.1 or newer
    outputs/pyabc/bin/python scripts/crosscheck_pyabc.py

The toy: two parameters, even between 0 and 1; two figures, each a weighted sum of them; normal errors of observation. pyABC's
stochastic acceptor with a normal kernel is exact for it, as is what persim does.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

SLOPES = ((1.0, 0.5), (0.2, 1.0))
SD = (0.04, 0.06)
TRUTH = (0.5, 0.45)
POPULATION, POPULATIONS = 2000, 8
KEPT = Path(__file__).resolve().parents[1] / "tests" / "golden" / "pyabc_toy.json"


def figures(one: float, other: float) -> tuple[float, float]:
    """What the toy gives at a point."""
    return tuple(one * SLOPES[0][place] + other * SLOPES[1][place] for place in (0, 1))  # type: ignore[return-value]


def found_by_pyabc() -> dict[str, object]:
    """Means, spreads and correlation of the posterior as pyABC finds them, in one process."""
    import numpy as np
    import pyabc  # pyright: ignore[reportMissingImports]

    np.random.seed(1)  # noqa: NPY002 - the generator that pyABC draws from

    def model(point: dict[str, float]) -> dict[str, float]:
        return dict(zip(("a", "b"), figures(point["one"], point["other"]), strict=True))

    prior = pyabc.Distribution(one=pyabc.RV("uniform", 0, 1), other=pyabc.RV("uniform", 0, 1))
    kernel = pyabc.IndependentNormalKernel(var=[sd * sd for sd in SD])
    abc = pyabc.ABCSMC(
        model, prior, kernel, population_size=POPULATION, eps=pyabc.Temperature(), acceptor=pyabc.StochasticAcceptor(),
        sampler=pyabc.sampler.SingleCoreSampler(),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        abc.new(f"sqlite:///{folder}/history.db", dict(zip(("a", "b"), figures(*TRUTH), strict=True)))
        history = abc.run(max_nr_populations=POPULATIONS)
        table, weights = history.get_distribution(m=0)
        points = table[["one", "other"]].to_numpy()
    mean = weights @ points
    apart = points - mean
    covariance = (apart * weights[:, None]).T @ apart
    sd = np.sqrt(np.diag(covariance))
    return {
        "pyabc": pyabc.__version__, "particles": len(points), "effective": float(1.0 / np.square(weights).sum()),
        "mean": mean.tolist(), "sd": sd.tolist(), "correlation": float(covariance[0, 1] / sd.prod()),
    }  # fmt: skip


def main() -> None:
    """Run pyABC, then keep or print what it found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--print", action="store_true", help="write nothing")
    text = json.dumps(found_by_pyabc(), indent=1) + "\n"
    if parser.parse_args().print:
        print(text)
    else:
        KEPT.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
