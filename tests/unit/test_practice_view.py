"""The practitioners' side: hours add up, hand-offs from the ledger are those of the measures, figures name what they show."""

import json
from functools import cache

import numpy as np
import pytest

from persim import events as e
from persim.errors import InputError
from persim.events import EVENT
from persim.figure_frames import as_bytes
from persim.hand_offs import (
    ACCEPTED,
    FATES,
    FULL,
    LOST,
    NO_OFFER,
    NOBODY,
    NOT_ARRIVED,
    NOT_TAKEN,
    OFFERED,
    ROLE,
    TAKEN,
    _fate,
    hand_offs,
)
from persim.measures import COLUMN
from persim.practice_counts import CLOSED, CLOSED_FIRST, LED, TRIED, USES, WEEK_ROWS, counted
from persim.practice_plots import USE_COLOURS, all_figures
from persim.practice_view import practice, week_rows
from persim.practice_words import NOT_A_RANKING, answer_sentences, tables
from persim.scenario import read_scenario
from persim.simulate import run_scenario
from persim.state import Barrier, Profession
from persim.store import plain

NAMES = ("baseline", "brokers_and_peers", "integrated_teams/section_75", "role_clarity/heavy_load")


@cache
def run_of(name, n_users=660, n_weeks=208, **numbers):
    scenario = read_scenario(name).changed(n_users=n_users, n_weeks=n_weeks, **numbers)
    return run_scenario(scenario, 2, "weekly", ("profession",), ledger=True)


def whole(run):
    return run.first_week, run.first_week + len(run.record)


@cache
def shown(window=None):
    return practice(["baseline", "brokers_and_peers"], replicates=3, n_users=400, n_weeks=160, window=window)


# Hours


@pytest.mark.parametrize("name", NAMES)
def test_hours_of_a_profession_never_pass_direct_work_and_overtime(name):
    run = run_of(name)
    counts = counted(run, whole(run))
    p = run.scenario.weekly_parameters()[0]
    direct = p["contract_hours"] * p["direct_share"]
    used = counts.hours.sum(axis=1) / counts.post_weeks
    assert (used <= direct + counts.overtime / counts.post_weeks + 1e-9).all()
    assert (used > 5.0).all()


def test_no_week_of_a_post_at_work_passes_its_hours():
    run = run_of("role_clarity/heavy_load")
    p = run.scenario.weekly_parameters()[-1]
    rows = run.ledger.rows
    asked, spent = (rows[rows["kind"] == kind] for kind in (e.E_POST_WEEK, e.E_POST_HOURS))
    chosen = (asked["outcome"] == 1) & (asked["practitioner"] < run.ledger.n_posts)
    asked, spent = asked[chosen], spent[chosen]
    assert (asked["practitioner"] == spent["practitioner"]).all()
    talks = asked["second"] * asked["detail"] / 1000.0
    used = asked["first"] - spent["second"] + talks + spent["draw"]
    assert (used <= p["contract_hours"] * p["direct_share"] + spent["first"] + 0.01).all()


@pytest.mark.parametrize("name", NAMES)
def test_hours_of_all_professions_are_those_of_the_measures(name):
    run = run_of(name)
    counts = counted(run, whole(run))
    everyone = run.counts.sum(axis=0)[0]
    for number, use in enumerate(USES):
        assert counts.hours[:, number].sum() == pytest.approx(everyone[COLUMN[f"hours_{use}"]], rel=1e-6), use
    assert counts.post_weeks.sum() == everyone[COLUMN["posts_working"]]
    assert counts.overtime.sum() == pytest.approx(everyone[COLUMN["overtime"]])


def test_forms_stand_with_the_profession_that_does_them():
    run = run_of("integrated_teams/section_75")
    counts = counted(run, whole(run))
    rows = run.ledger.rows
    professions = run.world.practitioners["profession"]
    spent = rows[(rows["kind"] == e.E_POST_HOURS) & (rows["draw"] > 0.0)]
    own = [spent["draw"][professions[spent["practitioner"]] == profession].sum() for profession in range(3)]
    assert counts.hours[:, USES.index("forms")] == pytest.approx(own)


def test_only_social_workers_have_amhp_duty():
    run = run_of("baseline")
    duty = counted(run, whole(run)).hours[:, USES.index("amhp")]
    assert duty[1] > 0.0
    assert duty[0] == duty[2] == 0.0


def test_a_window_counts_its_weeks_only():
    run = run_of("baseline")
    halves = [counted(run, span) for span in ((0, 100), (100, 208))]
    both = counted(run, (0, 208))
    for name in ("hours", "overtime", "post_weeks", "gate", "hand_offs"):
        assert np.allclose(sum(getattr(half, name) for half in halves), getattr(both, name)), name


# The time gate


