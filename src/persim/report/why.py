"""Why it is so: what holds people back, and a few people's stories, for a report that can do without either.

Both need the model, which takes seconds to load: so it is loaded only where one of them is asked for.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from persim.report.folder import ATTRIBUTE, ResultFiles

if TYPE_CHECKING:
    import pandas as pd

    from persim.experiment import Progress
    from persim.report.held_back import HeldBack
    from persim.report.three_people import Stories


@dataclass(frozen=True)
class Why:
    """What stands behind the numbers: an attribution, stories, or neither."""

    held_back: HeldBack | None = None
    stories: Stories | None = None

    def frames(self) -> dict[str, tuple[pd.DataFrame, str]]:
        """Tables for a workbook with what they are, by the name of their sheet."""
        found: dict[str, tuple[pd.DataFrame, str]] = {}
        if self.held_back is not None:
            from persim.report.held_back_views import frames_of

            for name, table in frames_of(self.held_back).items():
                found[name] = (table, f"{len(table)} rows of the barrier attribution. {self.held_back.source}")
        if self.stories is not None:
            from persim.report.three_people import frame_of

            found["Stories"] = (frame_of(self.stories), f"{self.stories.source} {self.stories.foot}")
        return found


def why_of(
    files: ResultFiles, attribution: str | os.PathLike[str] | bool = True, stories: bool = True, jobs: int = 0,
    progress: Progress | None = None,
) -> Why:  # fmt: skip
    """What a report shows of why.

    Args:
        attribution: a folder of `persim attribute`; True for that of the folder itself if it holds one, else a small one
            made now; False for none. stories: tell any?
        jobs: threads for a small attribution, 0 for all cores. progress: called with (runs done, of how many, failed).
    Raises: StoreError for a folder that holds no whole attribution.
    """
    held_back = told = None
    if attribution is not False:
        from persim.report.held_back import held_back_of, small_held_back

        place = files.path if attribution is True and files.command == ATTRIBUTE else attribution
        held_back = small_held_back(files, jobs, progress) if place is True else held_back_of(place, files)
    if stories:
        from persim.report.three_people import stories_of

        told = stories_of(files)
    return Why(held_back, told)
