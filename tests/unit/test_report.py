"""Reports: what a page and a workbook hold, for every kind of folder, and what is refused in one line."""

import json
import re
import shutil
import stat
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

import persim.report
from persim import cli
from persim.errors import InputError, StoreError
from persim.gaps_and_costs import DERIVED
from persim.outcomes import BY_NAME
from persim.report import said_in, write_report
from persim.report.effects import BY_GROUP, EXTRA_COST, SECTIONS, YEARLY, year_by_year
from persim.report.folder import read_folder
from persim.report.gates_and_costs import COSTS
from persim.report.pictures import NO_BAND, caption_of
from persim.report.stress import method
from persim.report.views import Cell, Line, View, clean, clipped, parts_of
from persim.report.why import Why
from persim.report.wording import answer_of, title_of

HOSTILE = "<script>alert(1)</script>"
FORMULA = "=cmd|'/c calc'!A1"


def run(*words: str):
    """A command, in this process."""
    return CliRunner().invoke(cli.app, list(words))


@pytest.fixture(autouse=True)
def _without_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """No runs are made for a report here: `test_report_why` holds attribution and stories."""
    monkeypatch.setattr(persim.report, "why_of", lambda *_, **__: Why())


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small comparison with figures."""
    place = tmp_path_factory.mktemp("reports") / "compared"
    small = ("--people", "150", "--weeks", "130", "--replicates", "2", "--out", str(place))
    assert run("compare", "baseline", "lean_process", "brokers_and_peers", *small).exit_code == 0
    return place


@pytest.fixture(scope="module")
def one_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small run."""
    place = tmp_path_factory.mktemp("reports") / "run"
    assert run("run", "baseline", "--people", "150", "--weeks", "60", "--out", str(place)).exit_code == 0
    return place


@pytest.fixture
def folder(compared: Path, tmp_path: Path) -> Path:
    """A copy of the comparison, to be changed."""
    return Path(shutil.copytree(compared, tmp_path / "moved elsewhere", ignore=shutil.ignore_patterns("report.*")))


def change_manifest(folder: Path, **changes: object) -> None:
    """Set keys of a manifest; None takes one away."""
    place = folder / "manifest.json"
    manifest = json.loads(place.read_text("utf-8")) | changes
    place.write_text(json.dumps({key: value for key, value in manifest.items() if value is not None}), "utf-8")


def with_titles(folder: Path, *titles: str) -> None:
    """Give the scenarios other titles, and questions of the same words."""
    scenarios = json.loads((folder / "manifest.json").read_text("utf-8"))["scenarios"]
    for scenario, title in zip(scenarios, titles, strict=False):
        scenario["resolved"] |= {"title": title, "question": title, "expected": title}
    change_manifest(folder, scenarios=scenarios)


def sweep_folder(folder: Path) -> Path:
    """Turn a comparison into what a sweep over worlds writes."""
    for name in ("summary", "differences", "groups", "barriers", "funnel", "waits", "series"):
        (folder / f"{name}.parquet").unlink(missing_ok=True)
    caveat = BY_NAME["real_take_up"].caveat
    across = {
        "alternative": ["baseline", "lean_process", "brokers_and_peers"], "reference": ["", "baseline", "baseline"],
        "measure": "real_take_up", "label": "Real take-up", "unit": "share", "mean": [0.04, 0.01, 0.11], "p5": -0.01,
        "p50": 0.01, "p95": 0.03, "better_if": "higher", "share_better": [float("nan"), 0.82, 0.97],
        "share_clearly_better": 0.61, "n_worlds": 200, "replicates": 8, "caveat": caveat,
    }  # fmt: skip
    fails = {
        "alternative": ["lean_process"], "reference": "baseline", "measure": "real_take_up", "n_worlds": 200,
        "failing": 36, "conditions": "role boundary > 0.7", "coverage": 0.71, "density": 0.84, "coverage_held_out": 0.6,
        "density_held_out": 0.75, "sentence": "lean_process fails mostly where role boundary is above 0.7.",
    }  # fmt: skip
    worlds = {"world": [0, 1], "role_boundary": 0.4, "alternative": "lean_process", "measure": "real_take_up",
              "value": 0.05, "difference": 0.01, "low": 0.0, "high": 0.02, "n_pairs": 8}  # fmt: skip
    pd.DataFrame(across).to_parquet(folder / "across_worlds.parquet")
    pd.DataFrame(fails).to_parquet(folder / "fails.parquet")
    pd.DataFrame(worlds).to_parquet(folder / "worlds.parquet")
    factor = {
        "parameter": "role_boundary",
        "label": "Whose job",
        "unit": "0-1",
        "low": 0.2,
        "high": 0.8,
        "kind": "uniform",
    }
    change_manifest(
        folder, command="sweep", title="Which lever holds up?", question="Does it?", answer=["One.", "Two.", "Three."],
        factors=[factor], n_worlds=200, files={}, alternatives=[{"name": "lean_process", "title": "A leaner process"}],
    )  # fmt: skip
    return folder