def test_opportunities_by_profession_are_all_opportunities():
    run = run_of("baseline")
    gate = counted(run, whole(run)).gate
    everyone = run.counts.sum(axis=0)[0]
    professions = run.world.practitioners["profession"]
    met = run.ledger.rows[run.ledger.rows["kind"] == e.E_OPPORTUNITY]
    outside = int((professions[met["practitioner"]] > Profession.OCCUPATIONAL_THERAPIST).sum())
    assert gate[:, LED].sum() + outside == everyone[COLUMN["opportunities"]]
    assert (gate[:, LED] >= gate[:, TRIED]).all()
    assert (gate[:, TRIED] >= gate[:, CLOSED]).all()
    assert (gate[:, CLOSED] >= gate[:, CLOSED_FIRST]).all()
    assert gate[:, CLOSED_FIRST].sum() > 0


def test_the_time_gate_closed_first_as_often_as_the_measures_say():
    run = run_of("role_clarity/heavy_load")
    everyone = run.counts.sum(axis=0)[0]
    rows = run.ledger.rows
    professions = run.world.practitioners["profession"]
    met = rows[rows["kind"] == e.E_OPPORTUNITY]
    outside = met[professions[met["practitioner"]] > Profession.OCCUPATIONAL_THERAPIST]
    elsewhere = int((outside["detail"].astype(int) >> Barrier.TIME & 1).sum())
    gate = counted(run, whole(run)).gate
    assert gate[:, CLOSED].sum() + elsewhere == everyone[COLUMN["closed_any_time"]]


# Hand-offs


@pytest.mark.parametrize("name", NAMES)
def test_hand_offs_of_the_ledger_are_those_of_the_measures(name):
    run = run_of(name)
    counts = counted(run, whole(run)).hand_offs
    everyone = run.counts.sum(axis=0)[0]
    fates = counts.sum(axis=(0, 1))
    assert counts.sum() == everyone[COLUMN["passed_on"]]
    assert fates[LOST] == everyone[COLUMN["passed_on_lost"]]
    assert fates[list(NOT_TAKEN)].sum() == everyone[COLUMN["passed_on_bounced"]]
    assert fates[list(TAKEN)].sum() == everyone[COLUMN["passed_on_taken"]]
    assert counts.sum() > 20


def test_hand_offs_go_where_the_rules_send_them():
    by_name = {name: counted(run_of(name), whole(run_of(name))).hand_offs.sum(axis=2) for name in NAMES}
    assert by_name["brokers_and_peers"][:, Profession.BROKER].sum() > 0
    assert by_name["baseline"][:, Profession.BROKER].sum() == 0
    assert by_name["integrated_teams/section_75"][:, Profession.SOCIAL_WORKER].sum() > 0
    for sent in by_name.values():
        assert sent[[Profession.BROKER, Profession.COUNCIL_TEAM]].sum() == 0  # they hand nobody on
        assert sent[:, [Profession.NURSE, Profession.OCCUPATIONAL_THERAPIST]].sum() == 0  # and these take nobody


def test_the_sender_led_the_opportunity_at_which_the_role_gate_closed():
    run = run_of("baseline")
    rows = run.ledger.rows
    for one in hand_offs(run.ledger)[:50]:
        numbers = run.ledger.of_person(one.person)
        before = numbers[numbers < one.row]
        last = [number for number in before.tolist() if rows["kind"][number] == e.E_OPPORTUNITY][-1]
        assert rows["practitioner"][last] == one.sender
        assert rows["week"][last] == one.week
        assert int(rows["detail"][last]) >> Barrier.ROLE & 1


def made(*rows):
    table = np.zeros(len(rows), EVENT)
    for row, columns in zip(table, rows, strict=True):
        for name, value in columns.items():
            row[name] = value
    return table


ARRIVES = {"kind": e.E_HAND_OFF, "outcome": e.BOUNCED, "first": 4.0, "second": 4.0}
ROLE_BIT = 1 << Barrier.ROLE
TAKES = {"kind": e.E_HAND_OFF, "outcome": e.TAKEN}
OFFER, LEFT, USE = {"kind": e.E_OFFER, "outcome": 1}, {"kind": e.E_LEFT}, {"kind": e.E_IN_USE}


@pytest.mark.parametrize(
    ("rows", "fate"),
    [
        ((), "not arrived yet"),
        ((LEFT,), "ended before it arrived"),
        (({"kind": e.E_HAND_OFF, "outcome": e.LOST}, LEFT), "lost on the way"),
        (({**ARRIVES, "detail": e.FULL_BIT | ROLE_BIT}, LEFT), "not taken: full"),
        (({**ARRIVES, "detail": ROLE_BIT}, LEFT), "not taken: not held to be part of the job"),  # full does not count
        (({**ARRIVES, "detail": e.NOBODY_BIT | e.FULL_BIT | ROLE_BIT}, LEFT), "not taken: nobody at work"),
        ((TAKES, {"kind": e.E_OPPORTUNITY}, LEFT, OFFER), "taken, no offer"),
        ((TAKES, {"kind": e.E_OPPORTUNITY}, {"kind": e.E_OFFER, "outcome": 0}), "taken, offer declined"),
        ((TAKES, OFFER, {"kind": e.E_STAGE}), "taken, still on the way"),
        ((TAKES, OFFER, LEFT, OFFER, USE), "taken, ended without a budget"),
        ((TAKES, OFFER, {"kind": e.E_STAGE}, USE, LEFT), "taken, budget came into use"),
    ],
)
def test_what_became_of_a_hand_off_is_read_from_the_rows_after_it(rows, fate):
    assert FATES[_fate(made(*rows))] == fate


