# ruff: noqa: E501
"""What docs/validation.md says around its numbers: what was asked, how, where, and why something is missed."""

COMMAND = "python scripts/validation_study.py"

HEAD = f"""# Validation

<!-- Made from docs/studies/validation.json by scripts/validation_study.py: change words in scripts/validation_words.py. -->

How far persim has been shown to be right for what it is for, by the five kinds of the ISPOR-SMDM task force (Eddy and others
2012, *Medical Decision Making* 32(5), 733-743): face, internal (verification), cross, external, predictive. Every number here
comes from runs and is stored in [studies/validation.json](studies/validation.json); `{COMMAND}` makes them anew, and a check
fails when the model, the evidence files or a shipped posterior sample have changed since.

Verdicts are strict:

- **holds**: agrees. For a published figure: the whole 95 % interval of the simulated mean lies in its plausible range.
- **undecided**: the mean does, but the interval crosses an end of the range.
- **misses**: does not agree. A miss is shown as a miss, with the likely reason.
- **not done**: nobody has looked.
- **by tests**: every change of the code has to pass them; they were counted for this page and not run again.

That something holds says that the model agrees with what it was held against, and no more. Nothing here shows that persim
foretells what a service would see.
"""

FACE = """## Face: do people who know the field find it plausible?

| asked | how | result | verdict | where |
| --- | --- | --- | --- | --- |
| Do twelve situations from practice end as practitioners and service users describe them? | stories as tests, one person at a time, by hand | {stories} | {stories_verdict} | `tests/unit/test_stories.py`, `test_group_stories.py` |
| Does what must not happen never happen? | statements from law and practice, tried against every luck and whole runs | {must_not} | {must_not_verdict} | `tests/unit/test_must_not_happen.py` |
| Do rules act in the directions that the five sources describe? | statistical tests of patterns, each also seen to fail on a broken rule | {directions} | {directions_verdict} | `tests/statistical/test_patterns_*.py` |
| Can a reader follow why somebody has no budget? | traces: every gate, chance and draw of one person, in words | made for every person of a run | holds | `persim explain`; [biographies.md](biographies.md) |
| Do experts find structure, numbers and results plausible? | review by people outside the team | nobody outside the team has looked | **not done** | |

All stories and statements were written by the team from published sources. So this is plausibility to those who made the
model, which is the weakest kind. An expert review should have people who have held or been refused a budget, carers, care
coordinators of each profession, an AMHP, a council's panel member and a commissioner, and should ask:

1. Read five traces picked at random and five picked for their end. Where does the story stop sounding like what happens?
2. Are the gates the right ones, and in the right order? What is missing that stops people?
3. Is a budget lost more by a no, or by nobody saying anything? Does the page of [attribution](attribution.md) fit that?
4. Of the weekly chances and hours in [parameters.md](parameters.md) graded as assumptions: which are wrong by a factor of two?
5. Which barrier would you expect to come first where you work, and does it come first here?
6. Who is not in the model ([what is absent](model.md#8-what-is-absent)), and would results turn if they were?
7. Could a page of results harm somebody: be read as a reason to refuse, to detain, or to leave somebody out?
"""

INTERNAL_TESTS = (
    ("engines", "Do the compiled engine and the agents engine (Mesa) give the same bytes?", "every scenario and arm, and worlds drawn at random", "`tests/property/test_engines_agree.py`"),
    ("randomness", "Does luck belong to people and weeks, so that scenarios are paired and order does not matter?", "laws of the keyed draws, and of runs", "`tests/property/test_randomness_laws.py`, `test_draws.py`"),
    ("replay", "Does the ledger hold all that happened?", "each person rebuilt from it without a draw; a lost or wrong row is found", "`tests/property/test_replay.py`"),
    ("resume", "Does a sweep that was killed go on to the same results, with any number of jobs?", "killed at random moments and at every lasting step", "`tests/faults/test_faults_kill.py`, `test_faults_crews.py`"),
    ("golden", "Does a small world stay as it was unless a change is meant?", "stored counts", "`tests/golden`"),
    ("rules", "Does each rule give what its formula gives by hand?", "hand-computed, at both ends of luck", "`tests/unit/test_rules_*.py`"),
    ("parameters", "Does every parameter change something that is recorded?", "one run for each", "`tests/unit/test_parameters_matter.py`"),
    ("barriers", "Does a barrier that is off hold nobody back, and leave health and other barriers as they are?", "each of 13 switches, and all", "`tests/unit/test_lifted_barriers.py`, `test_lifted_runs.py`"),
    ("extremes", "With all barriers off, do nearly all who are willing have a real budget; with one gate shut, nobody?", "both ends, and each seen to fail when one barrier stands or a gate is ajar", "`tests/statistical/test_patterns_take_up.py` (P12)"),
)  # fmt: skip

CLOSED = {
    "lasting in_crisis": "share of weeks lived in crisis, nobody leaving",
    "lasting in_hospital": "share of weeks lived in hospital, nobody leaving",
    "lasting crises": "crises a year per person, nobody leaving",
    "lasting admissions": "admissions a year per person, nobody leaving",
    "caseload on_caseload": "people on the caseload",
    "caseload crises": "crises a week",
    "caseload admissions": "admissions a week",
    "caseload hospital_weeks": "people in hospital",
    "caseload discharged": "discharges a week",
    "caseload returned": "returns a week",
    "caseload referred": "new people a week",
    "referred again": "share of those discharged who are back within two years, from 1 - (1 - h)^104",
    "account of orders": "CTOs: most that the stock ever differs from stock before plus made less ended less revoked",
    "weeks on orders": "CTOs: sum of the stock over all weeks, over the weeks on orders that the ledger tells of (Little's law, exact over all time)",
    "little": "CTOs: mean stock over (made a week times mean weeks on an order), Little's law from week 260 on",
}  # fmt: skip

