"""The routes of lessons: their pages, what they hold, and what a part shows when it is opened.

What a part shows depends on the lesson alone, so a class that opens it together shares one making of it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from persim.app.lesson_pages import known_part, lesson_json, lesson_list, lesson_named, part_named, reveal_json
from persim.app.lesson_runs import jobs_of
from persim.app.routing import Seminar, page
from persim.errors import InputError
from persim.lessons.lesson import Lesson, Part, Question, Reveal, Told

MOST_OPENED = 64


class Opened:
    """What parts showed: kept, so that a part is run once however many open it."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, asyncio.Task[Any]] = OrderedDict()

    async def get(self, seminar: Seminar, lesson: Lesson, part: Part) -> Any:
        """What a part shows, made now or by whoever asked first. Raises: what the making raised."""
        key = f"{part.id} {lesson!r}"
        task = self._kept.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(_made(seminar, lesson, part))
            self._kept[key] = task
            while len(self._kept) > MOST_OPENED:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return await asyncio.shield(task)


async def _made(seminar: Seminar, lesson: Lesson, part: Part) -> Any:
    if isinstance(part, Told):
        from persim.app.lesson_told import told_json

        (found,) = await seminar.shared([lambda: told_json(seminar.films, part)])
        return found
    reveal, question = _asked(lesson, part)
    choices = question.choices if question else ()
    seeds = await seminar.shared(jobs_of(reveal, choices))
    if isinstance(part, Question):
        return await asyncio.to_thread(known_part, part, reveal, seeds, choices)
    return await asyncio.to_thread(reveal_json, reveal, seeds, choices)


def _asked(lesson: Lesson, part: Part) -> tuple[Reveal, Question | None]:
    if isinstance(part, Question):
        return lesson.reveal_of(part), part
    if isinstance(part, Reveal):
        question = lesson.part(part.question) if part.question else None
        return part, question if isinstance(question, Question) else None
    raise InputError(f"the part {part.id} of the lesson {lesson.name} has nothing to open")


async def get_lessons(request: Request) -> Response:
    """Every lesson, those of the teacher's own folder first."""
    return JSONResponse(await asyncio.to_thread(lesson_list, request.app.state.lessons))


async def get_lesson(request: Request) -> Response:
    """One lesson, its reveals closed."""
    return JSONResponse(await asyncio.to_thread(lesson_json, request.path_params["name"], request.app.state.lessons))


async def post_part(request: Request) -> Response:
    """What a part shows when it is opened."""
    lesson = await asyncio.to_thread(lesson_named, request.path_params["name"], request.app.state.lessons)
    part = part_named(lesson, request.path_params["part"])
    return JSONResponse(await request.app.state.opened.get(request.app.state.seminar, lesson, part))


def lesson_routes() -> list[Route]:
    """Pages and API of lessons."""
    return [
        Route("/lessons", page("lessons.html.j2")),
        Route("/lessons/{name}", page("lesson.html.j2")),
        Route("/api/lessons", get_lessons),
        Route("/api/lessons/{name}", get_lesson),
        Route("/api/lessons/{name}/{part}", post_part, methods=["POST"]),
    ]
