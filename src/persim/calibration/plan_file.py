"""One calibration file, checked: every fault is told at once, with file, line and nearest word."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from persim.calibration.history import HistorySettings
from persim.calibration.plan import PATTERN_DRAWS, Plan, Stage
from persim.calibration.smc import SmcSettings
from persim.calibration.space import Axis, Space
from persim.design_file import LARGEST_SEED
from persim.errors import InputError, ScenarioError
from persim.evidence import Evidence, Measures, read_evidence
from persim.evidence.rows import BASELINE
from persim.parameters import BY_NAME
from persim.posterior import why_not_varied
from persim.scenario import Scenario, read_scenario
from persim.scenario_fields import Fields, is_taken_whole, nearest
from persim.scenario_file import MOST_PEOPLE, MOST_WEEKS
from persim.scenario_yaml import Node, read_nodes, shown_path

CALIBRATION_VERSION = 1
REQUIRED = ("schema_version", "name", "title", "stages")
TOP_KEYS = (*REQUIRED, "seed", "people")
STAGE_REQUIRED = ("name", "targets", "parameters")
STAGE_KEYS = (*STAGE_REQUIRED, "fixed", "weeks", "replicates", "waves", "smc", "patterns")
WAVE_KEYS, SMC_KEYS = ("number", "points", "cut"), ("particles", "generations", "chains", "ess_share", "draws")
PATTERN_KEYS = ("which", "draws")
MOST_POINTS, MOST_REPLICATES, MOST_GENERATIONS, MOST_CHAINS = 100_000, 100, 50, 16
DEFAULT_PEOPLE = 1000


def read_calibration(
    path: str | Path, *, people: int | None = None, seed: int | None = None, evidence: Evidence | None = None
) -> Plan:
    """The calibration of a file.

    Args:
        people, seed: instead of what the file says. evidence: instead of what comes with persim.

    Raises: ScenarioError with every fault of the file; InputError for a bad `people` or `seed`.
    """
    place = Path(path)
    tree, duplicates = read_nodes(place, "calibration")
    reader = _Reader(Fields(shown_path(place)), evidence or read_evidence(), read_scenario(BASELINE))
    found = reader.top(tree)
    faults = [*duplicates, *reader.fields.faults]
    if faults:
        raise ScenarioError(faults)
    for key, given, low, most in (("people", people, 1, MOST_PEOPLE), ("seed", seed, 0, LARGEST_SEED)):
        if given is not None and not low <= given <= most:
            raise InputError(f"{key} is {given}; it must be a whole number from {low:,} to {most:,}")
    size: int = found["people"] if people is None else people
    scenario = reader.scenario.changed(n_users=size)
    return Plan(
        found["name"], found["title"], scenario, found["seed"] if seed is None else seed, size, found["stages"],
        reader.evidence, place,
    )  # fmt: skip


class _Reader:
    """Reads the fields of a calibration file against the evidence and the scenario that it is about."""

    def __init__(self, fields: Fields, evidence: Evidence, scenario: Scenario) -> None:
        self.fields, self.evidence, self.scenario = fields, evidence, scenario
        self.targets = {target.id: target for target in evidence.targets}
        self.patterns = {pattern.id: pattern for pattern in evidence.patterns}
        self.taken: dict[str, str] = {}  # parameter -> the stage that fits it

    def top(self, tree: Node) -> dict[str, Any]:
        """What the file says, by key."""
        fields = self.fields
        found = fields.mapping(tree, "", TOP_KEYS)
        self._required(tree, found, "", REQUIRED)
        if "schema_version" in found:
            version = fields.plain_number(found["schema_version"], "schema_version", str(CALIBRATION_VERSION))
            if version is not None and version != CALIBRATION_VERSION:
                fields.fault(found["schema_version"], "schema_version", "is not known to this version of persim", "1")
        seed = fields.whole_if_there(found, "seed", 0, LARGEST_SEED, "seeds")
        people = fields.whole_if_there(found, "people", 1, MOST_PEOPLE, "people")
        stages = self._stages(found["stages"]) if "stages" in found else ()
        return {
            "name": fields.name(found["name"], "name") if "name" in found else "",
            "title": fields.text(found["title"], "title") if "title" in found else "",
            "seed": 1 if seed is None else seed, "people": people or DEFAULT_PEOPLE, "stages": stages,
        }  # fmt: skip

    def _required(self, node: Node, found: Mapping[str, Node], above: str, keys: tuple[str, ...]) -> None:
        for key in keys:
            if key not in found:
                self.fields.fault(node, f"{above}{key}", "is missing", f"a line `{key}: ...`", got="")

    def _stages(self, node: Node) -> tuple[Stage, ...]:
        items = self.fields.items(node, "stages", "a list, each beginning with `- name: ...`")
        if not items and node.kind == "list":
            self.fields.fault(node, "stages", "has no stage", "a list, each beginning with `- name: ...`")
        stages: list[Stage] = []
        for number, item in enumerate(items):
            key = f"stages[{number}]"
            stage = self._stage(item, key)
            if stage and stage.name in {one.name for one in stages}:
                self.fields.fault(item, f"{key}.name", "stands twice", "another name", got=stage.name)
            stages += [stage] if stage else []
        return tuple(stages)

    def _stage(self, node: Node, key: str) -> Stage | None:
        before = len(self.fields.faults)
        found = self.fields.mapping(node, key, STAGE_KEYS)
        self._required(node, found, f"{key}.", STAGE_REQUIRED)
        name = self.fields.name(found["name"], f"{key}.name") if "name" in found else None
        weeks = self.fields.whole_if_there(found, "weeks", 1, MOST_WEEKS, "weeks", f"{key}.") or self.scenario.n_weeks
        if weeks > self.scenario.n_weeks:
            expected = f"at most {self.scenario.n_weeks}, the weeks of {self.scenario.name}"
            self.fields.fault(found["weeks"], f"{key}.weeks", "is beyond the scenario", expected)
        targets = self._targets(found["targets"], f"{key}.targets", weeks) if "targets" in found else ()
        axes = self._axes(found["parameters"], f"{key}.parameters", str(name)) if "parameters" in found else ()
        patterns, pattern_draws = self._patterns(found.get("patterns"), f"{key}.patterns")
        fixed = self._fixed(found.get("fixed"), f"{key}.fixed", axes)
        whole = self.fields.whole_if_there
        replicates = whole(found, "replicates", 1, MOST_REPLICATES, "runs at each point", f"{key}.") or 2
        waves = self._waves(found.get("waves"), f"{key}.waves")
        smc, draws = self._smc(found.get("smc"), f"{key}.smc")
        if len(self.fields.faults) > before or name is None:
            return None
        return Stage(
            name, targets, Space(axes), fixed, weeks, replicates, waves, smc, draws, patterns, pattern_draws
        )  # fmt: skip

    def _targets(self, node: Node, key: str, weeks: int) -> tuple[str, ...]:
        codes = self._codes(node, key, self.targets, "target")
        for code, item, place in codes:
            target = self.targets[code]
            if target.use != "calibration":
                problem = f"is for {target.use}, so nothing may be fitted to it"
                self.fields.fault(item, place, problem, "targets with `use: calibration`")
                continue
            try:
                Measures([target.measured], self.scenario.start_week, weeks)
            except InputError as error:
                self.fields.fault(item, place, f"cannot be measured: {error}", "more weeks, or another target")
        return tuple(code for code, _, _ in codes)

    def _codes(self, node: Node, key: str, known: Mapping[str, object], noun: str) -> list[tuple[str, Node, str]]:
        """Codes of a list, each once, those that are known, with their place in the file."""
        items = self.fields.items(node, key, f"a list of codes such as [{next(iter(known), 'TGT01')}]")
        if node.blank or (node.kind == "list" and not items):
            self.fields.fault(node, key, f"names no {noun}", f"at least one {noun}")
        found: dict[str, tuple[Node, str]] = {}
        for number, item in enumerate(items):
            code = self.fields.text(item, f"{key}[{number}]")
            if code is None:
                continue
            if code not in known:
                expected = f"a {noun} of the evidence: `persim evidence` lists them"
                self.fields.fault(item, f"{key}[{number}]", f"is no {noun}", expected, nearest(code.upper(), known))
            elif code in found:
                self.fields.fault(item, f"{key}[{number}]", "stands twice", f"each {noun} once")
            else:
                found[code] = item, f"{key}[{number}]"
        return [(code, *where) for code, where in found.items()]

    def _axes(self, node: Node, key: str, stage: str) -> tuple[Axis, ...]:
        found = self.fields.mapping(node, key, BY_NAME)
        if not node.entries and node.kind in ("mapping", "scalar"):
            self.fields.fault(node, key, "names no parameter", "lines such as `risk_aversion: {low: 0.2, high: 0.8}`")
        axes = []
        for name, value in found.items():
            place = f"{key}.{name}"
            if why := why_not_varied(BY_NAME[name]):
                self.fields.fault(value, place, why, "another parameter")
            elif name in self.taken:
                self.fields.fault(
                    value, place, f"is fitted in the stage {self.taken[name]} already", "each parameter once", got=""
                )
            elif axis := self._axis(value, place, name):
                axes.append(axis)
            self.taken.setdefault(name, stage)
        return tuple(axes)

    def _axis(self, node: Node, key: str, name: str) -> Axis | None:
        parameter = BY_NAME[name]
        found = self.fields.mapping(node, key, ("low", "high", "scale"))
        low, high = (
            self.fields.parameter(found[end], f"{key}.{end}", parameter) if end in found else bound
            for end, bound in (("low", parameter.low), ("high", parameter.high))
        )
        log = self.fields.choice(found, "scale", ("linear", "log"), f"{key}.") == "log"
        if low is None or high is None:
            return None
        if not low < high:
            return self.fields.fault(
                found.get("high", node), f"{key}.high", f"is not above low, {low:g}", f"up to {parameter.high:g}"
            )
        if log and low <= 0.0:
            return self.fields.fault(
                found["scale"], f"{key}.scale", "needs a low above 0", "`low:` above 0, or `scale: linear`"
            )
        return Axis(name, float(low), float(high), log, is_taken_whole(parameter))

    def _fixed(self, node: Node | None, key: str, axes: tuple[Axis, ...]) -> dict[str, float]:
        found = self.fields.mapping(node, key, BY_NAME) if node else {}
        fixed = {}
        for name, value in found.items():
            if name in {axis.name for axis in axes}:
                self.fields.fault(value, f"{key}.{name}", "is fitted in the same stage", "one of the two", got="")
            number = self.fields.parameter(value, f"{key}.{name}", BY_NAME[name])
            if number is not None:
                fixed[name] = float(number)
        return fixed

    def _patterns(self, node: Node | None, key: str) -> tuple[tuple[str, ...], int]:
        if node is None:
            return (), PATTERN_DRAWS
        found = {"which": node} if node.kind == "list" else self.fields.mapping(node, key, PATTERN_KEYS)
        draws = self.fields.whole_if_there(found, "draws", 1, MOST_POINTS, "draws", f"{key}.") or PATTERN_DRAWS
        if "which" not in found:
            self.fields.fault(node, f"{key}.which", "is missing", "a list of codes such as [PAT01]", got="")
            return (), draws
        codes = self._codes(found["which"], key, self.patterns, "pattern")
        for code, item, place in codes:
            contrasts = self.patterns[code].contrasts
            if not contrasts:
                self.fields.fault(item, place, "cannot be shown by the model", "a pattern with comparisons")
            elif all(contrast.sign == 0 for contrast in contrasts):
                self.fields.fault(item, place, "foretells no direction", "a pattern with a direction")
        return tuple(code for code, _, _ in codes), draws

    def _waves(self, node: Node | None, key: str) -> HistorySettings:
        found = self.fields.mapping(node, key, WAVE_KEYS) if node else {}
        usual = HistorySettings()
        number = self.fields.whole_if_there(found, "number", 1, MOST_GENERATIONS, "waves", f"{key}.")
        points = self.fields.whole_if_there(found, "points", 25, MOST_POINTS, "points", f"{key}.")
        cut = self._number(found, key, "cut", 1.0, 10.0)
        return HistorySettings(number or usual.waves, points or usual.points, cut or usual.cut)

    def _smc(self, node: Node | None, key: str) -> tuple[SmcSettings, int]:
        found = self.fields.mapping(node, key, SMC_KEYS) if node else {}
        usual, whole = SmcSettings(), self.fields.whole_if_there
        chains = whole(found, "chains", 1, MOST_CHAINS, "chains", f"{key}.") or usual.chains
        particles = whole(found, "particles", 8, MOST_POINTS, "particles", f"{key}.") or usual.particles
        if particles % chains or particles < 8 * chains:
            problem = f"cannot be split over {chains} chains"
            self.fields.fault(
                found["particles"] if "particles" in found else found["chains"],
                f"{key}.particles",
                problem,
                f"a multiple of {chains}, at least {8 * chains}",
            )
        generations = whole(found, "generations", 1, MOST_GENERATIONS, "generations", f"{key}.") or usual.generations
        draws = whole(found, "draws", 10, MOST_POINTS, "draws", f"{key}.") or particles
        share = self._number(found, key, "ess_share", 0.01, 1.0)
        return SmcSettings(particles, generations, chains, share or usual.ess_share), draws

    def _number(self, found: Mapping[str, Node], key: str, name: str, low: float, high: float) -> float | None:
        if name not in found:
            return None
        value = self.fields.plain_number(found[name], f"{key}.{name}", f"{low:g} to {high:g}")
        if value is not None and not low <= value <= high:
            return self.fields.fault(found[name], f"{key}.{name}", f"is not within {low:g} to {high:g}", "")
        return value
