"""Why it is so: what holds people back, and a few people's stories, for a report that can do without either."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from persim.report.folder import ATTRIBUTE, ResultFiles
from persim.report.held_back import HeldBack, Progress, held_back_of, small_held_back
from persim.report.held_back_views import frames_of
from persim.report.three_people import Stories, frame_of, stories_of

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Why:
    """What stands behind the numbers: an attribution, stories, or neither."""

    held_back: HeldBack | None = None
    stories: Stories | None = None

    def frames(self) -> dict[str, tuple[pd.DataFrame, str]]:
        """Tables for a workbook with what they are, by the name of their sheet."""
        found: dict[str, tuple[pd.DataFrame, str]] = {}
        if self.held_back is not None:
            for name, table in frames_of(self.held_back).items():
                found[name] = (table, f"{len(table)} rows of the barrier attribution. {self.held_back.source}")
        if self.stories is not None:
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
    held_back = None
    if attribution is True and files.command == ATTRIBUTE:
        held_back = held_back_of(files.path, files)
    elif attribution is True:
        held_back = small_held_back(files, jobs, progress)
    elif attribution is not False:
        held_back = held_back_of(attribution, files)
    return Why(held_back, stories_of(files) if stories else None)
