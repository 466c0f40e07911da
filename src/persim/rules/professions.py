"""What is usual in each profession here: the means that newcomers bring and that attitudes drift back to.

S2 found the same doubt about budgets in nurses, social workers and occupational therapists; sizes are assumptions.
"""

from persim.jit import rule
from persim.rules.forms import odds_shift
from persim.state import CO_LOCATED, INTEGRATED, NURSE, SOCIAL_WORKER


@rule
def of_profession(profession, nurse, social_worker, occupational_therapist):
    """Pick the number of a profession."""
    if profession == NURSE:
        return nurse
    if profession == SOCIAL_WORKER:
        return social_worker
    return occupational_therapist


@rule
def mean_boundary(worker, org, p):
    """Odds ratio of the role boundary for this profession, larger where delegated duties are missing. Source: S2."""
    ratio = of_profession(
        worker.profession, p.boundary_nurse, p.boundary_social_worker, p.boundary_occupational_therapist
    )
    if worker.profession != SOCIAL_WORKER and org.integration != INTEGRATED:
        ratio *= p.boundary_co_located if org.integration == CO_LOCATED else p.boundary_separate
    return ratio


@rule
def home_worry(worker, org, p):
    """The worry usual in this profession here."""
    ratio = of_profession(worker.profession, p.worry_nurse, p.worry_social_worker, p.worry_occupational_therapist)
    return odds_shift(org.risk_aversion, ratio)


@rule
def home_legitimacy(worker, org, p):
    """The role legitimacy usual in this profession here."""
    return 1.0 - odds_shift(org.role_boundary, mean_boundary(worker, org, p))


@rule
def home_medical(worker, org, p):
    """The medical orientation usual in this profession here."""
    ratio = of_profession(worker.profession, p.medical_nurse, p.medical_social_worker, p.medical_occupational_therapist)
    return odds_shift(org.medical_model, ratio)


@rule
def home_knowledge(worker, p):
    """The knowledge of the process usual in this profession."""
    return of_profession(
        worker.profession, p.knowledge_nurse, p.knowledge_social_worker, p.knowledge_occupational_therapist
    )


@rule
def home_recognition(worker, p):
    """The social care knowledge usual in this profession."""
    return of_profession(
        worker.profession, p.recognises_nurse, p.recognises_social_worker, p.recognises_occupational_therapist
    )
