"""`persim calibrate FOLDER --candidates`: what further data would tell of a finished calibration."""

import numpy as np
import pytest

from persim.calibration.further import further_data, further_lines
from persim.calibration.plan import plain_content
from persim.calibration.plan_file import read_calibration
from persim.design_search import CALIBRATION, find_design
from persim.errors import InputError, StoreError
from persim.posterior import write_posterior
from persim.run_writer import create

N = 40


@pytest.fixture
def folder(tmp_path):
    """What a finished calibration leaves of its design and its sample: information makes up for relabelling."""
    plan = read_calibration(find_design("calibration", CALIBRATION), people=150)
    create(tmp_path, plain_content(plan))
    share = (np.arange(N) + 0.5) / N
    names = plan.stages[-1].space.names
    unit = np.random.default_rng(1).random((N, len(names)))
    unit[:, names.index("information")], unit[:, names.index("relabel_rate")] = share, 1.0 - share
    points = plan.stages[-1].space.values(unit)
    write_posterior(tmp_path, names, points, np.full(N, 1.0 / N), {})
    return tmp_path


def test_the_strongest_ridge_comes_first_and_a_datum_on_one_of_its_ends_tells_most(folder):
    found = further_data(folder, jobs=2)
    assert found.pairs[0] == ("information", "relabel_rate", -1.0)
    assert found.draws.shape[0] == N  # every draw once
    best = [found.candidates[one].name for one in found.found.best(0)[:3]]
    assert "informed" in best  # how many know of budgets is what the parameter says
    lines = further_lines(found)
    assert lines[0].split()[-3] == "information/relabel_rate"
    assert lines[-3].startswith("To tell information from relabel_rate, ask: ")


def test_what_is_no_calibration_is_told(tmp_path):
    with pytest.raises((StoreError, InputError), match="calibration"):
        further_data(tmp_path / "calibration")