class Page(HTMLParser):
    """A page, read: every tag with its attributes, and the text outside of its style."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._is_style = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        self._is_style = tag == "style"

    def handle_endtag(self, tag):
        self._is_style = self._is_style and tag != "style"

    def handle_data(self, data):
        self.words += "" if self._is_style else data.replace("\N{NO-BREAK SPACE}", " ")

    def having(self, tag: str) -> list[dict[str, str | None]]:
        """Attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(folder: Path, **options) -> Page:
    """Report the folder and read the page."""
    return Page(write_report(folder, force=True, excel=False, **options).page.read_text("utf-8"))


# The page ------------------------------------------------------------------------------------------------------------


def test_page_of_a_comparison_holds_everything_in_order(compared):
    page = page_of(compared)
    parts = (
        "The answer", "What this is not for", "Figure 1.", "Headline", "by group", "What stood in the way",
        "Costs, and whose cost it is", "Expected before it ran", "1.1 Purpose of the model", "6.1 Computer model sharing",
        "Limits", "What people who use services said of this", "Provenance",
    )  # fmt: skip
    places = [page.words.rindex(part) for part in parts]
    assert places == sorted(places)
    assert "not for decisions" in page.words
    manifest = json.loads((compared / "manifest.json").read_text("utf-8"))
    for fact in (manifest["model_version"], manifest["scenarios"][1]["digest"], manifest["files"]["summary.parquet"]):
        assert fact in page.words


def test_page_needs_nothing_but_itself(compared):
    text = write_report(compared, force=True).page.read_text("utf-8")
    page = Page(text)
    assert not page.having("script")
    assert not page.having("link")
    assert all(str(image["src"]).startswith("data:image/svg+xml;base64,") for image in page.having("img"))
    assert all(str(link["href"]).startswith("#") for link in page.having("a"))
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert "url(" not in text
    assert "@import" not in text
    assert "default-src 'none'" in text


def test_every_link_leads_to_a_place_on_the_page_and_every_name_is_there_once(compared):
    page = page_of(compared)
    names = [str(attributes["id"]) for _, attributes in page.tags if "id" in attributes]
    assert len(names) == len(set(names))
    referred = [str(link["href"])[1:] for link in page.having("a")]
    referred += [str(a["aria-labelledby"]) for _, a in page.tags if "aria-labelledby" in a]
    assert set(referred) <= set(names)


def test_every_caveat_of_a_shown_number_stands_in_its_row(compared):
    page = page_of(compared)
    for measure in ("real_take_up", "wait_weeks", "control_felt"):
        assert BY_NAME[measure].caveat in page.words
    for measure in ("gap_rural", "cost_per_real_budget", "forms_hours_year"):
        assert DERIVED[measure].caveat in page.words
    assert "Not a ranking of professions" in page.words
    assert "fewer than 200 people" in page.words


