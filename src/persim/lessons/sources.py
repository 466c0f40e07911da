"""What a lesson may cite: the five sources (S1 to S5), and every row of the evidence (TGT, PAR, PAT), as a reference."""

from __future__ import annotations

from functools import lru_cache

from persim.evidence.reading import read_evidence

# The five sources as docs/evidence.md has them; a test holds the two together.
SOURCES: dict[str, str] = {
    "S1": "Banks, L., Stroud, J. and Doughty, K. (2016) Community treatment orders: exploring the paradox of "
    "personalisation under compulsion. Health and Social Care in the Community 24(6), e181-e190. doi 10.1111/hsc.12268. "
    "72 interviews with practitioners, service users and nearest relatives of one Trust in 2012, and 30 with AMHPs.",
    "S2": "Hamilton, S., Manthorpe, J., Szymczynska, P., Clewett, N., Larsen, J., Pinfold, V. and Tew, J. (2015) "
    "Implementing personalisation in integrated mental health teams in England. Journal of Interprofessional Care 29(5), "
    "488-493. doi 10.3109/13561820.2015.1035777. 28 interviews with nurses, social workers and occupational therapists "
    "in three councils in 2013.",
    "S3": "Bogg (2008). One practitioner's published column on perceived and actual risk, stigma, blame and power.",
    "S4": "A research group's call for examples of good practice, 2011-12: one appeal to the field.",
    "S5": "Hitchen, S. (2013) Personal budgets for all? An action research study on implementing self-directed support in "
    "mental health services. Doctoral thesis, University of Plymouth; read as an abstract. Action research in one largely "
    "rural Trust, 2007 to 2011, with users and carers as co-researchers.",
}
_VERIFIED = {"third hand": "; reached us third hand", "derived": "; worked out from figures read"}


@lru_cache(maxsize=1)
def known_sources() -> dict[str, str]:
    """Code -> reference of everything that may be cited."""
    found = dict(SOURCES)
    evidence = read_evidence()
    for row in (*evidence.targets, *evidence.ranges):
        quantity = row.quantity[:1].upper() + row.quantity[1:]
        seen = _VERIFIED.get(row.verified, "")
        found[row.id] = f"{quantity}: {row.population}, {row.year}. {row.source}{seen}."
    for row in evidence.patterns:
        found[row.id] = f"The direction expected of {row.quantity}. {row.source}."
    return found


def reference(code: str) -> str:
    """The reference that a code stands for."""
    return known_sources()[code]
