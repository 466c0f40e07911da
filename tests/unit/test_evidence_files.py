"""Evidence files: what the shipped ones hold, and what a bad one is refused for, with file and line."""

import re
import shutil

import pytest

from persim.errors import ScenarioError
from persim.evidence import docs, read_evidence, shipped_evidence
from persim.evidence.reading import FILES
from persim.evidence.schema import evidence_schemas
from persim.parameters import BY_NAME, TABLE

PATTERN = """schema_version: 1
patterns:
  PAT01:
    quantity: role boundaries on offers
    sign: -1
    year: 2013
    population: practitioners
    source: S2
    verified: yes
    contrasts:
      - name: firm against soft
        read: {outcome: offers, group: nurse, weeks: [10, 20]}
        less: {changes: {role_boundary: 0.2}}
        more: {changes: {role_boundary: 0.8}}
"""


@pytest.fixture
def changed(tmp_path):
    """A copy of the shipped files in which one text is replaced by another: the folder, and the line of the change."""

    def put(name: str, old: str, new: str) -> tuple[str, int]:
        for file in FILES:
            shutil.copy(shipped_evidence() / file, tmp_path / file)
        text = (tmp_path / name).read_text("utf-8")
        assert old in text
        (tmp_path / name).write_text(text.replace(old, new, 1), encoding="utf-8")
        return tmp_path, text[: text.index(old)].count("\n") + 1

    return put


def faults_of(folder) -> list[str]:
    with pytest.raises(ScenarioError) as error:
        read_evidence(folder)
    return str(error.value).splitlines()


@pytest.fixture(scope="module")
def evidence():
    return read_evidence()


def test_every_row_has_a_use_or_a_reason(evidence):
    assert {target.use for target in evidence.targets} == {"specification", "calibration", "validation"}
    assert all(target.denominator and target.source for target in evidence.targets)
    assert all(bool(one.parameters) != bool(one.not_used) for one in evidence.ranges)
    assert all(pattern.contrasts or pattern.not_shown for pattern in evidence.patterns)


def test_no_figure_is_both_fitted_and_held_out(evidence):
    data = {use: {t.datum for t in evidence.targets if t.use == use} for use in ("calibration", "validation")}
    assert data["calibration"]
    assert data["validation"]
    assert not data["calibration"] & data["validation"]


def test_rates_of_orders_are_compared_from_week_156_and_people_with_psychosis_with_people_with_psychosis(evidence):
    assert all(t.measured.first >= 156 for t in evidence.targets if t.measured.outcome.startswith("cto_"))
    for code in ("TGT09", "TGT10", "PAR39", "PAR40"):
        assert evidence.target(code).measured.group == "psychosis"


def test_parameters_and_figures_name_each_other(evidence):
    """What a figure says it is used for is what the table of parameters says, and the other way round."""
    said = {one.id: set(one.parameters) for one in evidence.ranges}
    known = {t.id for t in evidence.targets} | {p.id for p in evidence.patterns} | set(said)
    sources: dict[str, set[str]] = {}
    for parameter in TABLE:
        for code in re.findall(r"\b(?:TGT|PAR|PAT)\d\d\b", parameter.source):
            assert code in known, f"{parameter.name} leans on {code}, which no evidence file has"
            sources.setdefault(code, set()).add(parameter.name)
    assert {code: names for code, names in said.items() if names != sources.get(code, set())} == {}


def test_error_of_observation_is_the_standard_error_or_a_quarter_of_the_range(evidence):
    assert evidence.target("TGT01").sd == 0.025
    assert evidence.target("TGT15").sd == pytest.approx((0.70 - 0.58) / 4)


def test_a_bound_is_at_no_distance_below_and_at_some_above(evidence):
    bound = evidence.target("TGT02")
    assert bound.value is None
    assert bound.distance(0.03) == 0.0
    assert bound.distance(0.0625) == pytest.approx(1.0)


BAD_TARGETS = [
    ("outcome: reported_take_up", "outcome: reported_takeup", "is no outcome of the model", "reported_take_up"),
    ("range: [0.10, 0.20]", "range: [0.20, 0.10]", "is empty", ""),
    ("range: [0.10, 0.20]", "range: [0.15, 0.20]", "does not hold the value 0.146", ""),
    ("group: urban", "group: urbane", "is no group of the model", "urban"),
    ("weeks: [208, 259]", "weeks: [208, 300]", "weeks 208 to 300 are not all run", "0 to 259"),
    ("weeks: [208, 259]", "weeks: [259, 208]", "are not weeks from first to last", ""),
    ("use: calibration", "use: [calibration, validation]", "is for both calibration and validation", ""),
    ("standard_error: 0.025", "standard_error: 0", "is not above 0", ""),
]


