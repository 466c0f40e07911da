"""The posterior sample: written, read, drawn from; what is damaged or of another model is refused."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from persim import posterior as module
from persim.errors import InputError
from persim.parameters import BY_NAME
from persim.posterior import Posterior, read_posterior, why_not_varied, write_posterior
from persim.store import json_text, sha256

NAMES = ("risk_aversion", "role_boundary", "turnover")
WEIGHTS = np.array([0.5, 0.0, 0.3, 0.2])
POINTS = np.array([[0.3, 0.7, 0.10], [0.9, 0.9, 0.5], [0.5, 0.5, 0.15], [0.7, 0.3, 0.20]])


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The files of a small made-up sample, to be copied."""
    folder = tmp_path_factory.mktemp("posterior")
    write_posterior(folder, NAMES, POINTS, WEIGHTS, {"seed": 7, "evidence": ["TGT01"]})
    return folder


@pytest.fixture
def own(made, tmp_path):
    """A copy of the sample that a test may spoil."""
    for path in made.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def sample(weights, points=None):
    points = np.arange(len(weights), dtype=float)[:, None] if points is None else points
    return Posterior(("turnover",) * points.shape[1], points, np.asarray(weights, float), {}, None)


def rewritten(folder, change):
    """The manifest, changed as the function says."""
    place = folder / "posterior.json"
    manifest = json.loads(place.read_text("utf-8"))
    change(manifest)
    place.write_text(json_text(manifest), "utf-8")
    return folder


def with_table(folder, columns, **changes):
    """Another table in place of the sample's, with a manifest that fits."""
    pq.write_table(pa.table(columns), folder / "posterior.parquet")
    changes |= {"sha256": sha256(folder / "posterior.parquet")}
    return rewritten(folder, lambda manifest: manifest.update(changes))


def test_what_is_written_is_read_again(made):
    for path in (made, made / "posterior.parquet", str(made / "posterior.json")):
        found = read_posterior(path)
        assert found.parameters == NAMES
        np.testing.assert_array_equal(found.points, POINTS)
        np.testing.assert_array_equal(found.weights, WEIGHTS)
    assert {key: found.manifest[key] for key in ("seed", "evidence", "n")} == {"seed": 7, "evidence": ["TGT01"], "n": 4}
    assert found.ess == pytest.approx(1 / 0.38) == found.manifest["ess"]
    assert found.digest == sha256(made / "posterior.parquet")


def test_the_same_sample_is_written_to_the_same_bytes(made, tmp_path):
    write_posterior(tmp_path, NAMES, POINTS, WEIGHTS, {"seed": 7, "evidence": ["TGT01"]})
    for name in ("posterior.parquet", "posterior.json"):
        assert (tmp_path / name).read_bytes() == (made / name).read_bytes()


@pytest.mark.parametrize("n", [1, 7, 10, 400])
def test_a_particle_is_drawn_as_often_as_its_weight_says(n):
    weights = np.array([0.0, 0.5, 0.0, 0.3, 0.15, 0.05, 0.0])
    counts = np.bincount(sample(weights).drawn(n, 3), minlength=7)
    assert counts.sum() == n
    assert (np.abs(counts - n * weights) < 1).all()
    assert not counts[weights == 0].any()


def test_draws_are_the_same_for_a_seed_and_others_for_another():
    one = sample(np.full(50, 0.02))
    np.testing.assert_array_equal(one.draw(20, 1), one.draw(20, 1))
    assert (one.draw(20, 1) != one.draw(20, 2)).any()
    assert one.drawn(5, 1).tolist() == [0, 40, 10, 30, 20]  # luck is keyed: the same with any version of NumPy


@pytest.mark.statistical
def test_a_draw_stands_anywhere_in_the_order():
    """1,000 seeds, 4 particles: each comes first 250 times, sd 13.7; false alarm below 1 in 10,000 at 60."""
    first = np.bincount([sample(np.full(4, 0.25)).drawn(4, seed)[0] for seed in range(1000)], minlength=4)
    assert (np.abs(first - 250) < 60).all()


def test_the_centre_is_a_particle_in_the_midst_of_the_others():
    points = np.array([[0.0, 0.0], [1.0, 100.0], [2.0, 200.0], [9.0, 900.0]])
    assert sample(np.full(4, 0.25), points).centre().tolist() == [1.0, 100.0]
    assert sample(np.array([0.0, 0.1, 0.1, 0.8]), points).centre().tolist() == [9.0, 900.0]


def test_the_defaults_of_the_model_are_a_draw_of_the_sample_that_comes_with_it():
    shipped = read_posterior()
    now = [BY_NAME[name].default for name in shipped.parameters]
    assert shipped.points[shipped.manifest["defaults"]].tolist() == now


def test_without_a_shipped_sample_it_is_said(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "SHIPPED", tmp_path)
    with pytest.raises(InputError, match="no posterior sample comes with this persim"):
        read_posterior()


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match=r"mine\.parquet: there is no such file"):
        read_posterior(tmp_path / "mine.parquet")


def test_a_missing_manifest_is_named(own):
    (own / "posterior.json").unlink()
    with pytest.raises(InputError, match=r"posterior\.json is not there"):
        read_posterior(own)