def test_every_figure_has_a_caption_with_n_and_what_the_band_is(compared):
    page = page_of(compared)
    captions = re.findall(r"Figure \d+\. (.*)", page.words)
    assert len(captions) == len(list((compared / "figures").glob("*.svg"))) == len(page.having("img"))
    for caption in captions:
        assert "2 paired runs of 150 people" in caption
        assert re.search("band|[Ii]nterval|region", caption)
    assert all(image["alt"] for image in page.having("img"))


def test_caption_says_n_and_band_where_the_figure_does_not():
    assert caption_of("Dots.", "7 runs of 90 people") == f"Dots. From 7 runs of 90 people. {NO_BAND}"
    assert caption_of("Mean of 3 runs; band: nine of ten.", "") == "Mean of 3 runs; band: nine of ten."


def test_headings_and_tables_can_be_found_by_a_screen_reader(compared):
    page = page_of(compared)
    assert len(page.having("h1")) == 1
    assert page.having("html")[0]["lang"] == "en-GB"
    assert len(page.having("caption")) == len(page.having("table"))
    assert all(cell.get("scope") for cell in page.having("th"))
    regions = [attributes for _, attributes in page.tags if attributes.get("role") == "region"]
    assert regions
    assert all(a.get("tabindex") == "0" and (a.get("aria-labelledby") or a.get("aria-label")) for a in regions)


def test_titles_are_escaped_and_clipped_and_cannot_turn_the_page_round(folder):
    with_titles(folder, HOSTILE, f"{FORMULA}\u202e\u0000", "long " * 800)
    text = write_report(folder, force=True).page.read_text("utf-8")
    assert HOSTILE not in text
    assert HOSTILE in Page(text).words
    assert "\u202e" not in text
    assert "\0" not in text
    assert len(re.search(r"<h1>(.*?)</h1>", text, re.DOTALL).group(1)) < 500  # type: ignore[union-attr]


def test_own_words_of_the_folder_come_first(folder):
    change_manifest(
        folder, title="Our title", question="Our question?", answer=["First.", "Second.", "Third.", "Fourth."]
    )
    page = page_of(folder)
    assert "Our title" in page.words
    assert "Our question?" in page.words
    assert answer_of(read_folder(folder)) == ["First.", "Second.", "Third."]


def test_answer_is_told_from_the_tables_where_the_folder_gives_none(folder):
    change_manifest(folder, answer=None)
    first, *rest = answer_of(read_folder(folder))
    assert "real take-up" in first
    assert "2 paired runs of 150 people" in first
    assert "95 % interval" in first
    assert "Intervals cover chance between runs only" in rest[-1]


def test_arms_are_told_by_what_they_share_and_by_what_sets_them_apart(folder):
    with_titles(folder, "Rights: usual practice", "Rights: an advocate", "Rights: all of it")
    files = read_folder(folder)
    assert list(files.titles.values()) == ["Usual practice", "An advocate", "All of it"]
    assert title_of(files) == "Rights: 2 alternatives to “Usual practice”"


def test_answer_says_that_nothing_differs(folder):
    change_manifest(folder, answer=None)
    table = pd.read_parquet(folder / "differences.parquet")
    table.assign(difference=0.0, low=0.0, high=0.0).to_parquet(folder / "differences.parquet")
    assert answer_of(read_folder(folder))[0].startswith("Real take-up does not differ from “The baseline”")


def test_legal_status_is_shown_only_if_asked_for(folder):
    assert "Voluntary, less on a CTO" not in page_of(folder).words
    change_manifest(folder, options={"groups": "legal_status,carer"})
    words = page_of(folder).words
    assert "Voluntary, less on a CTO" in words
    assert "Legal status is shown only when asked for" in words


