"""The phases of a week: compiled loops over records that call the rules. No behaviour of its own lives here.

`opening` (policy, terms, panels), `living` (caseload, mental state, compulsion, information), `meeting` (occasions, gates,
hand-offs), `progress` (pathway, budgets in use, relabelling), `closing` (outcomes, culture), `census`. `persim.week` says
in which order they run; `counting` is how they count.
"""
