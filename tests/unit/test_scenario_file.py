"""Scenario files that are wrong: each fault is told with its place, what was got and what was expected."""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from persim.errors import Fault, PersimError, ScenarioError
from persim.scenario import Scenario, parse_scenario, read_scenario
from persim.scenario_search import shipped_folder

HEAD = """\
schema_version: 1
name: mine
title: Mine
question: What if?
extends: baseline
"""


def faults_of(text: str, name: str = "mine") -> list[str]:
    """The messages for a text that would stand in a file of this name; empty if it is fine."""
    try:
        parse_scenario(text, f"{name}.yaml")
    except ScenarioError as error:
        return [str(fault) for fault in error.faults]
    return []


def only_fault(body: str) -> str:
    """The message for HEAD and this body, which has exactly one fault."""
    faults = faults_of(HEAD + body)
    assert len(faults) == 1, faults
    return faults[0]


def test_a_short_file_is_enough():
    assert faults_of(HEAD) == []


def test_all_faults_are_told_at_once_each_with_its_place():
    faults = faults_of(
        HEAD
        + "parameters:\n"
        + "  panel_hevy: 3\n"
        + "  panel_heavy: -3\n"
        + "  risk_aversion: yes\n"
        + "horizon: {start: 2010-02-30, weeks: eight}\n"
        + "polcy: []\n"
    )
    assert len(faults) == 6
    assert faults[0].startswith("mine.yaml:7:3: parameters.panel_hevy: unknown key 'panel_hevy'")
    assert faults[0].endswith("did you mean 'panel_heavy'?")
    assert faults[1] == "mine.yaml:8:16: parameters.panel_heavy = -3 is below 0 (expected 0 to 100, per week)"
    assert "mine.yaml:9:18: parameters.risk_aversion = yes is not a number" in faults[2]
    assert "write 1 or 0" in faults[2]
    assert faults[3].startswith("mine.yaml:10:18: horizon.start = 2010-02-30 does not exist")
    assert faults[4].startswith("mine.yaml:10:37: horizon.weeks = eight is not a number")
    assert faults[5] == "mine.yaml:11:1: polcy: unknown key 'polcy' - did you mean 'policy'?"


@pytest.mark.parametrize(
    ("written", "number"),
    [("3e-2", 0.03), ("3.0e-2", 0.03), ("3E-2", 0.03), ("+0.5", 0.5), (".5", 0.5), ("1.", 1.0), ("0", 0.0)],
)
def test_a_number_is_read_as_it_is_written(written: str, number: float):
    scenario = parse_scenario(HEAD + f"parameters: {{risk_aversion: {written}}}\n", "mine.yaml")
    assert scenario.parameters["risk_aversion"] == number


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("yes", "write 1 or 0"),
        ("No", "write 1 or 0"),
        ("on", "write 1 or 0"),
        ("true", "write 1 or 0"),
        ('"0.3"', "without quotes"),
        ("'3e-2'", "without quotes"),
        ("0,3", "is not a number"),
        ("30%", "write 0.3"),
        ("017", "write 17"),
        ("0x1F", "is not a number"),
        ("1:30", "is not a number"),
        ("half", "is not a number"),
        (".nan", "is not a finite number"),
        ("nan", "is not a finite number"),
        ("-.inf", "is not a finite number"),
        ("1e999", "is not a finite number"),
        ("1__0", "is not a number"),
        ("1.5", "is above 1"),
        ("-0.1", "is below 0"),
        ("[1]", "a list of 1 is not a number"),
        ("{a: 1}", "a mapping is not a number"),
        ("2010-01-01", "is not a number"),
        ("", "nothing is not a number"),
        ("null", "null only a number that a dial places can be null"),
    ],
)
def test_a_number_that_is_none_is_told_with_the_way_to_write_it(written: str, told: str):
    message = only_fault(f"parameters:\n  risk_aversion: {written}\n")
    assert message.startswith("mine.yaml:7:")
    assert told in message
    assert "(expected 0" in message


def test_a_decimal_comma_is_explained():
    assert "use a decimal point" in only_fault("parameters:\n  risk_aversion: 0,3\n")


def test_a_number_out_of_bounds_is_told_with_its_unit():
    assert only_fault("parameters: {contract_hours: 90}\n").endswith("is above 48 (expected 20 to 48, hours a week)")