def test_page_of_one_run_says_that_luck_is_in_it(one_run):
    page = page_of(one_run)
    assert "Year by year" in page.words
    assert "luck is in every number" in page.words
    assert "In this one run" in page.words
    years = year_by_year(read_folder(one_run))
    assert years is not None
    assert years.heads == ("March 2009", "May 2009")


def test_page_of_a_sweep_shows_worlds_failures_and_factors_with_their_caveat(folder):
    page = page_of(sweep_folder(folder))
    for words in (
        "82 %", "61 % clearly", "1.0 % in the reference's middle world; higher is better",
        "It fails where role boundary > 0.7.", "36",
        "of 200", "71 %", "60 % held out",
        "Whose job", "A share of this design's parameter sets, under its ranges; not a chance of success here.",
        "200 worlds, 2 paired runs", "One.", "Three.",
    ):  # fmt: skip
        assert words in page.words


def test_decomposition_and_costs_by_payer_are_shown_where_the_folder_has_them(folder):
    parts = {"scenario": "lean_process", "reference": "baseline", "step": ["offers", "waits"],
             "label": ["More offers", "Shorter waits"], "part": 0.01, "low": 0.0, "high": 0.02, "unit": "share"}  # fmt: skip
    pd.DataFrame(parts).to_parquet(folder / "decomposition.parquet")
    costs = {"scenario": ["baseline", "lean_process"], "payer": "nhs", "measure": "cost_nhs", "label": "Care teams, a year",
             "unit": "GBP", "mean": 5e4, "low": 4e4, "high": 6e4, "difference": [float("nan"), -1500.0],
             "difference_low": -2000.0, "difference_high": -1000.0, "caveat": "Hours only."}  # fmt: skip
    pd.DataFrame(costs).to_parquet(folder / "costs.parquet")
    words = page_of(folder).words
    for part in (
        "Where the difference is made",
        "Shorter waits",
        "Paid by the NHS",
        "−£1.5k",
        "−£2.0k to −£1.0k",
        "Hours only.",
    ):
        assert part in words


def test_folder_without_figures_scenarios_or_most_tables_is_reported(folder):
    for name in ("groups", "barriers", "funnel", "waits", "series", "differences"):
        (folder / f"{name}.parquet").unlink()
    shutil.rmtree(folder / "figures")
    change_manifest(folder, files={}, scenarios=[], options=None, seeds=None, packages=None, window=None, notes=None)
    page = page_of(folder)
    assert "Headline" in page.words
    assert not page.having("img")


def test_files_that_were_changed_are_named(folder):
    table = pd.read_parquet(folder / "summary.parquet")
    table.assign(mean=0.5).to_parquet(folder / "summary.parquet")
    assert "summary.parquet (SHA-256 differs from the manifest's)" in page_of(folder).words


def test_same_folder_gives_the_same_report(folder, tmp_path):
    first, second = (write_report(folder, tmp_path / f"{name}.html") for name in ("a", "b"))
    assert first.page.read_text("utf-8").replace("a.xlsx", "b.xlsx") == second.page.read_text("utf-8")


def test_method_fills_every_point_of_the_guideline(compared):
    points = [point for _, found in method(read_folder(compared)) for point in found]
    assert len(points) == 23
    assert all(len(words) > 20 for _, words in points)
    told = " ".join(words for _, words in points)
    assert "Seeds 1 to 2" in told
    assert " None" not in told.replace("None of them", "")


def test_measures_named_by_reports_exist():
    known = {*BY_NAME, *DERIVED, EXTRA_COST}
    assert {measure for _, measures in SECTIONS for measure in measures} <= known
    assert {*BY_GROUP, *YEARLY, *COSTS} <= known


# Tables as views -----------------------------------------------------------------------------------------------------


