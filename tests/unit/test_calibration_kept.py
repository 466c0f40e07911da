"""What docs/calibration.md shows is of the calibration whose sample comes with persim, and its words hold."""

import csv
from pathlib import Path

import numpy as np
import pytest

from persim.parameters import BY_NAME
from persim.posterior import read_posterior

KEPT = Path(__file__).resolve().parents[2] / "docs" / "studies" / "calibration"


def rows(name: str) -> list[dict[str, str]]:
    with (KEPT / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_table_of_parameters_is_of_the_sample():
    sample, table = read_posterior(), {row["parameter"]: row for row in rows("parameters")}
    assert list(table) == list(sample.parameters)
    points = np.delete(sample.points, sample.manifest["defaults"], axis=0)
    weights = np.delete(sample.weights, sample.manifest["defaults"])
    for place, name in enumerate(sample.parameters):
        if name == "rows_per_post":  # the sample has its whole part
            continue
        assert weights @ points[:, place] / weights.sum() == pytest.approx(float(table[name]["mean"]), rel=1e-6)
        assert sample.points[sample.manifest["defaults"], place] == BY_NAME[name].default


def test_defaults_and_draws_meet_every_figure_with_everything_on():
    found = rows("defaults")
    assert sorted(row["target"] for row in found) == sorted(row["target"] for row in rows("targets"))
    assert all(abs(float(row["defaults"])) <= 1.5 for row in found)
    assert all(abs(float(row["draws"])) <= 1.5 for row in found)


def test_budgets_leave_figures_of_services_as_they_are():
    services = {row["target"] for row in rows("targets") if row["stage"] == "services"}
    own = {row["target"]: float(row["draws"]) - float(row["switched_off"]) for row in rows("defaults")}
    assert max(abs(own[code]) for code in services) < 1e-5
    assert own["TGT01"] > 3.0
