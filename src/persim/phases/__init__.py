"""The phases of a week: compiled loops over records that call the rules. No behaviour of its own lives here.

`opening` (policy, terms, panels), `living` (caseload, mental state, compulsion, information), `working` (hours,
opportunities, pathway, targets), `closing` (outcomes, census, culture). `persim.week` says in which order they run;
`counting` is how they count.
"""