def test_wide_table_becomes_parts_that_repeat_the_fixed_columns():
    view = View(
        "t", "T", (), "Row", ("ref", "a", "b", "c", "d", "e"), (Line("x", tuple(map(Cell, "012345"))),), fixed=1
    )
    parts = parts_of(view, 5)
    assert [part.heads for part in parts] == [("ref", "a", "b", "c"), ("ref", "d", "e")]
    assert [cell.text for cell in parts[1].rows[0].line.cells] == ["0", "4", "5"]
    assert [part.name for part in parts] == ["t-1", "t-2"]


def test_caveat_is_written_once_in_a_table_and_marked_after():
    lines = tuple(Line(name, (Cell("1"),), caveats=("Careful.",)) for name in "ab")
    (part,) = parts_of(View("t", "T", (), "Row", ("a",), lines), 5)
    assert [[mark.text for mark in row.marks] for row in part.rows] == [["Careful."], [""]]
    assert [row.marks[0].number for row in part.rows] == [1, 1]


def test_hidden_signs_are_dropped_and_lone_surrogates_replaced():
    assert clean("a\u202eb\u2066c\x07\ud800") == "abc\N{REPLACEMENT CHARACTER}"
    assert clean("عربي\u200f") == "عربي\u200f"
    assert clipped("one  two\nthree", 9) == "one two…"


# What people said ----------------------------------------------------------------------------------------------------


def test_box_is_empty_with_lines_to_write_on_unless_something_was_said(compared, tmp_path):
    assert "Nothing is written here yet" in page_of(compared).words
    said = tmp_path / "said.txt"
    said.write_text(f"\ufeffWe wait too long.\nStill.\n\n{HOSTILE} & so on", "utf-8")
    page = page_of(compared, said=said)
    assert "We wait too long.\nStill." in page.words
    assert HOSTILE in page.words
    assert "Nothing is written here yet" not in page.words
    assert not page.having("script")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b" \n\n ", "is empty"),
        (b"fine\n\xff\xfe", r"said.txt:2: not plain text in UTF-8"),
        (b"a\0b", "null characters"),
        (b"x" * 100_001, "longer than 100,000 bytes"),
    ],
)
def test_said_that_is_no_plain_text_is_refused(tmp_path, content, message):
    place = tmp_path / "said.txt"
    place.write_bytes(content)
    with pytest.raises(InputError, match=message):
        said_in(place)


def test_said_that_is_missing_or_a_folder_is_refused(tmp_path):
    for place in (tmp_path / "none.txt", tmp_path):
        with pytest.raises(InputError, match="cannot be read"):
            said_in(place)


# The workbook --------------------------------------------------------------------------------------------------------


def test_workbook_holds_a_front_sheet_and_the_tables_with_units(compared):
    written = write_report(compared, force=True).workbook
    assert written is not None
    book = openpyxl.load_workbook(written)
    assert book.sheetnames[:3] == ["Read first", "Levels", "Differences"]
    front = " ".join(str(cell.value) for row in book["Read first"].iter_rows() for cell in row if cell.value)
    for words in (
        "The answer",
        "What this is not for",
        "synthetic people",
        "Model version",
        "Intervals cover chance",
        "runs.parquet",
    ):
        assert words in front
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref
    levels = book["Levels"]
    heads = [cell.value for cell in levels[1]]
    row = next(row for row in levels.iter_rows(min_row=2, values_only=True) if row[1] == "real_take_up")
    summary = pd.read_parquet(compared / "summary.parquet")
    mean = summary.loc[summary["measure"] == "real_take_up", "mean"].iloc[0]
    assert row[heads.index("mean, in its unit")] == pytest.approx(100 * mean)
    assert row[heads.index("unit")] == "%"
    assert row[heads.index("unit of differences")] == "percentage points"
    assert row[heads.index("caveat")] == BY_NAME["real_take_up"].caveat


