"""The world at week 0: scenario and seed make localities, teams, posts and people.

Teams are blocks of fixed size, filled in order, and go to localities in turn; so a bigger population starts with the
smaller one's people, posts and teams. Everything is drawn from keys.
"""

import math

import numpy as np

from persim import purposes as purpose
from persim.draws import (
    LOCALITY_KEY,
    PERSON,
    POST,
    TEAM_KEY,
    draw,
    key_of,
    normal_draw,
)
from persim.jit import entry, loop, rule
from persim.rules.caseload import holder_stream, practitioner_arrives, profession_of, user_enters
from persim.rules.culture import organisation_feels_media, organisation_sets_terms
from persim.rules.pathway import budget_sum
from persim.state import (
    BROKER,
    CO_LOCATED,
    DIRECT_PAYMENT,
    IN_USE,
    INTEGRATED,
    LOCALITY,
    N_BARRIERS,
    N_STAGES,
    POSTS_PER_TEAM,
    PRACTITIONER,
    SEPARATE,
    SOCIAL_WORKER,
    TEAM,
    UNDERSTANDS,
    USER,
    WAIT_BINS,
    YEAR,
    World,
)


@rule
def locality_starts(org, p, number, seed):
    """A locality's own odds on every dial, how it joins health and social care, and whether it is rural."""
    key = key_of(seed, LOCALITY_KEY, number, 0)
    org.key = key
    spread = p.locality_spread
    org.odds_risk_aversion = math.exp(spread * normal_draw(key, purpose.SPREAD))
    org.odds_role_boundary = math.exp(spread * normal_draw(key, purpose.SPREAD + 2))
    org.odds_bureaucracy = math.exp(spread * normal_draw(key, purpose.SPREAD + 4))
    org.odds_medical_model = math.exp(spread * normal_draw(key, purpose.SPREAD + 6))
    org.odds_information = math.exp(spread * normal_draw(key, purpose.SPREAD + 8))
    org.odds_market = math.exp(spread * normal_draw(key, purpose.SPREAD + 10))
    org.odds_target_pressure = math.exp(spread * normal_draw(key, purpose.SPREAD + 12))
    org.odds_compulsion_practice = math.exp(spread * normal_draw(key, purpose.SPREAD + 14))
    org.odds_other_clients = math.exp(spread * normal_draw(key, purpose.SPREAD + 16))
    x = draw(key, purpose.INTEGRATION)
    org.integration = SEPARATE
    if x < p.integrated_share:
        org.integration = INTEGRATED
    elif x < p.integrated_share + p.co_located_share:
        org.integration = CO_LOCATED
    org.rural = int(draw(key, purpose.RURAL) < p.rural_share)
    org.pot_factor = 1.0
    org.caseload_factor = 1.0


@loop
def post_starts(worker, number, place, team_number, locality, org, p, seed):
    """A post at the start: its profession by the team's mix, its first holder, perhaps vacant."""
    worker.key = key_of(seed, POST, number, 1 << 20)
    worker.team = team_number
    worker.locality = locality
    mix_of_team = draw(key_of(seed, TEAM_KEY, team_number, 0), purpose.PROFESSION)
    worker.profession = profession_of(((place * 7) % POSTS_PER_TEAM + mix_of_team) / POSTS_PER_TEAM, p)
    approved = draw(worker.key, purpose.AMHP) < p.amhp_share
    worker.amhp = int(worker.profession == SOCIAL_WORKER and approved)
    worker.works = 1
    worker.vacant_weeks = int(draw(worker.key, purpose.START_VACANT) < p.turnover / YEAR * p.vacancy_weeks)
    practitioner_arrives(worker, org, p, holder_stream(seed, number, 0))


@rule
def user_starts_with_budget(user, p):
    """Turn an eligible person into one of the few who hold a direct payment at the start. Source: TGT02."""
    user.pathway_stage = IN_USE
    user.budget_form = DIRECT_PAYMENT
    user.budget_gbp_per_year = budget_sum(user, p)
    user.amount_known = 1
    user.plan_agreed = 1
    user.can_vary = 1
    user.counted = 1
    user.informed = UNDERSTANDS
    user.involvement = 0.6
    user.weeks_in_stage = 1 + int(draw(user.key, purpose.HOLDER + 400) * YEAR)
    user.barrier = 0
    user.n_opportunities = 1


