"""How a week is counted: one number added to every group that a person or practitioner belongs to.

`out` holds one row per group and one column per measure; `groups` holds the first row of each dimension, or -1 when the
dimension is not recorded. Sums run in row order, so that every engine gives the same bits.
"""

from persim.jit import loop, rule
from persim.state import CTO, OCCUPATIONAL_THERAPIST, VOLUNTARY

LOCALITY_GROUP, PROFESSION_GROUP, LEGAL_GROUP, PERCEIVED_GROUP, ACTUAL_GROUP, S117_GROUP, CARER_GROUP = range(7)
N_DIMENSIONS = 7
# The thirds of actual risk, Beta(2, 3). Belief is put into the same bands, so that bias shows.
LOWER_THIRD, UPPER_THIRD = 0.2914, 0.4865


@rule
def third_of(risk):
    """0, 1 or 2: low, middle or high against the thirds of actual risk."""
    if risk < LOWER_THIRD:
        return 0
    return 1 if risk < UPPER_THIRD else 2


@rule
def legal_group(legal_status):
    """0 voluntary, 1 detained, 2 on a CTO."""
    if legal_status == VOLUNTARY:
        return 0
    return 2 if legal_status == CTO else 1


@loop
def find_cells(cells, groups, user, worker):
    """Write the rows of every recorded group of this person into `cells`; returns how many."""
    cells[0] = groups[LOCALITY_GROUP] + worker.locality
    n = 1
    if groups[PROFESSION_GROUP] >= 0:
        cells[n] = groups[PROFESSION_GROUP] + worker.profession
        n += 1
    if groups[LEGAL_GROUP] >= 0:
        cells[n] = groups[LEGAL_GROUP] + legal_group(user.legal_status)
        n += 1
    if groups[PERCEIVED_GROUP] >= 0:
        cells[n] = groups[PERCEIVED_GROUP] + third_of(user.perceived_risk)
        n += 1
    if groups[ACTUAL_GROUP] >= 0:
        cells[n] = groups[ACTUAL_GROUP] + third_of(user.vulnerability)
        n += 1
    if groups[S117_GROUP] >= 0:
        cells[n] = groups[S117_GROUP] + user.s117
        n += 1
    if groups[CARER_GROUP] >= 0:
        cells[n] = groups[CARER_GROUP] + user.carer
        n += 1
    return n


@loop
def count(out, cells, groups, user, worker, measure, amount):
    """Add `amount` to `measure` in every group of this person. For events, which are rare; `cells` is scratch."""
    n = find_cells(cells, groups, user, worker)
    for c in range(n):
        out[cells[c], measure] += amount


@loop
def count_post(out, groups, worker, measure, amount):
    """Add `amount` to `measure` for a practitioner: by locality and profession."""
    out[groups[LOCALITY_GROUP] + worker.locality, measure] += amount
    if groups[PROFESSION_GROUP] >= 0 and worker.profession <= OCCUPATIONAL_THERAPIST:
        out[groups[PROFESSION_GROUP] + worker.profession, measure] += amount
