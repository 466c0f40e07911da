"""The server: routes, each a few lines. What is asked for is read in `settings`, computed in turn by `pool`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates

from persim.app import curves, stories
from persim.app.catalogue import about, catalogue
from persim.app.films import LUCK_PARTS
from persim.app.guard import Guard
from persim.app.lan import Reach
from persim.app.lesson_pages import lesson_named
from persim.app.lesson_routes import Opened, lesson_routes
from persim.app.loop_routes import loop_routes
from persim.app.pool import BusyError
from persim.app.room import Room
from persim.app.room_routes import room_pages, room_routes
from persim.app.routing import OvertakenError, Seminar, asked, body_of, busy, failed, overtaken, page, refused, whole
from persim.app.scenario_text import command_of, scenario_text
from persim.app.settings import MOST_SEED, Settings, brought, read_settings
from persim.app.tables import csv_of
from persim.errors import InputError, PersimError
from persim.other_lucks import joined_shares
from persim.scenario import Scenario
from persim.twins import Twins

HERE = Path(__file__).parent
SIDES = ("the left world", "the right world")
MOST_LUCKS = 6  # that one story is told under


def _seminar(request: Request) -> Seminar:
    return request.app.state.seminar


# What is computed


async def get_catalogue(request: Request) -> Response:
    """Dials, scenarios, outcomes, loops, words and bounds."""
    return JSONResponse(catalogue())


async def post_curves(request: Request) -> Response:
    """Outcomes over the weeks with their band, for one or two worlds."""
    found, _ = await _curves(request, "curves")
    return JSONResponse(found)


async def _curves(request: Request, kind: str) -> tuple[dict[str, Any], Settings]:
    body, settings = await asked(request)
    outcomes = curves.checked_outcomes(body.get("outcomes", ["reported_take_up", "real_take_up"]))
    wanted = curves.checked_replicates(body.get("replicates", 12))
    seminar = _seminar(request)
    n = len(settings.worlds)
    scenarios = await _scenarios(request, kind, settings)
    replicates = seminar.replicates(wanted, n)
    jobs = [
        partial(curves.one_run, scenario, settings.seed + i, _luck(settings, i), outcomes)
        for i in range(replicates)
        for scenario in scenarios
    ]
    done = await seminar.run(request, kind, jobs)
    runs = [done[world::n] for world in range(n)]
    return curves.curves_json(scenarios, outcomes, runs), settings


async def _scenarios(request: Request, kind: str, settings: Settings) -> list[Scenario]:
    """The worlds' scenarios. Reading a text that is brought takes a turn like any run: it may take half a second."""

    def job() -> list[Scenario]:
        return [settings.scenario(world) for world in range(len(settings.worlds))]

    if not any(world.text for world in settings.worlds):
        return await asyncio.to_thread(job)
    (found,) = await _seminar(request).run(request, kind, [job])
    return found


def _luck(settings: Settings, number: int) -> int | None:
    return None if settings.luck is None else settings.luck + number


async def post_film(request: Request) -> Response:
    """The films of one or two worlds, one after the other, each after its length."""
    body, settings = await asked(request)
    seminar = _seminar(request)

    def job(world: int) -> bytes:
        return seminar.films.get(settings.scenario(world), settings.seed, settings.luck).film.as_bytes()

    films = await seminar.run(request, "film", [partial(job, world) for world in range(len(settings.worlds))])
    content = b"".join(part for film in films for part in (len(film).to_bytes(4, "little"), film))
    return Response(content, media_type="application/octet-stream")


def _told(kind: str, tell: Callable[[Seminar, Settings, Mapping[str, Any]], Any]) -> Callable[[Request], Any]:
    """A route that tells a story: in the visitor's turn, by `tell`."""

    async def route(request: Request) -> Response:
        body, settings = await asked(request)
        seminar = _seminar(request)
        (found,) = await seminar.run(request, kind, [partial(tell, seminar, settings, body)])
        return JSONResponse(found)

    return route


def _lives(seminar: Seminar, settings: Settings, world: int) -> Any:
    return seminar.films.get(settings.scenario(world), settings.seed, settings.luck).lives


def _story(seminar: Seminar, settings: Settings, body: Mapping[str, Any]) -> Any:
    lives = _lives(seminar, settings, whole(body, "world", 0))
    if body.get("post") is not None:
        week = None if body.get("week") is None else whole(body, "week")
        return stories.post_json(lives, whole(body, "post"), week)
    return stories.person_json(lives, whole(body, "person"), legal=body.get("legal") is True)


def _twins(seminar: Seminar, settings: Settings, body: Mapping[str, Any]) -> Any:
    if len(settings.worlds) != 2:
        raise InputError("twins need two worlds")
    first, second = _lives(seminar, settings, 0), _lives(seminar, settings, 1)
    person = whole(body, "person")
    first.of_person(person)
    return stories.twins_json(Twins(first, second, person, called=SIDES, legal=body.get("legal") is True))


def _meetings(seminar: Seminar, settings: Settings, body: Mapping[str, Any]) -> Any:
    lives = _lives(seminar, settings, whole(body, "world", 0))
    return stories.meetings_json(lives, whole(body, "person"), legal=body.get("legal") is True)


