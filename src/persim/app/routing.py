"""What every route needs: the server's threads and kept runs, reading a request, pages, and what is said when it fails."""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from persim.app.catalogue import PURPOSE
from persim.app.films import Films
from persim.app.guard import visitor_of
from persim.app.pool import Pool
from persim.app.settings import MOST_FAULTS, Settings, read_settings
from persim.errors import InputError

BUSY_SECONDS = 2
MOST_NUMBER = 99_999  # of a person, a post or a week: dates stay within the calendar
Job = Callable[[], Any]


class Seminar:
    """What one server holds: its threads and the runs it keeps; nothing of visitors but whose turn it is."""

    def __init__(self, threads: int | None = None) -> None:
        """Start the threads."""
        self.pool = Pool(threads)
        self.films = Films()
        self._asked: dict[tuple[str, str], list[Future[Any]]] = {}
        self._shared = itertools.count()

    async def run(self, request: Request, kind: str, jobs: Iterable[Job]) -> list[Any]:
        """The results of jobs, done in the visitor's turn. What the visitor asked before of this kind is given up.

        Raises: BusyError if too much stands in line; OvertakenError if the visitor asked anew meanwhile, or is gone.
        """
        visitor = visitor_of(request.scope)
        self.pool.give_up(visitor, self._asked.pop((visitor, kind), ()))
        futures: list[Future[Any]] = []
        watch = asyncio.create_task(self._watched(request, visitor, futures))
        try:
            for job in jobs:
                futures.append(self.pool.submit(visitor, job))
            self._asked[visitor, kind] = futures
            return list(await asyncio.gather(*(asyncio.wrap_future(future) for future in futures)))
        except asyncio.CancelledError:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise  # not the jobs were given up, but this request: the server stops
            raise OvertakenError from None
        finally:
            watch.cancel()
            self.pool.give_up(visitor, futures)
            if self._asked.get((visitor, kind)) is futures:
                del self._asked[visitor, kind]

    async def _watched(self, request: Request, visitor: str, futures: Iterable[Future[Any]]) -> None:
        """Give up what is in line for a page that has closed its connection: nobody would read it."""
        while (await request.receive())["type"] != "http.disconnect":
            pass
        self.pool.give_up(visitor, futures)

    async def shared(self, jobs: Iterable[Job]) -> list[Any]:
        """The results of jobs that many visitors wait for: in a turn of their own, not given up when one of them goes.

        Raises: BusyError if too much stands in line.
        """
        turn = f"shared-{next(self._shared)}"
        futures: list[Future[Any]] = []
        try:
            for job in jobs:
                futures.append(self.pool.submit(turn, job))
            return list(await asyncio.gather(*(asyncio.wrap_future(future) for future in futures)))
        finally:
            self.pool.give_up(turn, futures)  # where one failed, or did not fit, the others are for nothing

    def replicates(self, asked: int, worlds: int) -> int:
        """How many runs a curve gets: fewer while many stand in line, so that everybody's dial answers."""
        line = self.pool.waiting / self.pool.threads
        most = asked if line < 25 else 8 if line < 60 else 4
        return max(1, min(asked, most // worlds if most < asked else asked))


class OvertakenError(Exception):
    """The visitor asked anew before this was answered."""


async def body_of(request: Request) -> Mapping[str, Any]:
    """The request's JSON. Raises: InputError unless it is an object."""
    try:
        found = json.loads(await request.body())
    except (ValueError, RecursionError):
        raise InputError("the request is not JSON") from None
    except ClientDisconnect:
        raise OvertakenError from None  # nobody reads the answer
    if not isinstance(found, dict):
        raise InputError("the request is not a JSON object")
    return found


async def asked(request: Request) -> tuple[Mapping[str, Any], Settings]:
    """The request's JSON and its settings. Raises: InputError with every fault."""
    body = await body_of(request)
    return body, read_settings(body.get("settings"))


def whole(body: Mapping[str, Any], name: str, default: int | None = None) -> int:
    """A whole number of a request. Raises: InputError if it is none."""
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) > MOST_NUMBER:
        raise InputError(f"{name}: expected a whole number, at most {MOST_NUMBER:,}")
    return value


# Pages and errors


def page(name: str) -> Callable[[Request], Any]:
    """A route that answers with a page."""

    async def route(request: Request) -> Response:
        here = name.partition(".")[0]
        return request.app.state.pages.TemplateResponse(request, name, {"purpose": PURPOSE, "here": here})

    return route


async def refused(request: Request, error: Exception) -> Response:
    """What cannot be used, in words; of very many faults the first."""
    lines = str(error).split("\n")
    more = [f"and {len(lines) - MOST_FAULTS:,} more"] if len(lines) > MOST_FAULTS else []
    return JSONResponse({"error": "\n".join([*lines[:MOST_FAULTS], *more])}, 400)


async def busy(request: Request, error: Exception) -> Response:
    """Too much stands in line."""
    words = "many runs are in line just now; this page asks again by itself"
    headers = {"retry-after": str(BUSY_SECONDS)}
    return JSONResponse({"error": words, "retry": BUSY_SECONDS}, 503, headers=headers)


async def overtaken(request: Request, error: Exception) -> Response:
    """The visitor asked anew."""
    return JSONResponse({"error": "asked anew meanwhile", "overtaken": True}, 409)


async def failed(request: Request, error: Exception) -> Response:
    """Nothing there, or a fault of ours, which the terminal tells."""
    code = error.status_code if isinstance(error, HTTPException) else 500
    return JSONResponse({"error": WORDS.get(code, WORDS[500])}, code)


WORDS = {
    404: "there is nothing at this address", 405: "this address is asked in another way",
    500: "something went wrong on the server; its terminal says what",
}  # fmt: skip
