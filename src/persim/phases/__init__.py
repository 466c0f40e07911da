"""The phases of a week: compiled loops over records that call the rules. No behaviour of its own lives here.

`opening` (policy, terms, panels), `staffing` (posts), `living` (caseload, mental state, information), `compulsion`,
`meeting` (occasions, gates, hand-offs), `progress` (pathway), `in_use` (budgets in use, relabelling), `closing` (outcomes,
culture), `census`. `persim.week` says in which order they run; `counting` is how they count, `recording` how a ledger is
kept.
"""
