"""What a report says of why: barrier attribution and stories, where they come from, and what is said beside them."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from persim import cli, events
from persim.attribution_words import BASE_CAVEAT, FAULT_CAVEAT, SHARES_CAVEAT, TALLY_CAVEAT
from persim.biography import SYNTHETIC, biography
from persim.errors import StoreError
from persim.flow_counts import GAINS, STAYS_WITH, moves_of
from persim.report import held_back, write_report
from persim.report.folder import read_folder
from persim.report.held_back import held_back_of, small_held_back, small_size
from persim.report.people_chosen import Runs, chosen_of, runs_of
from persim.report.reference import alternatives_of, first_seed, reference_of
from persim.report.small_line import LifeLane, kinds_of, small_line
from persim.report.three_people import CONTENT_NOTE, Stories, frame_of, stories_of
from persim.report.why import why_of
from persim.scenario import read_scenario
from persim.state import USER, Place, Stage
from persim.verify import verify_folder

HOSTILE = "<script>alert(1)</script>"
SMALL = ("--people", "200", "--weeks", "180", "--no-figures")
UNSEEMLY = re.compile(
    r"\b(because|in order to|wanted to|felt that|died|death|dead|suicide|sufferer|patient|drop-?out|misuse|gaming|fault of"
    r"|non-compliant|vulnerable)\b",
    re.IGNORECASE,
)


def run(*words: str):
    """A command, in this process."""
    return CliRunner().invoke(cli.app, list(words))


@pytest.fixture(scope="module", autouse=True)
def _small():
    """Attributions made with a report are smaller here than for people."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(held_back, "MOST_PEOPLE", 60)
        patch.setattr(held_back, "MOST_SEEDS", 3)
        yield


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small comparison in which many gain a real budget."""
    place = tmp_path_factory.mktemp("why") / "compared"
    made = run(
        "compare",
        "baseline",
        "role_clarity/usual_load",
        "gold_standard",
        *SMALL,
        "--replicates",
        "2",
        "--out",
        str(place),
    )
    assert made.exit_code == 0, made.output
    return place


@pytest.fixture(scope="module")
def attributed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An attribution of the same scenario, people, weeks and window, of three barriers."""
    place = tmp_path_factory.mktemp("why") / "attributed"
    made = run(
        "attribute", "baseline", *SMALL, "--replicates", "2", "--barriers", "role,risk,panel", "--out", str(place)
    )
    assert made.exit_code == 0, made.output
    return place