@pytest.mark.parametrize(("old", "new", "problem", "hint"), BAD_TARGETS, ids=[bad[2] for bad in BAD_TARGETS])
def test_a_bad_target_is_told_with_its_line(changed, old, new, problem, hint):
    folder, line = changed("targets.yaml", old, new)
    (fault,) = faults_of(folder)
    assert f"targets.yaml:{line}:" in fault
    assert problem in fault
    assert hint in fault


def test_a_target_without_a_denominator_is_refused(changed):
    folder, _ = changed("targets.yaml", "    denominator: recalls\n", "")
    (fault,) = faults_of(folder)
    assert re.search(r"targets.yaml:\d+:\d+: TGT13.denominator: is missing", fault)


def test_one_published_figure_under_two_codes_is_refused(changed):
    folder, _ = changed("targets.yaml", "datum: Sood 2017, admissions", "datum: Sood 2017, any admission")
    (fault,) = faults_of(folder)
    assert "PAR39.datum: is the figure of TGT09, for both calibration and validation" in fault


def test_the_same_number_of_the_same_source_is_the_same_figure_whatever_it_is_called(changed):
    folder, _ = changed("targets.yaml", "value: 0.23\n    range: [0.16, 0.25]", "value: 0.174\n    range: [0.16, 0.25]")
    (fault,) = faults_of(folder)
    assert "is the figure of TGT09" in fault


def test_a_code_in_two_files_is_refused(changed):
    folder, line = changed("ranges.yaml", "  PAR01:", "  TGT01:")
    faults = faults_of(folder)
    assert any(
        f"ranges.yaml:{line + 1}:" in fault and "stands in another evidence file too" in fault for fault in faults
    )


def test_a_range_with_an_unknown_parameter_is_refused(changed):
    folder, line = changed("ranges.yaml", "[social_worker_share]", "[social_workers_share]")
    (fault,) = faults_of(folder)
    assert f"ranges.yaml:{line}:" in fault
    assert "did you mean 'social_worker_share'?" in fault


BAD_PATTERNS = [
    ("{role_boundary: 0.2}", "{role_boundry: 0.2}", "unknown key 'role_boundry'"),
    ("{role_boundary: 0.8}", "{role_boundary: 1.8}", "is above 1"),
    ("outcome: offers", "outcome: offer", "is no outcome of the model"),
    ("group: nurse", "group: nurses", "is no group of the model"),
    ("weeks: [10, 20]", "weeks: [10, 900]", "are not all run"),
    ("sign: -1", "sign: 2", "is not a sign"),
    ("sign: -1", "sign: 0", "the smallest effect of interest"),
    ("{changes: {role_boundary: 0.8}}", "{changes: {role_boundary: 0.2}}", "compares a side with itself"),
    ("{changes: {role_boundary: 0.8}}", "{scenario: nowhere}", "there is no such scenario"),
    ("read: {outcome: offers, group: nurse, weeks: [10, 20]}", "read: {people: {mean: control}}", "is not known here"),
]


@pytest.mark.parametrize(("old", "new", "problem"), BAD_PATTERNS, ids=[bad[2] for bad in BAD_PATTERNS])
def test_a_bad_pattern_is_told_with_its_file(tmp_path, old, new, problem):
    for file in FILES:
        shutil.copy(shipped_evidence() / file, tmp_path / file)
    (tmp_path / "patterns.yaml").write_text(PATTERN.replace(old, new, 1), encoding="utf-8")
    faults = faults_of(tmp_path)
    assert any(re.search(r"patterns.yaml:\d+:\d+: PAT01", fault) and problem in fault for fault in faults), faults


def test_a_folder_without_evidence_says_which_file_is_missing(tmp_path):
    (fault,) = faults_of(tmp_path)
    assert "targets.yaml" in fault
    assert "there is no such file" in fault


def test_the_page_of_evidence_shows_every_row(evidence):
    page = (shipped_evidence().parent / "docs" / "evidence.md").read_text("utf-8")
    tables = (
        docs.table_of_published_targets, docs.table_of_figures_for_parameters, docs.table_of_figures_not_used,
        docs.table_of_patterns,
    )  # fmt: skip
    for table in tables:
        assert "\n".join(table()) in page, f"run scripts/generate_docs.py: {table.__name__}"


def test_the_schemas_know_every_key_of_the_shipped_files():
    for name, schema in evidence_schemas().items():
        kind = name.split(".")[0]
        rows = schema["properties"][kind]["patternProperties"]
        keys = set(next(iter(rows.values()))["properties"])
        text = (shipped_evidence() / f"{kind}.yaml").read_text("utf-8")
        assert set(re.findall(r"^    (\w+):", text, flags=re.MULTILINE)) <= keys


def test_arms_of_a_pattern_are_scenarios_with_changes_each_once(evidence):
    arms = evidence.pattern("PAT01").arms()
    assert arms == [("baseline", {"role_boundary": 0.2}), ("baseline", {"role_boundary": 0.8})]
    assert all(name in BY_NAME for pattern in evidence.patterns for _, changes in pattern.arms() for name in changes)