def test_text_in_a_workbook_is_never_a_formula_or_a_link(folder):
    with_titles(folder, FORMULA, "+1+1", "https://example.org/x")
    for name in ("summary", "differences"):
        table = pd.read_parquet(folder / f"{name}.parquet").assign(label=FORMULA, caveat="http://example.org")
        table.to_parquet(folder / f"{name}.parquet")
    change_manifest(folder, title=FORMULA, question="@SUM(A1)", answer=["-2+3", "=1"])
    place = write_report(folder, force=True).workbook
    assert place is not None
    cells = [cell for sheet in openpyxl.load_workbook(place) for row in sheet.iter_rows() for cell in row]
    assert FORMULA in [cell.value for cell in cells]
    assert not [cell for cell in cells if cell.data_type == "f" or cell.hyperlink]
    with zipfile.ZipFile(place) as parts:
        sheets = [name for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert not [name for name in sheets if b"<f>" in parts.read(name) or b"<hyperlink" in parts.read(name)]


def test_workbook_of_a_sweep_and_of_a_run(folder, one_run):
    swept = write_report(sweep_folder(folder), force=True).workbook
    assert swept is not None
    assert {"Across worlds", "Where it fails", "Worlds"} <= set(
        openpyxl.load_workbook(swept, read_only=True).sheetnames
    )
    ran = write_report(one_run, force=True).workbook
    assert ran is not None
    assert "Over time" in openpyxl.load_workbook(ran, read_only=True).sheetnames


def test_no_excel_writes_the_page_alone(folder):
    assert run("report", str(folder), "--no-excel").exit_code == 0
    assert (folder / "report.html").exists()
    assert not (folder / "report.xlsx").exists()
    assert "report.xlsx" not in (folder / "report.html").read_text("utf-8")


# What is refused -----------------------------------------------------------------------------------------------------


def refused(folder: Path, *more: str) -> str:
    """What the command says when it refuses: one line, exit code 2, nothing written."""
    before = sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
    result = run("report", str(folder), *more)
    assert result.exit_code == 2
    assert result.stdout == ""
    (line,) = result.stderr.strip().split("\n")
    assert before == (sorted(path.name for path in folder.iterdir()) if folder.is_dir() else [])
    return line


def test_what_is_no_result_folder_is_refused(tmp_path):
    assert "there is no such folder" in refused(tmp_path / "none")
    (tmp_path / "file").write_text("x")
    assert "is a file, not a result folder" in refused(tmp_path / "file")
    (tmp_path / "empty").mkdir()
    assert "no manifest.json here" in refused(tmp_path / "empty")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "manifest.json:1:1: damaged"),
        ('{"made_by": "persim",\n "files": {', r"manifest.json:2:12: damaged"),
        ("[]", "not written by persim"),
        ('{"made_by": "others"}', "not written by persim"),
        ('{"made_by": "persim"}', "`files` is missing"),
        ('{"made_by": "persim", "files": [1]}', "`files` is missing"),
        ('{"made_by": "persim", "files": {}, "scenarios": 3}', "`scenarios` is not a list"),
        ('{"made_by": "persim", "files": {}}', "no table that a report could show"),
        ("[" * 100_000, "damaged"),
    ],
)
def test_damaged_manifest_is_refused_with_its_place(tmp_path, text, message):
    (tmp_path / "manifest.json").write_text(text)
    assert re.search(message, refused(tmp_path))


def test_manifest_that_is_not_utf8_is_refused(tmp_path):
    (tmp_path / "manifest.json").write_bytes(b"\xff\xfe\x00")
    assert "not JSON in UTF-8" in refused(tmp_path)