@pytest.fixture(scope="module")
def report(compared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its report, with all that a report has."""
    return write_report(compared, tmp_path_factory.mktemp("why") / "report.html").page


@pytest.fixture(scope="module")
def runs(compared: Path) -> Runs:
    """The runs that stories are told from."""
    found = runs_of(read_folder(compared))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def stories(compared: Path) -> Stories:
    """The stories."""
    found = stories_of(read_folder(compared))
    assert found is not None
    return found


@pytest.fixture
def folder(compared: Path, tmp_path: Path) -> Path:
    """A copy of the comparison, to be changed."""
    return Path(shutil.copytree(compared, tmp_path / "copy"))


def change_manifest(folder: Path, **changes: object) -> None:
    """Set keys of a manifest."""
    place = folder / "manifest.json"
    place.write_text(json.dumps(json.loads(place.read_text("utf-8")) | changes), "utf-8")


def words_of(page: Path) -> str:
    """The text of a page, without its style and marks."""
    text = re.sub(r"<style>.*?</style>", "", page.read_text("utf-8"), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text)).replace("\N{NO-BREAK SPACE}", " ")


# What holds people back ----------------------------------------------------------------------------------------------


def test_page_says_what_holds_people_back_with_its_caveats_and_its_size(report):
    words = words_of(report)
    for part in (
        "What holds people back", "points between", "What each barrier holds back, read in three ways", "Alone",
        "Shared out (Shapley)", "Last", "None by their own choice, shown apart", "Which gate closed, whatever is asked first",
        SHARES_CAVEAT, BASE_CAVEAT, FAULT_CAVEAT, TALLY_CAVEAT, "Made small, together with this report",
        "runs of 60 people: 3 seeds", "(the runs of this folder have 200 people)", "intervals are wide",
    ):  # fmt: skip
        assert part.replace("'", "&#39;") in words, part


def test_sections_stand_in_the_contents_in_the_order_of_the_page(report):
    text = report.read_text("utf-8")
    links = re.findall(r'<li><a href="#([\w-]+)">', text)
    places = [text.index(f'id="{name}"') for name in links]
    assert places == sorted(places)
    assert links.index("barriers") + 1 == links.index("held-back") < links.index("people") < links.index("compared")


def test_shares_add_up_to_the_gap_and_remainders_to_everybody(compared):
    found = small_held_back(read_folder(compared))
    assert found is not None
    level = found.frames["levels"].iloc[0]
    assert found.frames["shares"]["share"].sum() == pytest.approx(level["missing"])
    for name in ("as_is", "all_off"):
        assert found.frames["remainder"][name].sum() + level[name] == pytest.approx(1.0)


def test_size_made_with_a_report_is_bounded_and_keeps_the_people_of_a_small_study():
    scenario = read_scenario("baseline")
    for people, weeks in ((3000, 260), (400, 52), (50, 20), (100_000, 520)):
        n, seeds = small_size(scenario.changed(n_users=people, n_weeks=weeks))
        assert n <= held_back.MOST_PEOPLE
        assert held_back.FEWEST_SEEDS <= seeds <= held_back.MOST_SEEDS


def test_attribution_of_a_folder_that_fits_is_shown_without_a_warning(compared, attributed):
    found = held_back_of(attributed, read_folder(compared))
    assert found.source.startswith("From a barrier attribution of “The baseline”")
    assert not [text for text in found.warnings if text.startswith("Another")]
    assert len(found.frames["shares"]) == 3


def test_what_does_not_fit_is_said_beside_it(folder, attributed):
    scenarios = json.loads((folder / "manifest.json").read_text("utf-8"))["scenarios"]
    change_manifest(
        folder, scenarios=scenarios[1:], people=3000, window=[0, 51], model_version="older", command="compare"
    )
    told = " ".join(held_back_of(attributed, read_folder(folder)).warnings)
    for part in ("Another scenario", "Another version of the model", "its runs have 200, those of this folder 3,000",
                 "Another time"):  # fmt: skip
        assert part in told, part


def test_model_of_another_version_is_said_beside_what_is_made_now(folder):
    change_manifest(folder, model_version="older")
    made = why_of(read_folder(folder))
    assert made.held_back is not None
    assert made.stories is not None
    assert "with version older" in " ".join(made.held_back.warnings)
    assert "with version older" in " ".join(made.stories.lead)


def test_folder_without_an_attribution_is_refused_in_one_line(compared, tmp_path):
    for place, why in ((tmp_path / "none", "there is no such folder"), (compared, "--attribution")):
        made = run("report", str(compared), "--out", str(tmp_path / "page.html"), "--attribution", str(place))
        assert made.exit_code == 2
        assert why in made.stderr
        assert len(made.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "page.html").exists()


def test_both_can_be_left_out_and_options_that_contradict_are_refused(folder, attributed, tmp_path):
    assert run("report", str(folder), "--no-attribution", "--no-stories").exit_code == 0
    words = words_of(folder / "report.html")
    assert "What holds people back" not in words
    assert "Synthetic person" not in words
    both = run("report", str(folder), "--force", "--no-attribution", "--attribution", str(attributed))
    assert both.exit_code == 2
    assert "not both" in both.stderr


def test_it_is_said_once_that_an_attribution_is_made(folder):
    made = run("report", str(folder), "--no-stories", "--no-excel", "--force")
    assert made.exit_code == 0
    assert made.stderr.count("small runs (--no-attribution leaves them out)") == 1


def test_folder_of_an_attribution_is_reported_itself(attributed, tmp_path):
    words = words_of(write_report(attributed, tmp_path / "page.html", stories=False).page)
    for part in ("What holds people back: The baseline", "how much goes back to which barrier?", "with 2 seeds",
                 "From a barrier attribution of"):  # fmt: skip
        assert part in words, part


def test_folder_that_does_not_hold_its_scenarios_has_neither(folder):
    change_manifest(folder, scenarios=[], options=None)
    made = why_of(read_folder(folder))
    assert made.held_back is None
    assert made.stories is None
    assert reference_of(read_folder(folder)) is None


# Stories -------------------------------------------------------------------------------------------------------------


def test_people_are_chosen_by_rule_and_each_keeps_the_rule(runs):
    chosen = {one.case: one for one in chosen_of(runs)}
    assert 2 <= len(chosen) <= 3
    assert len({one.person for one in chosen.values()}) == len(chosen)
    moves = moves_of(runs.runs[0].world, runs.runs[1].world)
    if "Gains a real budget" in chosen:
        assert chosen["Gains a real budget"].person in moves[GAINS]
    if "A real budget in both" in chosen:
        assert chosen["A real budget in both"].person in moves[STAYS_WITH]
    never = chosen["Never offered one, seen as a high risk"].person
    rows = runs.lives[0].rows
    assert not ((rows["person"] == never) & (rows["kind"] == events.E_OFFER)).any()
    assert runs.lives[0].start.users["perceived_risk"][never] > 0.5
    for lives in runs.lives:
        assert all(lives.first_week_of_next[one.person] >= lives.weeks[1] for one in chosen.values())


def test_best_alternative_of_the_same_people_stands_beside_the_reference(compared, runs):
    files = read_folder(compared)
    assert next(name for name, _ in alternatives_of(files)) == "gold_standard"
    assert runs.names == ("“The baseline”", "“The gold standard”")
    assert runs.seed == first_seed(files) == 1


def test_every_sentence_is_the_row_that_it_names(stories, runs):
    for story in stories.stories:
        sides = [runs.lives[0], *(runs.lives if story.sides else ())]
        told = [story.shared, *(sentences for _, sentences in story.sides)]
        assert 1 <= sum(map(len, told)) <= 12
        for lives, sentences in zip(sides, told, strict=True):
            assert {int(lives.rows["person"][one.row]) for one in sentences} <= {story.person}
            again = {one.row: one.text for one in biography(lives, story.person).sentences}
            assert all(again[one.row] == one.text for one in sentences)


def test_stories_have_no_motive_no_death_and_no_words_to_avoid(stories, report):
    told = " ".join([*frame_of(stories)["sentence"], *stories.lead, stories.source])
    assert not UNSEEMLY.search(told), UNSEEMLY.search(told)
    words = words_of(report)
    assert words.count(SYNTHETIC) >= len(stories.stories)
    for story in stories.stories:
        assert f"Synthetic person {story.person}" in words


def test_legal_status_stands_only_in_what_happened_with_a_note_before(stories, runs):
    compulsion = re.compile(r"section|Mental Health Act|treatment order|CTO", re.IGNORECASE)
    for story in stories.stories:
        assert not compulsion.search(story.start)
        sentences = [one.text for told in (story.shared, *(told for _, told in story.sides)) for one in told]
        assert story.note == (CONTENT_NOTE if any(map(compulsion.search, sentences)) else "")


def test_story_of_one_scenario_has_one_lane_and_no_parting(folder):
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    change_manifest(folder, scenarios=manifest["scenarios"][:1])
    found = stories_of(read_folder(folder))
    assert found is not None
    for story in found.stories:
        assert story.parting == ""
        assert story.sides == ()
        assert "they part" not in story.line
    assert len(found.names) == 1


def test_titles_stay_text_in_stories_and_lines(folder):
    scenarios = json.loads((folder / "manifest.json").read_text("utf-8"))["scenarios"]
    for scenario in scenarios:
        scenario["resolved"] |= {"title": HOSTILE, "question": HOSTILE}
    change_manifest(folder, scenarios=scenarios)
    text = write_report(folder, excel=False, attribution=False).page.read_text("utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;" in text


# The small life line -------------------------------------------------------------------------------------------------


def test_line_says_by_height_where_somebody_was_on_the_way():
    states = np.zeros(6, USER)
    states["pathway_stage"][1:] = [Stage.PLAN, Stage.IN_USE, Stage.IN_USE, Stage.IN_USE, Stage.IN_USE]
    states["plan_agreed"][3:] = 1
    states["amount_known"][3:] = 1
    states["one_off"][4] = 1
    states["place"][5] = Place.AWAY
    assert kinds_of(states).tolist() == ["none", "way", "use", "real", "use", ""]
    drawn = small_line([LifeLane("A & <B>", states, [])], 100, 102, 'He said "x"')
    assert "they part" in drawn
    assert "A &amp; &lt;B&gt;" in drawn
    assert 'aria-label="He said &quot;x&quot;"' in drawn


# The workbook, and the folder ----------------------------------------------------------------------------------------


def test_workbook_has_the_tables_and_the_sentences_with_their_rows(compared, stories, tmp_path):
    place = write_report(compared, tmp_path / "page.html").workbook
    assert place is not None
    book = openpyxl.load_workbook(place)
    for name in ("Barrier shares", "Barriers alone", "Barriers last", "Who has none", "Closed gates", "Stories"):
        assert book[name].freeze_panes == "A2"
    shares = pd.read_excel(place, "Barrier shares")
    found = small_held_back(read_folder(compared))
    assert found is not None
    assert shares["share, of 100"].sum() == pytest.approx(100.0 * found.frames["levels"]["missing"].iloc[0])
    assert set(shares["caveat"]) == {SHARES_CAVEAT}
    told = pd.read_excel(place, "Stories")
    rows = {one.row for story in stories.stories for one in story.shared}
    assert rows <= set(told["row of the ledger"].dropna().astype(int))
    assert not [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]


def test_same_folder_gives_the_same_report_and_is_still_as_it_was_written(folder, tmp_path):
    first, second = (write_report(folder, tmp_path / f"{name}.html", excel=False).page for name in ("a", "b"))
    assert first.read_bytes() == second.read_bytes()
    write_report(folder)
    assert verify_folder(folder).fine


def test_page_stays_small_and_needs_nothing_but_itself(report):
    text = report.read_text("utf-8")
    assert len(text) < 2_000_000
    assert not re.search(r"<script|<link|@import|url\(|(src|href)=\"(?!data:image/svg|#)", text)
    names = re.findall(r'\bid="([^"]+)"', text)
    assert len(names) == len(set(names))


def test_attribution_that_came_to_nothing_is_refused(compared, attributed, monkeypatch):
    monkeypatch.setattr("persim.report.held_back.Attribution.n_seeds", 0)
    with pytest.raises(StoreError, match="nothing can be shown"):
        held_back_of(attributed, read_folder(compared))


def test_scenario_that_differs_only_in_size_is_the_same():
    scenario = read_scenario("baseline")
    assert held_back._is_same(replace(scenario, n_users=50, n_weeks=20, title="Other"), scenario)
    assert not held_back._is_same(scenario.changed(role_boundary=0.1), scenario)
