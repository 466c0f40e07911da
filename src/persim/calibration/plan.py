"""What a calibration does, stage by stage: targets, parameters with their priors, sizes; and how that stands in a store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import persim
from persim.calibration.history import HistorySettings
from persim.calibration.smc import SmcSettings
from persim.calibration.space import Axis, Space
from persim.calibration.targets import Observed, observed
from persim.errors import StoreError
from persim.evidence import Contrast, Evidence, Pattern, Side, Target, read_evidence
from persim.model_version import MODEL_VERSION
from persim.run_store import rows_in_a_part
from persim.scenario import Scenario
from persim.scenario_resolved import scenario_of

KIND = "calibration"
PATTERN_DRAWS = 200  # draws that patterns are tried on, unless a file says otherwise


@dataclass(frozen=True)
class Stage:
    """One stage: what is fitted to what, and how hard.

    Attributes:
        targets: codes of the evidence. space: parameters and priors. fixed: settings of this stage only.
        weeks, replicates: of a run at each point. waves: of history matching. smc: of what follows. draws: size of the
            sample kept. patterns: codes that every draw must not contradict; tried on `pattern_draws` draws.
    """

    name: str
    targets: tuple[str, ...]
    space: Space
    fixed: Mapping[str, float]
    weeks: int
    replicates: int
    waves: HistorySettings
    smc: SmcSettings
    draws: int
    patterns: tuple[str, ...] = ()
    pattern_draws: int = PATTERN_DRAWS

    @property
    def most_points(self) -> int:
        """Points that are run at most, patterns apart."""
        return self.waves.waves * self.waves.points + self.smc.generations * self.smc.particles


@dataclass(frozen=True)
class Plan:
    """A calibration that has been read and checked, ready to be run."""

    name: str
    title: str
    scenario: Scenario
    seed: int
    people: int
    stages: tuple[Stage, ...]
    evidence: Evidence
    path: Path | None = None

    @property
    def parameters(self) -> tuple[str, ...]:
        """All parameters, in the order of stages."""
        return tuple(name for stage in self.stages for name in stage.space.names)

    @property
    def targets(self) -> tuple[str, ...]:
        """All targets, each once, in the order of stages."""
        return tuple(dict.fromkeys(code for stage in self.stages for code in stage.targets))

    @property
    def patterns(self) -> tuple[str, ...]:
        """All patterns, each once."""
        return tuple(dict.fromkeys(code for stage in self.stages for code in stage.patterns))

    @property
    def n_runs(self) -> int:
        """Runs at most: waves may end early."""
        return sum(s.most_points * s.replicates + self.pattern_runs(s) for s in self.stages)

    def pattern_runs(self, stage: Stage) -> int:
        """Runs that the patterns of a stage take at most."""
        draws = min(stage.draws, stage.pattern_draws)
        return draws * len(worlds_of(self.patterns_of(stage))) * stage.replicates if stage.patterns else 0

    def targets_of(self, stage: Stage) -> tuple[Target, ...]:
        """The targets of a stage."""
        return tuple(self.evidence.target(code) for code in stage.targets)

    def patterns_of(self, stage: Stage) -> tuple[Pattern, ...]:
        """The patterns of a stage."""
        return tuple(self.evidence.pattern(code) for code in stage.patterns)

    @property
    def columns(self) -> list[str]:
        """A name for each number of a run: where it belongs, its parameters, what it gave."""
        return [
            "stage", "step", "point", "world", "replicate",
            *(f"parameter.{name}" for name in self.parameters),
            *(f"target.{code}" for code in self.targets),
            *(f"side.{code}.{number}.{side}" for code in self.patterns
              for number in range(len(self.evidence.pattern(code).contrasts)) for side in ("less", "more")),
        ]  # fmt: skip


World = tuple[str, tuple[tuple[str, float], ...]]


def world_of(side: Side) -> World:
    """The world of one side of a comparison: scenario, and what is changed in it."""
    return side.scenario, tuple(sorted(side.changes.items()))


def worlds_of(patterns: tuple[Pattern, ...]) -> tuple[World, ...]:
    """The worlds that patterns need, each once."""
    sides = [side for one in patterns for contrast in one.contrasts for side in sides_of(contrast)]
    return tuple(dict.fromkeys(world_of(side) for side in sides if side.constant is None))


def sides_of(contrast: Contrast) -> tuple[Side, Side]:
    """Both sides of a comparison: less, more."""
    return contrast.less, contrast.more


def observed_of(targets: tuple[Target, ...]) -> Observed:
    """The figures of targets: the upper end of the range where only a bound was published."""
    values = [target.high if target.value is None else target.value for target in targets]
    return observed(values, [target.sd for target in targets], [target.one_sided == "upper" for target in targets])


QUICK = {
    "people": 400,
    "replicates": 2,
    "waves": 2,
    "points": 60,
    "particles": 160,
    "generations": 4,
    "draws": 200,
    "pattern_draws": 60,
}


def quick(plan: Plan) -> Plan:
    """The same calibration on a small budget: it runs in minutes and shows how it goes, not what comes of it."""
    people = min(plan.people, QUICK["people"])
    scenario = plan.scenario.changed(n_users=people)
    return replace(plan, people=people, scenario=scenario, stages=tuple(_smaller(stage) for stage in plan.stages))


def _smaller(stage: Stage) -> Stage:
    waves, smc = stage.waves, stage.smc
    particles = max(8, min(smc.particles, QUICK["particles"]) // smc.chains) * smc.chains
    return replace(
        stage,
        replicates=min(stage.replicates, QUICK["replicates"]),
        waves=replace(waves, waves=min(waves.waves, QUICK["waves"]), points=min(waves.points, QUICK["points"])),
        smc=replace(smc, particles=particles, generations=min(smc.generations, QUICK["generations"])),
        draws=min(stage.draws, QUICK["draws"]),
        pattern_draws=min(stage.pattern_draws, QUICK["pattern_draws"]),
    )


# In a store ---------------------------------------------------------------------------------------------------------------


def content_of(plan: Plan) -> dict[str, Any]:
    """What a store's design.json says of a calibration, all in a fixed order."""
    return {
        "kind": KIND,
        "persim": persim.__version__,
        "model_version": MODEL_VERSION,
        "name": plan.name,
        "title": plan.title,
        "seed": plan.seed,
        "people": plan.people,
        "stages": [_stage_content(stage) for stage in plan.stages],
        "evidence": [_evidence_content(plan, code) for code in (*plan.targets, *plan.patterns)],
        "factors": [],
        "worlds": [[]],
        "alternatives": [
            {"name": plan.scenario.name, "digest": plan.scenario.digest(), "resolved": plan.scenario.resolved()}
        ],
        "part_rows": rows_in_a_part(len(plan.columns)),
        "columns": plan.columns,
    }


