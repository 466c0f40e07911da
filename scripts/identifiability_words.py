"""What docs/identifiability.md says around its numbers."""

COMMAND = "python scripts/identifiability_study.py"

HEAD = f"""# What can be known, and what cannot

Few figures are published, and several parameters push the same figure. Here known parameters are put in and looked for
again; what the figures leave open is named; and data that somebody could collect are weighed. This page is made from the
stored results of `{COMMAND}` (`docs/studies/identifiability.json`); `--write` makes it anew.
"""

RECOVERY = """## Are known parameters found again?

Parameters are drawn from the prior of [experiments/calibration.yaml](../experiments/calibration.yaml). The model is run at
them, an error of observation is added to what comes out, and the inference that calibrates the model (`infer`) is asked for
the parameters. If it is right, 90 % intervals hold the truth in 90 % of cases, whatever the model (85 to 95 % was set as the
goal over 100 cases), and the truth's rank in the posterior is even (simulation-based calibration).
"""

LIMITS = """What this covers, and what it does not:

- The inference runs on emulators fitted to runs spread over the whole prior, not on the model itself, which would take a
  million runs. The emulator's error, chance in the truth's runs and the error of observation are added up. So where a
  published error is small beside these, as for orders (recalls, new orders), the study tests the method with a larger
  error than the calibration has. History matching and smoothing have tests of their own.
- Parameters of the other stage stay at their defaults, and the error of observation is the one of the evidence files. That
  the model is wrong is not covered: here the model is always true.
- Runs of the truths have other seeds than those that the emulators learnt from. In a calibration, points must not share
  seeds either: at 1,000 people, the mean of two runs whose luck all points shared was off by 0.7 errors of observation for
  take-up and by about 3 for recalls, which neither emulator nor smoothing can see. Since then every point has its own.
- Parameters of one case hang together, so coverage of single parameters strays more than that of all together: over 100
  cases a right interval lies outside 85 to 95 % by chance for about one parameter in fifteen.
"""

RIDGE = """## What the published figures leave open

The posterior of each stage given the published figures, by the same emulators. A parameter is *not informed* if more than
90 % of the prior's standard deviation is left and its mean has moved by less than a quarter of it; it is *informed* if less
than half is left. A *ridge*: two parameters of which one makes up for the other (partial correlation, all others held, of
0.3 or more).
"""

FURTHER = """## What further datum would tell them apart?

For every draw of the take-up posterior the model says what a candidate datum would be. A datum is made up from one draw, with
the standard error of a study of the size given; the other draws are weighed by how well they agree with it; and what that
leaves of each standard deviation is averaged over 400 such data. Sizes are ours: what a study of one Trust could do in a
year. Standard errors are those of chance in the answers; who answers, and how far a scale of the model can be asked, is not
in them. Data on practitioners' views measure a parameter nearly by itself, and so stand or fall with that.
"""
