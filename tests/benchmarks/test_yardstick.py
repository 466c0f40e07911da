"""The yardstick of the benchmarks is the same model as the kernel, and the benchmark command works."""

import json
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SEEDS, PEOPLE, WEEKS = 12, 500, 78
FAR = 5.0  # standard errors; with 12 runs beside 48, a false alarm in 12 series comes about once in 300 changes of luck


@pytest.fixture(autouse=True)
def benchmarks_can_be_imported(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))


@pytest.mark.slow
@pytest.mark.statistical
@pytest.mark.parametrize(
    "levers", [{}, {"brokers": 0.5, "action_research": 1.0, "co_researchers": 0.6, "default_offer": 0.3}]
)
def test_plain_mesa_yardstick_agrees_with_the_kernel(levers):
    from agreement import agreement

    from persim.scenario import read_scenario

    scenario = read_scenario("baseline").changed(n_users=PEOPLE, n_weeks=WEEKS, locality_spread=0.0, **levers)
    far = [row for row in agreement(scenario, SEEDS) if abs(row.z) > FAR]
    assert not far, f"the yardstick is another model than the kernel: {far}"


def test_benchmark_command_prints_and_keeps_its_table_and_memory_goals_are_met(tmp_path, capsys):
    from run_benchmarks import main

    kept = tmp_path / "table.json"
    assert main(["--quick", "--only", "memory", "--json", str(kept)]) == 0
    printed = capsys.readouterr().out
    rows = json.loads(kept.read_text())["rows"]
    assert [row["verdict"] for row in rows if row["goal"]] == ["met", "met", "met"]
    assert all(row["what"] in printed for row in rows)
    assert str(Path.home()) not in printed
    assert sys.executable not in printed
