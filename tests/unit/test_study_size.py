"""How large a real study would have to be."""

import math

import numpy as np

from persim.simulate import simulate
from persim.study_size import study_size, variance_parts


def test_a_study_without_differences_between_teams_needs_the_textbook_number_of_people():
    # Two arms, half a standard deviation, 80 % power at 5 %: 63 people an arm in every textbook.
    size = study_size(0.5, within=1.0, between=0.0, people_per_team=20.0)
    assert size.people == 63
    assert size.teams == math.ceil(62.8 / 20.0)


def test_teams_that_differ_make_whole_team_studies_larger_by_the_design_effect():
    alone = study_size(0.2, within=1.0, between=0.0, people_per_team=30.0)
    alike = study_size(0.2, within=0.95, between=0.05, people_per_team=30.0)
    assert alike.people == alone.people
    assert np.isclose(alike.teams / alone.teams, 1.0 + 29.0 * 0.05, rtol=0.06)


def test_no_difference_needs_no_end_of_people():
    assert math.isinf(study_size(0.0, 1.0, 0.1, 30.0).people)


def test_variance_parts_find_what_was_put_into_teams():
    world = simulate("baseline", n_users=6600, n_weeks=1).world
    rng = np.random.default_rng(1)
    team = world.practitioners["team"][world.users["coordinator"]]
    world.users["control_felt"] = rng.normal(0.0, 1.0, len(world.users)) + rng.normal(0.0, 0.5, len(world.teams))[team]
    within, between, people = variance_parts(world)
    assert 0.9 < within < 1.1
    assert 0.05 < between < 0.6  # 0.25 put in, twenty teams
    assert people > 50