@pytest.mark.parametrize(("name", "value"), [("ctos_exist", "0.5"), ("n_localities", "2.5"), ("audit", "0.2")])
def test_a_switch_or_count_must_be_whole(name: str, value: str):
    assert "is not a whole number" in only_fault(f"parameters: {{{name}: {value}}}\n")


def test_a_number_that_a_dial_places_may_be_null():
    assert parse_scenario(HEAD + "parameters: {panel_places: null}\n", "mine.yaml").parameters["panel_places"] is None


@pytest.mark.parametrize("name", ["Mine", "my mine", "../mine", "/etc/mine", "1mine", "a" * 65, "mine\n", "müne", ""])
def test_a_name_that_could_point_elsewhere_is_refused(name: str):
    faults = faults_of(HEAD.replace("name: mine", f"name: {name!r}"))
    assert any("is not a name" in fault for fault in faults)


@pytest.mark.parametrize("name", ["yes", "no", "on", "off", "null", "con", "lpt1"])
def test_a_name_that_yaml_or_a_system_keeps_for_itself_is_refused(name: str):
    assert any("keeps for itself" in fault for fault in faults_of(HEAD.replace("mine", name), name))


def test_a_name_that_differs_from_the_file_is_refused():
    (fault,) = faults_of(HEAD, "other")
    assert fault.startswith("other.yaml:2:7: name = mine differs from the file's name other.yaml (expected other)")


@pytest.mark.parametrize("name", ["../all", "All", "no", "a b"])
def test_an_arm_with_such_a_name_is_refused(name: str):
    assert "arms." in only_fault(f"arms:\n  {name!r}: {{title: All}}\n")


def test_missing_keys_are_told():
    faults = faults_of("name: mine\n")
    assert [fault.split(": ")[1] for fault in faults] == ["schema_version", "title", "question"]


def test_another_schema_version_is_refused():
    (fault,) = faults_of(HEAD.replace("schema_version: 1", "schema_version: 2"))
    assert "schema_version = 2 is not known to this version of persim (expected 1)" in fault


def test_a_key_given_twice_is_told_with_both_lines():
    message = only_fault("parameters:\n  training: 0.1\n  training: 0.2\n")
    assert message.startswith("mine.yaml:8:3: the key 'training' stands twice, first in line 7")


def test_a_parameter_at_the_top_is_sent_below_parameters():
    assert only_fault("risk_aversion: 0.2\n").endswith("it belongs below `parameters:`")


def test_what_is_counted_down_cannot_be_set():
    assert "is counted down by the model" in only_fault("parameters: {target_deadline_weeks: 3}\n")


@pytest.mark.parametrize("key", ["parameters", "policy", "arms", "horizon", "population", "sources"])
def test_a_section_with_nothing_in_it_says_nothing(key: str):
    assert faults_of(f"{HEAD}{key}:\n  # all commented out\n") == []


@pytest.mark.parametrize(
    ("section", "told"),
    [
        ("parameters: 3\n", "parameters = 3 is not a mapping"),
        ("parameters: [training]\n", "parameters = a list of 1 is not a mapping"),
        ("policy: {from: 2010-01-04}\n", "policy = a mapping is not a list"),
        ("policy: [none]\n", "policy[0] = none is not a mapping"),
        ("arms: [a]\n", "arms = a list of 1 is not a mapping"),
        ("arms: {a: b}\n", "arms.a = b is not a mapping"),
        ("sources: S4\n", "sources = S4 is not a list"),
        ("notes: [a]\n", "notes = a list of 1 is not text"),
        ('notes: "\\e[31m"\n', "holds a control character"),
        ("notes: ''\n", "is empty"),
        ("horizon: {weeks: 0}\n", "horizon.weeks = 0 is below 1"),
        ("horizon: {weeks: 1.5}\n", "is not a whole number"),
        ("horizon: {weeks: 1e9}\n", "is above 2,600"),
        ("horizon: {start: 2008-04-08}\n", "the nearest are 2008-04-07 and 2008-04-14"),
        ("horizon: {start: 1008-04-07}\n", "is out of range"),
        ("horizon: {start: 07/04/2008}\n", "is not a date (expected a date such as 2010-04-05)"),
        ("population: {people: 0}\n", "population.people = 0 is below 1"),
        ("population: {people: yes}\n", "population.people = yes is not a number"),
        ("population: {enrich_compulsion: 1}\n", "is not between 0 and 1"),
        ("parameters: {target: 0.3}\n", "needs a deadline"),
        ("parameters: {integrated_share: 0.9}\n", "more than the whole"),
        ("arms: {a: {parameters: {integrated_share: 1}}}\n", "arms.a.parameters.integrated_share = 1"),
        ("arms: {a: {horizon: {weeks: 3}}}\n", "unknown key 'horizon'"),
    ],
)
def test_a_wrong_section_is_told(section: str, told: str):
    assert told in only_fault(section)