def _stage_content(stage: Stage) -> dict[str, Any]:
    return {
        **{key: getattr(stage, key) for key in ("name", "weeks", "replicates", "draws", "pattern_draws")},
        "targets": list(stage.targets), "patterns": list(stage.patterns), "fixed": dict(stage.fixed),
        "parameters": [asdict(axis) for axis in stage.space.axes],
        "waves": asdict(stage.waves), "smc": asdict(stage.smc),
    }  # fmt: skip


def _evidence_content(plan: Plan, code: str) -> dict[str, Any]:
    if code in plan.targets:
        target = plan.evidence.target(code)
        return {
            "id": code,
            "value": target.value,
            "high": target.high,
            "sd": target.sd,
            "measured": asdict(target.measured),
        }
    pattern = plan.evidence.pattern(code)
    return {"id": code, "contrasts": [asdict(contrast) for contrast in pattern.contrasts]}


def plan_of(content: Mapping[str, Any]) -> Plan:
    """The calibration that a store's design.json says, with the evidence as it is now.

    Raises: StoreError if it holds something else, or the evidence or what is kept of a run has changed since.
    """
    if content.get("kind") != KIND:
        raise StoreError(f"the folder holds a {content.get('kind', 'sweep')}, not a {KIND}")
    try:
        plan = Plan(
            content["name"], content["title"], scenario_of(content["alternatives"][0]["resolved"]), int(content["seed"]),
            int(content["people"]), tuple(_stage_of(one) for one in content["stages"]), read_evidence(),
        )  # fmt: skip
        now = plain_content(plan)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise StoreError(f"design.json cannot be read by this version of persim: {error!r}") from None
    for key in ("evidence", "columns"):
        if now[key] != content[key]:
            raise StoreError(f"the {key} that the calibration was made with differ from those of this persim")
    return plan


def plain_content(plan: Plan) -> dict[str, Any]:
    """`content_of` as JSON gives it back."""
    import json

    from persim.store import plain

    return json.loads(json.dumps(plain(content_of(plan))))


def _stage_of(content: Mapping[str, Any]) -> Stage:
    return Stage(
        content["name"], tuple(content["targets"]), Space(tuple(Axis(**axis) for axis in content["parameters"])),
        dict(content["fixed"]), content["weeks"], content["replicates"], HistorySettings(**content["waves"]),
        SmcSettings(**content["smc"]), content["draws"], tuple(content["patterns"]), content["pattern_draws"],
    )  # fmt: skip
