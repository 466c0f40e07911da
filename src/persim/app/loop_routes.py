"""The route that says what a feedback loop does over time: the same for everybody, so it is reckoned once."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from persim.app.routing import Seminar
from persim.loop_strength import loop_strength
from persim.loops import chosen_loops
from persim.scenario import read_scenario

PEOPLE, PAIRS = 1000, 8


class Strengths:
    """What each loop does, kept as long as the server runs: at most one for each loop of the table."""

    def __init__(self) -> None:
        """Nothing is reckoned yet."""
        self._kept: dict[str, asyncio.Task[dict[str, Any]]] = {}

    async def get(self, seminar: Seminar, key: str) -> dict[str, Any]:
        """The loop's outcome with it and without it, reckoned now or by whoever asked first. Raises: InputError."""
        (loop,) = chosen_loops([key])
        task = self._kept.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(self._reckoned(seminar, loop.key, loop.seen_in))
            self._kept[key] = task
        return await asyncio.shield(task)

    async def _reckoned(self, seminar: Seminar, key: str, scenario: str) -> dict[str, Any]:
        def job() -> dict[str, Any]:
            world = read_scenario(scenario).changed(n_users=PEOPLE)
            return loop_strength(world, key, range(1, PAIRS + 1)).as_json() | {"title": world.title}

        (found,) = await seminar.shared([job])
        return found


def loop_routes(strengths: Strengths | None = None) -> list[Route]:
    """The API of loops, to be mounted at the root: GET /api/loops/{key}."""
    kept = strengths or Strengths()

    async def get_strength(request: Request) -> Response:
        return JSONResponse(await kept.get(request.app.state.seminar, request.path_params["key"]))

    return [Route("/api/loops/{key}", get_strength)]