STEP = "policy:\n  - from: 2010-04-05\n    set: {training: 0.3}\n"


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ("{from: 2010-04-05}", "policy[0].set: is missing"),
        ("{set: {training: 0.1}}", "policy[0].from: is missing"),
        ("{from: 2010-04-05, set: {}}", "sets nothing"),
        ("{from: 2010-04-05, set: {trainin: 0.1}}", "did you mean 'training'?"),
        ("{from: 2010-04-05, set: {training: 2}}", "policy[0].set.training = 2 is above 1"),
        ("{from: 2010-04-05, set: {training: null}}", "is not a number"),
        ("{from: 2010-04-05, set: {nurse_share: 0.4}}", "shapes the population at the start"),
        ("{from: 2010-13-05, set: {training: 0.1}}", "does not exist"),
        ("{from: 2010-04-05, until: 2010-04-05, set: {training: 0.1}}", "is not after `from`"),
        ("{from: 2010-04-05, until: 2009-04-05, set: {training: 0.1}}", "is not after `from`"),
        ("{from: 2010-04-05, until: 2010-04-09, set: {training: 0.1}}", "covers no week"),
        ("{from: 2010-04-05, ramp_weeks: -1, set: {training: 0.1}}", "is below 0"),
        ("{from: 2010-04-05, ramp: 3, set: {training: 0.1}}", "unknown key 'ramp' - did you mean"),
        ("{from: 2010-04-05, until: 2010-05-03, ramp_weeks: 9, set: {training: 0.1}}", "is longer than the 4 weeks"),
        ("{from: 2010-04-05, ramp_weeks: 9, set: {audit: 1}}", "cannot be ramped"),
        ("{from: 2010-04-05, ramp_weeks: 9, set: {panel_places: 1}}", "has no number to start from"),
        ("{from: 2010-04-05, set: {target: 0.3}}", "needs a deadline"),
        ("{from: 2010-04-05, deadline: 2011-04-01, set: {training: 0.3}}", "belongs to a step that sets a target"),
        ("{from: 2010-04-05, deadline: 2009-04-01, set: {target: 0.3}}", "is before `from`"),
        ("{from: 2010-04-05, set: {target_deadline_weeks: 3}}", "is counted down"),
    ],
)
def test_a_wrong_policy_step_is_told(step: str, told: str):
    assert told in only_fault(f"policy:\n  - {step}\n")


def test_two_steps_that_set_the_same_number_in_the_same_week_are_told():
    message = only_fault(STEP + "  - from: 2011-04-04\n    set: {training: 0.5, campaign: 1}\n")
    assert message.startswith("mine.yaml:9:5: policy: sets training in weeks in which the step of line 7 sets it too")


def test_steps_that_follow_each_other_do_not_overlap():
    first = STEP.replace("    set", "    until: 2011-04-04\n    set")
    assert faults_of(HEAD + first + "  - from: 2011-04-04\n    set: {training: 0.5}\n") == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "is empty"),
        ("# only a comment\n", "is empty"),
        ("--- \n...\n", "is empty"),
        ("just words\n", "is not a scenario"),
        ("- a\n- b\n", "a list of 2 is not a scenario"),
        ("a: [1, 2\n", "is not YAML"),
        ("title: What: now\n", "put the text in quotes"),
        ("parameters:\n\ttraining: 1\n", "a tab stands where spaces are needed"),
        ("a: 1\n---\nb: 2\n", "a second document starts here"),
        ("a: !!python/object/apply:os.system [ls]\n", "the tag tag:yaml.org,2002:python/object/apply:os.system"),
        ("a: !secret x\n", "the tag !secret is not used"),
        ("a: &x {b: 1}\nc: {<<: *x}\n", "merge keys"),
        ("a: *nowhere\n", "nothing is marked &nowhere"),
        ("a: &x [*x]\n", "stands inside itself"),
        ("? [a, b]\n: 1\n", "cannot be a key"),
        ("a: \x00\n", "mine.yaml:1:4: character 0 is a control character"),
        ("a: \x1b[31m\n", "character 27 is a control character"),
        ("[" * 1000, "nested more than 20 levels deep"),
        ("a:\n" + "".join(" " * n + "a:\n" for n in range(1, 1000)), "nested more than 20 levels deep"),
        ("- " * 1000 + "a\n", "nested more than 20 levels deep"),
        ("a: [" + "1, " * 30_000 + "1]\n", "holds more than 20,000 values"),
    ],
)
def test_what_is_not_a_scenario_at_all_is_told(text: str, told: str):
    messages = faults_of(text)
    assert told in "\n".join(messages)