def _week(seminar: Seminar, settings: Settings, body: Mapping[str, Any]) -> Any:
    lives = _lives(seminar, settings, whole(body, "world", 0))
    return stories.week_json(lives, whole(body, "post"), whole(body, "week"))


async def post_lucks(request: Request) -> Response:
    """One person under other lucks. Every run, and every few lucks that are counted, is a turn of its own."""
    body, settings = await asked(request)
    lucks = body.get("lucks", [1, 2, 3])
    fine = isinstance(lucks, list) and 1 <= len(lucks) <= MOST_LUCKS
    if not fine or not all(type(luck) is int and 0 <= luck <= MOST_SEED for luck in lucks):
        raise InputError(f"lucks: expected a list of 1 to {MOST_LUCKS} whole numbers from 0 to {MOST_SEED:,}")
    world, person = whole(body, "world", 0), whole(body, "person")
    settings.world(world)
    if not 0 <= person < settings.people:
        raise InputError(f"there is no person {person}: people are numbered 0 to {settings.people - 1}")
    scenario = (await _scenarios(request, "lucks", settings))[world]
    films = _seminar(request).films
    seeds = [settings.luck, *(luck for luck in lucks if luck not in (settings.luck, settings.seed))]
    runs = [partial(films.get, scenario, settings.seed, luck) for luck in seeds]
    counts = [partial(films.shares, scenario, settings.seed, part) for part in LUCK_PARTS]
    done = await _seminar(request).run(request, "lucks", [*runs, *counts])
    lives = [filmed.lives for filmed in done[: len(seeds)]]
    shares = joined_shares(done[len(seeds) :])
    (found,) = await _seminar(request).run(request, "lucks", [partial(stories.lucks_json, lives, person, shares)])
    return JSONResponse(found)


# What can be taken along


async def post_scenario(request: Request) -> Response:
    """A world as a scenario file, and the command that runs it."""
    body, settings = await asked(request)
    world = whole(body, "world", 0)
    (text,) = await _seminar(request).run(request, "scenario", [partial(scenario_text, settings, world)])
    return JSONResponse({"text": text, "command": command_of(settings, world)})


async def post_table(request: Request) -> Response:
    """The curves as a CSV table."""
    found, settings = await _curves(request, "table")
    return Response(csv_of(found, settings), media_type="text/csv; charset=utf-8")


async def post_check(request: Request) -> Response:
    """Is this text a scenario? Its title and question, or every fault (status 400)."""
    text = (await body_of(request)).get("text")
    settings = read_settings({"worlds": [{"text": text or ""}]})
    if not settings.worlds[0].text:
        raise InputError("the file is empty")

    def job() -> dict[str, Any]:
        return {**about(settings.scenario()), "arms": [arm.name for arm in brought(settings.worlds[0].text).arms]}

    (found,) = await _seminar(request).run(request, "check", [job])
    return JSONResponse(found)


def make_app(
    hosts: Iterable[str] = (), threads: int | None = None, lessons: Path | None = None, reach: Reach | None = None
) -> Starlette:
    """The server as an ASGI app.

    Args:
        hosts: names of this machine, besides its addresses, for which requests are answered.
        threads: threads of the model; one for each core unless told.
        lessons: a folder with lessons besides those that come with persim.
        reach: how a class reaches this server.
    """
    seminar, room = Seminar(threads), Room(partial(lesson_named, folder=lessons))

    @asynccontextmanager
    async def life(app: Starlette) -> AsyncIterator[None]:
        yield
        seminar.pool.close()

    told = {"story": _story, "twins": _twins, "meetings": _meetings, "week": _week}
    routes = [
        Route("/", page("explore.html.j2")),
        *lesson_routes(),
        *loop_routes(),
        *room_pages(room),
        Mount("/api/room", routes=room_routes(room, reach)),
        Route("/api/catalogue", get_catalogue),
        Route("/api/curves", post_curves, methods=["POST"]),
        Route("/api/film", post_film, methods=["POST"]),
        *(Route(f"/api/{name}", _told(name, tell), methods=["POST"]) for name, tell in told.items()),
        Route("/api/lucks", post_lucks, methods=["POST"]),
        Route("/api/scenario", post_scenario, methods=["POST"]),
        Route("/api/table", post_table, methods=["POST"]),
        Route("/api/check", post_check, methods=["POST"]),
        Mount("/static", StaticFiles(directory=HERE / "static")),
    ]
    app = Starlette(
        routes=routes,
        lifespan=life,
        middleware=[Middleware(Guard, hosts=hosts), Middleware(GZipMiddleware, minimum_size=1000, compresslevel=5)],
        exception_handlers={
            PersimError: refused, BusyError: busy, OvertakenError: overtaken, HTTPException: failed, Exception: failed,
        },
    )  # fmt: skip
    app.state.seminar = seminar
    app.state.room = room
    app.state.lessons = lessons
    app.state.opened = Opened()
    app.state.pages = Jinja2Templates(directory=HERE / "pages")
    return app