CROSS_INTRO = """## Cross: does it agree with other models of the same thing?

**Another implementation.** `benchmarks/plain_mesa*.py` is the model written anew as an ordinary Mesa model, agent by agent,
with its own random numbers. It shares the table of parameters, and none of the rules. It was written by the same team from
the same description, so it finds slips of the code and not of thought. Means over the second half of {weeks} weeks, {n} runs of
{people} people and four times as many of persim; agreement within {far:g} standard errors is asked of each series (a false
alarm in twelve series comes about once in 300 times). Where: `benchmarks/agreement.py`, `tests/benchmarks/test_yardstick.py`.
The agents engine of persim itself is compared above, to the byte.
"""

CLOSED_INTRO = """**Mathematics.** Mental state, discharge, return and new referral of a row of people read nothing of others, so their
expectation can be worked out exactly: a Markov chain at each vulnerability, averaged over its distribution
(`scripts/validation_closed_forms.py`, which shares no code with the rules, though its author knew them). Runs have to agree
within {far:g} standard errors. Where: `python scripts/validation_study.py`, `tests/docs/test_validation.py`.
"""

OTHER_MODELS = """**Other published models.** None of the take-up of personal budgets, direct payments or individual budgets was
found, in mental health or elsewhere, so nothing could be compared: **not done**. How it was looked for: stored public web
pages and code of public repositories were searched by meaning (agent-based, system dynamics and discrete-event models of
personal budgets, direct payments, personal health budgets and self-directed support), and names of public repositories for
*personal-budget*, *direct-payment* and *social-care*. Nearest are agent-based models of the need for and supply of social
care (the public repositories `UmbertoGostoli/ABM-for-social-care`, `thorsilver/Social-Care-ABM-for-UQ`), which have no
budgets, gates or teams. Bibliographic databases (Scopus, PsycINFO, EconLit, Social Policy and Practice) were not searched.
"""

EXTERNAL_INTRO = """## External: does it agree with what was observed?

Runs of the baseline beside published figures ([evidence.md](evidence.md)): {runs} runs of {people} people at the defaults{posterior}.
Where: `persim evidence`. Intervals at the defaults hold chance only. The plausible range holds the error of definition, which is the larger part.
The figure calls *near* what lies outside the range but within two errors of observation; on this page that is a miss.

![Published figures beside the baseline](images/validation.png)
{more_figures}
### Held out

Nothing is fitted to these. Some were known when a default was chosen: then the verdict says little, and the note says so.
"""

FOLLOWED_INTRO = """Two more figures were held out that no outcome counts. People were followed for them in the ledgers of {n} runs:
admission again within 13 weeks of leaving hospital (90 days are 12.9 weeks), and any recall within 156 weeks of an order.
"""

FITTED_INTRO = """### Fitted, and therefore no validation

Parameters are fitted to these, so that agreement shows only that they can be fitted together.
"""

PATTERN_INTRO = """### Patterns: directions of effect

Paired runs, {n} pairs of {people} people for each comparison. *Shown* is the verdict of every comparison of a pattern. Some
directions were built into a rule by hand, so that a pattern which holds is a check of the mechanism rather than news. Effects
with intervals: `persim evidence --patterns`.
"""

PREDICTIVE_INTRO = """## Predictive: does it foretell what was seen later?

The one figure of take-up that is fitted is of 2011-12 (TGT01). These are of later years, held out, and each stands among the
held-out figures above too, so none counts twice.
"""

PREDICTIVE_REST = """| a forecast made before its data were there | nothing was forecast before it was known | - | | - | **not done** | |
| leaving out one fitted figure at a time, fitting the rest, foretelling the one | needs a calibration for each figure | - | | - | **not done** | |

That is thin. The period of the model is past, so that a true forecast would need a service that does something new, and counts.
Figures of services (admissions, orders) are of 2012 to 2016 while the model's weeks end in March 2013; that they are used as if
of the model's years is an assumption of steadiness, not a prediction.
"""

REASONS = {
    "TGT15": (
        "The margin from which a person would call control better is ours and decides nearly all: at half of it {half}, at none "
        "{none} of holders are above. Budgets with at most one of the three truths hardly raise felt control, and those new to "
        "a budget have not felt it yet. Those who answered the surveys chose to, and nobody without a budget was asked"
    ),
    "TGT11": "Orders end slightly too often; the published figure rose from 0.359 to 0.475 in five years, past the model's end",
    "PAR41": (
        "After hospital the model's person is unsettled like any other: there is no raised risk in the first weeks at home. "
        "The chain forgets all but vulnerability. Also, the published figure is of wards, with people whom no community team has"
    ),
    "PAR50": "One cohort in one trial; the model's orders recall at any crisis or admission, without regard to earlier recalls",
}
LITTLE = (
    "This form asks for a steady stock. It still grows, from {early:.0f} to {late:.0f} between the halves of the time, so that "
    "orders which go on at the end are more than those at the start. Over all time the law is exact, above"
)
OF_CHANCE = "the interval crosses an end of the range: more runs would decide"
SEEN = "default chosen with it in sight: "
