"""The answer of an attribution on tables made by hand: gaps that are none, who is left, small groups, the panel."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from persim import attribution_words as words
from persim.attribution_figures import goal_words, whiskers
from persim.attribution_plan import planned_attribution
from persim.attribution_tables import _difference, _level, _shares_table
from persim.barriers import BARRIERS, BY_KEY
from persim.reduction import SMALL

NAN = float("nan")
ENDS = ("as_is", "all_off", "missing")


def level(dimension, group, missing, low, high, n_seeds=3, small=False):
    """A row of `levels`: take-up as it is is 10 of 100."""
    values = {"as_is": 0.1, "all_off": 0.1 + missing, "missing": missing}
    ends = {f"{name}{end}": NAN for name in ENDS for end in ("_low", "_high")}
    more = {"n_seeds": n_seeds, "people": 100.0, "small": small}
    return {"dimension": dimension, "group": group, **values, **ends, "missing_low": low, "missing_high": high, **more}


def gains(name, values):
    rows = [{"barrier": key, "label": BY_KEY[key].label, name: value, "low": NAN, "high": NAN} for key, value in values]
    return pd.DataFrame(rows)


def made(missing=0.2, low=0.15, high=0.25, shares=(("role", 0.12), ("steps", 0.08)), last=None, **more):
    """An attribution as the words see it."""
    keys = [key for key, _ in shares]
    asked = {"groups": more.pop("groups", []), "parameters": more.pop("parameters", None)}
    plan = planned_attribution("baseline", barriers=keys, replicates=3, **asked)
    remainder = [
        {"kind": "declined", "choice": True, "as_is": 0.01, "all_off": 0.07},
        {"kind": "ended", "choice": False, "as_is": 0.79, "all_off": 0.63},
    ]
    usual = {
        "plan": plan, "n_seeds": 3, "n_failed": 0, "n_unsettled": 0, "n_empty": 0, "shown": [],
        "levels": pd.DataFrame([level("all", "all", missing, low, high)]), "shares": gains("share", shares),
        "singles": gains("gain", [(key, 0.01) for key in keys]), "last": gains("gain", last or shares),
        "remainder": pd.DataFrame(remainder),
    }  # fmt: skip
    return SimpleNamespace(**{**usual, **more})


# Is there a gap? -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("gap", "told"),
    [
        ((-0.015, -0.04, 0.01), "Switching them off together changes real take-up by −1.5 [−4.0 to 1.0] points, which may be"),
        ((0.01, -0.02, 0.04), "changes real take-up by 1.0 [−2.0 to 4.0] points, which may be chance, so there is nothing"),
        ((0.0, -0.02, 0.02), "changes real take-up by 0.0 [−2.0 to 2.0] points, which may be chance"),
        ((-0.05, -0.07, -0.03), "changes real take-up by −5.0 [−7.0 to −3.0] points: there is no gap to share out."),
        ((-0.02, NAN, NAN), "changes real take-up by −2.0 points, which may be chance"),
        ((0.0, 0.0, 0.0), "Switching them off together brings nothing, so there is nothing to share out."),
    ],
)  # fmt: skip
def test_where_no_gap_is_beyond_chance_no_shares_are_told(gap, told):
    answer = " ".join(words.answer(made(*gap, shares=(("role", 0.005), ("steps", -0.005)))))
    assert told in answer
    assert "Shapley" not in answer
    assert "accounts" not in answer


def test_one_barrier_is_spoken_of_as_one():
    nothing = " ".join(words.answer(made(-0.01, -0.03, 0.01, shares=(("role", -0.01),))))
    assert "Switching it off changes real take-up" in nothing
    assert "them" not in nothing
    all_of_it = words.answer(made(shares=(("role", 0.2),)))
    assert all_of_it[1] == "All of the 20 points between are its share."
    assert "were this barrier gone" in all_of_it[0]


def test_what_a_barrier_takes_away_is_told_as_that():
    answer = words.answer(made(shares=(("role", 0.22), ("steps", -0.02))))
    assert (
        answer[1] == "Of the 20 points between, role accounts for 22, while the last takes 2.0 away (Shapley shares)."
    )


def test_a_plural_accounts_in_the_plural():
    assert words.answer(made(shares=(("steps", 0.15), ("role", 0.05))))[1].startswith(
        "Of the 20 points between, steps and waits account for 15 and role for 5.0"
    )
    assert "role accounts for" in words.answer(made())[1]


def test_no_gain_alone_is_told_without_a_negative_most():
    assert "none brings anything;" in words.answer(made(singles=gains("gain", [("role", -0.01), ("steps", -0.02)])))[2]


def test_a_barrier_that_is_off_already_is_no_finding():
    shares = (("role", 0.12), ("steps", 0.08), ("panel", 0.0), ("market", 0.0))
    found = made(shares=shares, parameters={"lift_panel": 1.0, "lift_market": 1.0})
    answer = " ".join(words.answer(found))
    assert "role accounts for 12 and steps and waits for 8.0 (Shapley" in answer
    assert "panel" not in answer
    assert words.notes(found)[0].startswith("Already off in this scenario: the panel and the market.")
    alone = made(shares=(("role", 0.2), ("panel", 0.0)), parameters={"lift_panel": 1.0})
    assert words.answer(alone)[1] == "All of the 20 points between are the share of role."
    assert "Switched off" not in " ".join(words.answer(alone))
    assert words.off_already_words(made().plan) == []


def test_the_table_marks_a_barrier_that_is_off_already():
    shares = (("role", 0.2), ("panel", 0.0))
    table = _shares_table(made(shares=shares, parameters={"lift_panel": 1.0}))
    assert table.rows[1].label == "  Funding panel (already off)"
    assert set(table.rows[1].cells) == {"\N{EN DASH}"}
    assert table.notes[0].startswith("Already off in this scenario: the panel.")


def test_ways_in_which_nothing_is_gained_are_told_without_a_most():
    none, some = (gains("gain", [("role", gain), ("steps", 0.0)]) for gain in (0.0, 0.02))
    said = [words.answer(made(singles=one, last=(("role", 0.0), ("steps", 0.0))))[2] for one in (none, some)]
    assert said[0] == "Switched off alone none brings anything, nor does any with all others off already."
    assert said[1].endswith("2.0 points (role); with all others off already, none brings anything.")


def test_a_share_whose_interval_goes_across_nought_asks_for_more_seeds():
    shares = gains("share", [("role", 0.12), ("steps", 0.08)])
    shares.loc[0, ["low", "high"]] = (-0.3, 0.5)
    found = made()
    found.shares = shares
    said = words.answer(found)[1]
    assert said.endswith(" The interval of role goes across nought: more seeds are needed.")
    assert "more seeds" not in " ".join(words.answer(made()))


def test_one_seed_speaks_of_no_intervals():
    one = made(n_seeds=1)
    assert words.CHANCE not in words.caveats(one)
    assert "no whiskers" in whiskers(one)
    assert words.CHANCE in words.caveats(made())


# Who is left ------------------------------------------------------------------------------------------------------------------


def test_choices_and_others_are_those_with_all_barriers_off():
    said = words.answer(made())[-1]
    assert said.startswith("Then 7.0 of 100 have none by their own choice")
    assert "and 63 have none yet or no longer: above all for other barriers." in said


def test_all_reasons_are_named_where_every_barrier_is_off():
    every = tuple((barrier.key, 0.2 / len(BARRIERS)) for barrier in BARRIERS)
    said = words.answer(made(shares=every))[-1]
    assert said.endswith("not real, or in crisis or hospital when an occasion came.")


# What to bear in mind ----------------------------------------------------------------------------------------------------------


def test_runs_that_are_not_made_are_no_seeds_without_eligible_people():
    plan = planned_attribution("baseline", barriers=["role", "steps"], replicates=3)
    notes = words.notes(made(plan=plan, n_unsettled=5, n_seeds=1))
    assert notes[:2] == [
        "5 of 12 runs are not made yet: go on with --resume.",
        "Seeds without all of their runs are left out whole: 1 of 3 seeds is counted.",
    ]
    assert not any("nobody is eligible" in note for note in notes)
    assert words.notes(made(n_empty=2, n_seeds=1))[0] == "In 2 of 3 seeds nobody is eligible: left out."
    assert words.notes(made(n_failed=1, n_seeds=2))[0] == "1 run failed."


def test_small_groups_are_named_from_the_people_behind_them():
    shown = [("rural", "urban"), ("rural", "rural")]
    rows = [level("all", "all", 0.2, 0.1, 0.3), level("rural", "urban", 0.2, 0.1, 0.3)]
    few = level("rural", "rural", 0.2, 0.1, 0.3, small=True)
    said = f"Fewer than {SMALL} eligible people in a run: rural. Read with care."
    assert said in words.notes(made(levels=pd.DataFrame([*rows, few]), shown=shown))
    assert not any("Fewer than" in note for note in words.notes(made(levels=pd.DataFrame(rows), shown=shown)))
    alone = pd.DataFrame([level("all", "all", 0.2, 0.1, 0.3, small=True)])
    assert f"Fewer than {SMALL} people in a run are eligible: read with care." in words.notes(made(levels=alone))


def test_a_group_on_fewer_seeds_says_so():
    rows = [level("all", "all", 0.2, 0.1, 0.3), level("rural", "rural", 0.2, 0.1, 0.3, n_seeds=1)]
    (said,) = words.fewer_seeds(made(levels=pd.DataFrame(rows), shown=[("rural", "rural")]))
    assert said.startswith("Of 3 seeds, fewer stand behind rural (1): ")
    assert said in words.notes(made(levels=pd.DataFrame(rows), shown=[("rural", "rural")]))
    assert words.fewer_seeds(made(levels=pd.DataFrame(rows), shown=[])) == []


def test_why_the_panel_weighs_so_much_is_told_where_it_does():
    shares = (("panel", 0.15), ("role", 0.05))
    assert words.PANEL_NOTE in words.notes(made(shares=shares, last=(("panel", 0.4), ("role", 0.1))))
    assert words.PANEL_NOTE not in words.notes(made(shares=shares, last=(("panel", 0.01), ("role", 0.1))))
    assert words.PANEL_NOTE not in words.notes(
        made(0.2, -0.1, 0.5, shares=shares, last=(("panel", 0.4), ("role", 0.1)))
    )
    assert words.PANEL_NOTE not in words.notes(made())


def test_a_picture_says_how_many_barriers_are_gone():
    assert [goal_words(n) for n in (1, 2, len(BARRIERS))] == [
        "Were this barrier gone", "Were these 2 barriers gone", "Were every barrier gone",
    ]  # fmt: skip


def test_points_without_a_number_are_a_dash():
    assert words._points(np.nan) == ["\N{EN DASH}"]


def test_one_is_not_told_as_many():
    assert [words.people_words(n) for n in (1, 2)] == ["1 person", "2 people"]
    assert "of 1 person: " in words.size_words(planned_attribution("baseline", n_users=1))


def test_what_is_nought_but_for_rounding_has_no_sign_of_its_own():
    assert _difference(-1e-17, -2e-17, 0.0) == "0 exactly"
    assert _difference(-0.0001, -0.003, 0.0028) == "+0.0 ± 0.3"
    assert _level({"as_is": 0.05, "as_is_low": 0.0499, "as_is_high": 0.0501}, "as_is") == "5.00 ± 0.01"