@entry
def fill_world(world, seed, enriched):
    """Fill empty records with the world at week 0. The number of records says how many people, posts, teams there are."""
    users, practitioners, teams, localities, parameters, queue, tally, waits = world
    p = parameters[0]
    rows_per_post = max(1, int(p.rows_per_post))
    rows_per_team = rows_per_post * POSTS_PER_TEAM
    n_posts = len(practitioners) - 2 * len(localities)
    for number in range(len(localities)):
        locality_starts(localities[number], p, number, seed)
        for outside in range(2):
            row = n_posts + 2 * number + outside
            practitioners[row].key = key_of(seed, POST, (1 << 30) + 2 * number + outside, 1 << 20)
            practitioners[row].profession = BROKER + outside
            practitioners[row].team = -1
            practitioners[row].locality = number
            practitioners[row].works = 1
    for number in range(len(teams)):
        team = teams[number]
        team.key = key_of(seed, TEAM_KEY, number, 0)
        team.locality = number % len(localities)
        localities[team.locality].n_teams += 1
        team.first_post = number * POSTS_PER_TEAM
        team.n_posts = min(POSTS_PER_TEAM, n_posts - team.first_post)
        team.first_user = number * rows_per_team
        team.n_users = min(rows_per_team, len(users) - team.first_user)
    for number in range(len(localities)):
        organisation_feels_media(localities[number], p)
        organisation_sets_terms(localities[number], p)
    for number in range(n_posts):
        team_number = number // POSTS_PER_TEAM
        locality = team_number % len(localities)
        post_starts(
            practitioners[number], number, number % POSTS_PER_TEAM, team_number, locality, localities[locality], p, seed
        )
    for row in range(len(users)):
        user = users[row]
        user.coordinator = row // rows_per_post
        org = localities[practitioners[user.coordinator].locality]
        user.key = key_of(seed, PERSON, row, 0)
        user_enters(user, org, p, enriched)
        if user.eligible == 1:
            if p.budgets_offered > 0.0 and draw(user.key, purpose.HOLDER) < p.initial_budget_share:
                user_starts_with_budget(user, p)
            org.eligible_now += user.weight
            org.counted_now += user.weight * user.counted
            org.running_cost += user.budget_gbp_per_year * user.weight
        org.people_now += user.weight


def empty_world(n_users: int, parameters: np.ndarray) -> World:
    """Zeroed records for `n_users` people under the Trust and the weekly parameter records `parameters`."""
    rows_per_post = max(1, int(parameters["rows_per_post"][0]))
    n_localities = max(1, int(parameters["n_localities"][0]))
    n_posts = -(-n_users // rows_per_post)
    n_teams = -(-n_posts // POSTS_PER_TEAM)
    return World(
        users=np.zeros(n_users, USER),
        practitioners=np.zeros(n_posts + 2 * n_localities, PRACTITIONER),
        teams=np.zeros(n_teams, TEAM),
        localities=np.zeros(n_localities, LOCALITY),
        parameters=parameters,
        queue=np.zeros(n_users + 1, np.int64),
        tally=np.zeros((n_localities, N_BARRIERS), np.int64),
        waits=np.zeros((N_STAGES, WAIT_BINS, 2), np.int64),
    )


def start_world(n_users: int, parameters: np.ndarray, seed: int, enriched: float = -1.0) -> World:
    """The world at week 0.

    Args:
        n_users: people under the Trust (about nine in ten are on the caseload).
        parameters: dtype PARAMETERS, shape (n_weeks,); the first row shapes the population.
        seed: any int64. enriched: share of rows drawn from people prone to detention, or -1 for the natural share.
    """
    world = empty_world(n_users, parameters)
    fill_world(world, seed, float(enriched))
    return world


def n_posts_of(world: World) -> int:
    """Posts of the teams; rows of practitioners from there on are each locality's brokers and council team."""
    return len(world.practitioners) - 2 * len(world.localities)
