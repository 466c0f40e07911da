"""The behaviour of the model: one file per process, small scalar functions.

A rule is a small plain function of the records it concerns, its parameters `p` and its chance `u` (a uniform draw in
[0, 1)) or its stream `s`. It reads any record it is given and writes only the record of the one who acts, whose name is
the first word of the rule. Any object with the same attributes will do: a NumPy record in compiled loops, a Mesa agent,
a `SimpleNamespace` in a test.

Read in the order of a week: caseload, wellbeing, compulsion, information, practice, pathway, targets, culture; `forms`
holds the few curves that several of them use.
"""