def test_missing_cut_and_wrong_tables_are_refused_with_their_names(folder):
    place = folder / "summary.parquet"
    whole = place.read_bytes()
    place.write_bytes(whole[: len(whole) // 2])
    assert "summary.parquet: damaged or cut short" in refused(folder)
    pd.DataFrame({"scenario": ["a"]}).to_parquet(place)
    assert "summary.parquet: lacks the column 'measure'" in refused(folder)
    table = pd.read_csv(folder / "summary.csv").assign(mean="much")
    table.to_parquet(place)
    assert "summary.parquet: the column 'mean' holds something other than numbers" in refused(folder)
    place.unlink()
    assert "summary.parquet: missing, though manifest.json lists it" in refused(folder)


def test_missing_and_cut_figures_are_refused_with_their_names(folder):
    place = folder / "figures" / "funnel.svg"
    whole = place.read_bytes()
    place.write_bytes(whole[:5000])
    assert "funnel.svg: damaged or cut short" in refused(folder)
    place.unlink()
    assert "funnel.svg: missing, though manifest.json lists it" in refused(folder)


def test_folder_that_must_not_be_read_or_written_is_refused(folder, monkeypatch):
    def denied(*_: object, **__: object) -> bytes:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "read_bytes", denied)
        assert "manifest.json: cannot be read: permission denied" in refused(folder)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", denied)
        assert "report.html: cannot be written: permission denied" in refused(folder)


def test_earlier_report_is_replaced_only_on_request(folder):
    assert run("report", str(folder)).exit_code == 0
    assert "report.html: is there already; --force replaces it" in refused(folder)
    assert run("report", str(folder), "--force").exit_code == 0
    (folder / "report.html").write_text("mine")
    assert "report.html: not written by persim report" in refused(folder, "--force")
    (folder / "report.html").unlink()
    (folder / "report.xlsx").write_bytes(b"mine")
    assert "report.xlsx: not written by persim report" in refused(folder, "--force")


def test_out_has_to_be_a_page_in_a_folder_that_is_there(folder, tmp_path):
    assert "the name of a page ends in .html" in refused(folder, "--out", str(tmp_path / "page.txt"))
    assert "there is no folder" in refused(folder, "--out", str(tmp_path / "none" / "page.html"))
    (tmp_path / "page.html").mkdir()
    assert "is a folder" in refused(folder, "--out", str(tmp_path / "page.html"))
    assert run("report", str(folder), "--out", str(tmp_path / "other.html")).exit_code == 0
    assert (tmp_path / "other.xlsx").exists()
    assert not (folder / "report.html").exists()


def test_nothing_is_left_behind_if_the_second_file_cannot_be_written(folder, monkeypatch):
    written = Path.write_bytes

    def only_pages(path: Path, content: bytes) -> int:
        if ".xlsx" in path.name:
            raise OSError(28, "No space left on device")
        return written(path, content)

    monkeypatch.setattr(Path, "write_bytes", only_pages)
    assert "report.xlsx: cannot be written: no space left on device" in refused(folder)


def test_missing_extra_is_told_in_one_line(compared, monkeypatch):
    monkeypatch.setattr(persim.report, "find_spec", lambda name: None if name == "jinja2" else object())
    with pytest.raises(InputError, match=r"jinja2: pip install 'persim\[report\]'"):
        write_report(compared)


def test_folder_with_a_report_can_still_be_replaced_by_a_comparison(folder):
    write_report(folder, force=True)
    small = ("--people", "100", "--weeks", "20", "--replicates", "2", "--no-figures", "--out", str(folder))
    assert run("compare", "baseline", "lean_process", *small).exit_code == 2
    result = run("compare", "baseline", "lean_process", *small, "--force")
    assert result.exit_code == 0
    assert not (folder / "report.html").exists()


def test_scenario_file_outside_the_folder_is_not_read(folder):
    change_manifest(folder, scenarios=[{"name": "baseline", "file": "../../etc/passwd"}])
    assert read_folder(folder).scenarios[0].resolved == {}
    change_manifest(folder, scenarios=[{"name": "baseline", "file": "scenarios/none.json"}])
    with pytest.raises(StoreError, match=r"none\.json: missing, though manifest\.json names it"):
        read_folder(folder)


def test_report_is_readable_by_whoever_may_read_the_folder(folder):
    place = write_report(folder, force=True).page
    assert stat.S_IMODE(place.stat().st_mode) == stat.S_IMODE((folder / "README.txt").stat().st_mode)