def test_an_alias_bomb_is_refused_before_it_goes_off():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "holds more than 20,000 values with its aliases" in faults_of("\n".join(lines))[-1]


def test_an_alias_that_is_no_bomb_is_fine():
    body = "parameters: {risk_aversion: &low 0.2, role_boundary: *low}\n"
    assert parse_scenario(HEAD + body, "mine.yaml").parameters["role_boundary"] == 0.2


def fault_of_bytes(folder: Path, content: bytes) -> str:
    """The one message for a file with these bytes."""
    place = folder / "mine.yaml"
    place.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        read_scenario(place)
    return str(caught.value)


def test_a_file_that_is_not_utf8_is_told_where(tmp_path: Path):
    message = fault_of_bytes(tmp_path, HEAD.encode() + "notes: café\n".encode("latin-1"))
    assert "mine.yaml:6:11: byte 0xe9 is not UTF-8 (expected UTF-8 text) - save the file as UTF-8" in message


def test_utf16_is_told(tmp_path: Path):
    assert "is not UTF-8" in fault_of_bytes(tmp_path, HEAD.encode("utf-16"))


def test_a_byte_order_mark_does_no_harm(tmp_path: Path):
    place = tmp_path / "mine.yaml"
    place.write_bytes(b"\xef\xbb\xbf" + HEAD.replace("\n", "\r\n").encode())
    assert read_scenario(place).name == "mine"


def test_a_huge_file_is_refused_unread(tmp_path: Path):
    assert "is larger than 1,000,000 bytes" in fault_of_bytes(tmp_path, b"#" * 1_000_001)


def test_a_folder_is_told(tmp_path: Path):
    (tmp_path / "mine.yaml").mkdir()
    with pytest.raises(ScenarioError, match="is a folder"):
        read_scenario(tmp_path / "mine.yaml")
    with pytest.raises(ScenarioError, match="is a folder"):
        read_scenario(tmp_path)


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device file")
def test_a_device_is_not_read(tmp_path: Path):
    (tmp_path / "mine.yaml").symlink_to("/dev/zero")
    with pytest.raises(ScenarioError, match="is not an ordinary file"):
        read_scenario(tmp_path / "mine.yaml")


def test_a_missing_file_is_told_with_the_nearest_name(tmp_path: Path):
    (tmp_path / "mine.yaml").write_text(HEAD)
    with pytest.raises(ScenarioError, match="there is no such file .* did you mean 'mine'"):
        read_scenario(tmp_path / "mien.yaml")


@pytest.mark.parametrize(
    "name", ["", " ", "no such thing", "a\0b", "a\0b.yaml", "x" * 5000, "mine.txt", "a/b/c", "\udcff"]
)
def test_a_strange_path_is_told(name: str):
    with pytest.raises(ScenarioError) as caught:
        read_scenario(name)
    assert str(caught.value).isprintable()


def write(folder: Path, name: str, extends: str | None = None, body: str = "") -> Path:
    """A small scenario file."""
    text = f"schema_version: 1\nname: {name}\ntitle: T\nquestion: Q?\n"
    place = folder / f"{name}.yaml"
    place.write_text(text + (f"extends: {extends}\n" if extends else "") + body)
    return place


def test_a_circle_of_extends_is_told(tmp_path: Path):
    write(tmp_path, "a", "b")
    write(tmp_path, "b", "c")
    write(tmp_path, "c", "a")
    with pytest.raises(ScenarioError, match="c.yaml:5:10: extends = a goes round in a circle: a -> b -> c -> a"):
        read_scenario(tmp_path / "a.yaml")