def test_a_damaged_table_is_refused(own):
    place = own / "posterior.parquet"
    content = bytearray(place.read_bytes())
    content[len(content) // 2] ^= 1
    place.write_bytes(content)
    with pytest.raises(InputError, match=r"posterior\.parquet is damaged"):
        read_posterior(own)


@pytest.mark.parametrize(
    ("text", "words"),
    [("{", "is not JSON"), ("[]", "no manifest of a posterior"), ('{"made_by": "persim"}', "has the format None"),
     ('{"made_by": "persim", "format": 1}', "sha256 is missing")],
)  # fmt: skip
def test_a_damaged_manifest_is_refused(own, text, words):
    (own / "posterior.json").write_text(text, "utf-8")
    with pytest.raises(InputError, match=words):
        read_posterior(own)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("people", 0),
        ("weeks", 10**9),
        ("scenario", "../x"),
        ("particle", 4),
        ("particle", -1),
        ("fields", []),
        ("digest", 1),
    ],
)
def test_a_check_that_cannot_be_made_again_is_refused(own, key, value):
    rewritten(own, lambda manifest: manifest["check"].update({key: value}))
    with pytest.raises(InputError, match="its check cannot be made again"):
        read_posterior(own)


def test_a_manifest_of_another_sample_is_refused(own):
    rewritten(own, lambda manifest: manifest.update(n=5))
    with pytest.raises(InputError, match="tells of other parameters or particles"):
        read_posterior(own)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"turnover": [0.1, 0.2], "weight": [0.5, 0.6]}, r"the weights sum to 1\.1, not to 1"),
        ({"turnover": [0.1, 0.2], "weight": [1.5, -0.5]}, r"the weight of row 2 is -0\.5"),
        ({"turnover": [0.1, 0.2], "weight": [1.0, float("nan")]}, "the weight of row 2 is nan"),
        ({"turnover": [0.1, 0.9], "weight": [0.5, 0.5]}, r"turnover = 0\.9 in row 2 is outside 0 to 0\.6"),
        ({"turnover": [0.1, None], "weight": [0.5, 0.5]}, "turnover = nan in row 2"),
        ({"turnovr": [0.1], "weight": [1.0]}, r"no parameter is called 'turnovr'.*turnover"),
        ({"turnover": ["much"], "weight": [1.0]}, "holds no table of numbers"),
        ({"weight": [1.0], "turnover": [0.1]}, "the last column must be 'weight'"),
        ({"weight": [1.0]}, "holds no parameter"),
        ({"turnover": [], "weight": []}, "holds no particle"),
        ({"audit": [1.0], "weight": [1.0]}, "audit is a switch"),
        ({"n_localities": [3.0], "weight": [1.0]}, "n_localities is the size of the study"),
        ({"panel_places": [3.0], "weight": [1.0]}, "placed by a dial"),
        ({"target": [0.3], "weight": [1.0]}, "target is a policy with a deadline"),
        ({"small_share": [0.5], "large_share": [0.6], "weight": [1.0]}, "come to more than the whole in row 1"),
        ({"large_share": [0.9], "weight": [1.0]}, "small_share and large_share come to more than the whole"),
    ],
)  # fmt: skip
def test_what_the_model_cannot_take_is_refused(own, columns, words):
    numbers = {name: pa.array(values) if values else pa.array([], pa.float64()) for name, values in columns.items()}
    with_table(own, numbers, parameters=[name for name in columns if name != "weight"], n=len(columns["weight"]))
    with pytest.raises(InputError, match=words) as caught:
        read_posterior(own)
    assert "posterior.parquet" in str(caught.value)


def test_nothing_is_written_of_a_sample_that_would_be_refused(tmp_path):
    for names, points, weights in (
        (NAMES, POINTS, WEIGHTS * 2), (NAMES[:2], POINTS, WEIGHTS), (NAMES, POINTS + 1, WEIGHTS),
        (("turnover",) * 3, POINTS * 0, WEIGHTS), (NAMES, POINTS, -WEIGHTS),
    ):  # fmt: skip
        with pytest.raises(InputError):
            write_posterior(tmp_path, names, points, weights, {})
    assert not list(tmp_path.iterdir())


def test_a_sample_of_another_version_that_counts_the_same_is_read(own, monkeypatch):
    monkeypatch.setattr(module, "MODEL_VERSION", "another")
    assert read_posterior(own).n == 4


@pytest.mark.parametrize(
    "change",
    [lambda check: check.update(particle=2), lambda check: check.update(seed=2), lambda check: check["fields"].pop(),
     lambda check: check["fields"].append("gone")],
)  # fmt: skip
def test_a_sample_of_a_model_that_counts_otherwise_is_refused(own, monkeypatch, change):
    rewritten(own, lambda manifest: change(manifest["check"]))
    assert read_posterior(own).n == 4  # of this very version: no run is needed
    monkeypatch.setattr(module, "MODEL_VERSION", "another")
    with pytest.raises(InputError, match=r"posterior\.parquet was made by another version of the model"):
        read_posterior(own)


def test_every_other_parameter_may_be_varied():
    from persim.parameters import TABLE

    assert {p.name for p in TABLE if why_not_varied(p)} >= {"target", "panel_places", "budgets_offered", "ctos_exist"}
    assert not why_not_varied(next(p for p in TABLE if p.name == "role_boundary"))
