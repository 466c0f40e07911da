"""What Mesa's DataCollector keeps of the model: the headline outcomes, made from the model's own record on demand."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mesa.datacollection import DataCollector

from persim.outcomes import HEADLINE

if TYPE_CHECKING:
    from persim.mesa_model import PersonalisationModel


class HeadlineCollector(DataCollector):
    """Mesa's DataCollector for the headline outcomes: collecting notes the week, and its values are made on demand.

    They are made from the model's record, so that collecting costs next to nothing. `model_reporters` are ordinary
    reporters, for a DataCollector with more of them: `DataCollector({**model.datacollector.model_reporters, ...})`.
    """

    def __init__(self, model: PersonalisationModel) -> None:
        self._model = model
        self._weeks: list[int] = []
        self._made: dict[str, list[float]] = {}
        super().__init__({name: partial(_value_now, name) for name in HEADLINE})

    def collect(self, model: PersonalisationModel) -> None:
        """Note the week last run."""
        self._collection_steps.append(model.time)
        self._weeks.append(model._weeks_begun - 1)

    @property
    def model_vars(self) -> dict[str, list[float]]:
        """Outcome -> its values in the weeks collected; NaN where nobody is concerned, or before the first step."""
        if len(self._made.get(HEADLINE[0], ())) != len(self._weeks):
            series = self._model.series(HEADLINE)
            for values in series.values():
                values.append(float("nan"))  # read as week -1
            self._made = {name: [values[week] for week in self._weeks] for name, values in series.items()}
        return self._made

    @model_vars.setter
    def model_vars(self, empty: dict[str, list[float]]) -> None:
        self._made = empty  # as Mesa does when it starts


def _value_now(outcome: str, model: PersonalisationModel) -> float:
    return model.outcome(outcome)