def test_a_file_that_extends_itself_is_told(tmp_path: Path):
    with pytest.raises(ScenarioError, match="goes round in a circle: a -> a"):
        read_scenario(write(tmp_path, "a", "a"))


def test_a_circle_through_a_link_is_told(tmp_path: Path):
    place = write(tmp_path, "a", "b")
    (tmp_path / "b.yaml").symlink_to(place)
    with pytest.raises(ScenarioError, match="goes round in a circle"):
        read_scenario(place)


def test_a_chain_without_end_is_told(tmp_path: Path):
    for n in range(30):
        write(tmp_path, f"s{n}", f"s{n + 1}")
    with pytest.raises(ScenarioError, match="a chain of more than 20"):
        read_scenario(tmp_path / "s0.yaml")


def test_unknown_extends_is_told_with_the_nearest_name():
    (fault,) = faults_of(HEAD.replace("extends: baseline", "extends: basline"))
    assert fault.startswith("mine.yaml:5:10: extends = basline names no scenario")
    assert fault.endswith("did you mean 'baseline'?")


@pytest.mark.parametrize("extends", ["../baseline", "/etc/passwd", "scenarios/baseline.yaml", "[baseline]", ""])
def test_extends_takes_a_name_only(extends: str):
    faults = faults_of(HEAD.replace("extends: baseline", f"extends: {extends}"))
    assert any("extends" in fault and "is not a name" in fault for fault in faults)


def test_faults_of_parents_are_told_with_their_own_file(tmp_path: Path):
    write(tmp_path, "parent", "baseline", "parameters: {training: 7}\n")
    child = write(tmp_path, "child", "parent", "parameters: {training: 8}\n")
    with pytest.raises(ScenarioError) as caught:
        read_scenario(child)
    files = [Path(fault.file).name for fault in caught.value.faults]
    assert files == ["child.yaml", "parent.yaml"]


def test_a_message_is_always_one_printable_line():
    for fault in faults_of(HEAD + 'parameters: {"a\\nb\\e[31m": "\\e[31mred"}\n"\\x07": 1\n'):
        assert fault.isprintable()


YAML_SIGNS = [*"{}[]:,-#&*!|>'\"%@`?\n\t ~<=.0159eE_yn", "\n  ", "\x00", "é", "*a", "&a ", "!!x "]
SHIPPED = sorted(path.read_text("utf-8") for path in shipped_folder().glob("*.yaml"))


@st.composite
def mangled(draw: st.DrawFn) -> str:
    """A shipped file with some of its text cut out, doubled, or replaced by signs that mean something in YAML."""
    text = draw(st.sampled_from(SHIPPED))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        end = min(len(text), at + draw(st.integers(0, 40)))
        text = (
            text[:at]
            + "".join(draw(st.lists(st.sampled_from(YAML_SIGNS), max_size=5)))
            + text[draw(st.sampled_from([at, end])) :]
        )
    return text


@settings(max_examples=300, deadline=None)
@given(mangled())
def test_a_mangled_file_is_read_or_refused_with_its_faults(text: str):
    scenario, faults = read_or_refused(text)
    assert all(str(fault).isprintable() for fault in faults)
    if scenario:
        assert len(scenario.weekly_parameters()) == scenario.n_weeks
    else:
        assert faults


def read_or_refused(text: str) -> tuple[Scenario | None, list[Fault]]:
    """The scenario, or the faults of its text; any other exception is an error of the reader."""
    try:
        return parse_scenario(text, "baseline.yaml"), []
    except ScenarioError as error:
        return None, error.faults


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(tmp_path_factory: pytest.TempPathFactory, content: bytes):
    place = tmp_path_factory.mktemp("bytes") / "mine.yaml"
    place.write_bytes(content)
    with pytest.raises(PersimError):
        read_scenario(place)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_name_is_found_or_refused(name: str):
    with contextlib.suppress(PersimError):
        assert read_scenario(name).n_weeks


@settings(max_examples=200, deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_any_finite_number_is_read_exactly_or_refused_by_its_bounds(value: float):
    faults = faults_of(HEAD + f"parameters: {{risk_aversion: {value!r}}}\n")
    if 0 <= value <= 1:
        scenario = parse_scenario(HEAD + f"parameters: {{risk_aversion: {value!r}}}\n", "mine.yaml")
        assert scenario.parameters["risk_aversion"] == value
    else:
        assert "is below 0" in faults[0] or "is above 1" in faults[0]