def test_fates_are_told_apart_whole():
    assert sorted((*NOT_TAKEN, *TAKEN, LOST, NOT_ARRIVED, FATES.index("ended before it arrived"))) == list(
        range(len(FATES))
    )
    assert {FULL, ROLE, NOBODY} == set(NOT_TAKEN)
    assert set(ACCEPTED) < set(OFFERED) < set(TAKEN) == {NO_OFFER, *OFFERED}


# What is shown


def test_the_result_holds_every_scenario_profession_and_use():
    result = shown()
    assert result.weeks.shape == (2, 3, 3, len(WEEK_ROWS))
    uses = result.weeks[..., : len(USES)].sum(axis=-1)
    assert np.allclose(uses, result.weeks[..., WEEK_ROWS.index("all")])
    table = result.hours
    assert len(table) == 2 * 3 * len(WEEK_ROWS)
    first = table[table["scenario"] == "baseline"]
    assert (first["difference"].dropna() == 0.0).all()


def test_steps_only_ever_get_fewer():
    steps = shown((0, 160)).steps
    offers = steps[:, :, 3:]  # taken, offered, accepted, in use
    assert (np.diff(offers, axis=2) <= 1e-9).all()
    assert (steps[:, :, 1:4].sum(axis=2) <= steps[:, :, 0] + 1e-9).all()


def test_a_profession_without_posts_has_no_hours():
    run = run_of("baseline", n_users=33, n_weeks=10)
    rows = week_rows(counted(run, whole(run)))
    at_work = counted(run, whole(run)).post_weeks > 0
    assert np.isfinite(rows[at_work, 0]).all()
    assert np.isnan(rows[~at_work, 0]).all()
    assert (~at_work).any()


def test_no_table_or_figure_stands_without_its_caveat():
    result = shown()
    assert NOT_A_RANKING in result.text(400)
    assert answer_sentences(result)[-1] == NOT_A_RANKING
    for _, words, _ in all_figures(result):
        assert words.caveat.startswith(NOT_A_RANKING)


def test_tables_fit_a_page_and_name_the_scenarios():
    text = shown().text(100)
    assert max(map(len, text.splitlines())) <= 100
    assert "Where the hours went: baseline" in text
    assert "against" in text
    assert len(tables(shown())) == 3


def test_json_is_whole():
    found = json.loads(json.dumps(plain(shown().as_json()), allow_nan=False))
    assert found["scenarios"] == ["baseline", "brokers_and_peers"]
    assert {row["sender"] for row in found["hand_offs"]} <= {"nurse", "social worker", "occupational therapist"}
    assert found["steps"]["baseline"]["hand_offs"] > 0


def test_figures_have_their_labels():
    figures = {name: (words, figure) for name, words, figure in all_figures(shown((0, 160)))}
    assert set(figures) == {"hours", "hand_offs_baseline", "hand_offs_brokers_and_peers"}
    _, hours = figures["hours"]
    titles = [axes.get_title(loc="left") for axes in hours.axes]
    assert titles[:3] == ["Nurses", "Social workers", "Occupational therapists"]
    key = [text.get_text() for text in hours.legends[0].get_texts()]
    assert len(key) == len(USE_COLOURS) + 2
    ticks = [label.get_text() for label in hours.axes[0].get_yticklabels()]
    assert ticks == ["baseline", "brokers_and_peers"]
    words, flow = figures["hand_offs_brokers_and_peers"]
    texts = " ".join(text.get_text() for axes in flow.axes for text in axes.texts)
    for part in ("sent by", "sent to", "what came of it", "brokers", "nurses", "lost on the way"):
        assert part in texts
    assert as_bytes(flow, "png", words)[:4] == b"\x89PNG"


def test_every_use_has_a_colour_of_its_own():
    assert set(USE_COLOURS) == set(USES)
    assert len(set(USE_COLOURS.values())) == len(USES)


def test_the_same_result_comes_whatever_the_number_of_threads():
    one, two = (practice("baseline", replicates=2, n_users=200, n_weeks=60, jobs=jobs) for jobs in (1, 2))
    assert one.weeks.tobytes() == two.weeks.tobytes()
    assert one.hand_offs.tobytes() == two.hand_offs.tobytes()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"replicates": 0}, "replicates is 0"),
        ({"window": "300:400"}, "does not lie in the weeks"),
        ({"window": "soon"}, "expected FROM:TO"),
        ({"seed": 1.5}, "seed is 1.5"),
    ],
)
def test_bad_options_are_told_before_anything_runs(options, words):
    with pytest.raises(InputError, match=words):
        practice("baseline", n_users=100, n_weeks=20, **options)
