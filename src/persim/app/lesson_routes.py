"""The routes of lessons: their pages, what they hold, and what a part shows when it is opened.

What a part shows depends on the lesson alone, so a class that opens it together shares one making of it.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from persim.app.lesson_pages import known_part, lesson_json, lesson_list, lesson_named, part_named, reveal_json
from persim.app.lesson_runs import jobs_of
from persim.app.lesson_told import told_json
from persim.app.routing import Seminar, page
from persim.errors import InputError
from persim.lessons.lesson import CURVE, Lesson, Part, Question, Reveal, Told

MOST_OPENED = 200


class Opened:
    """What parts showed: kept, so that a part is run once however many open it, and a question and its reveal share runs."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, asyncio.Task[Any]] = OrderedDict()

    async def get(self, seminar: Seminar, lesson: Lesson, part: Part) -> Any:
        """What a part shows, made now or by whoever asked first. Raises: what the making raised."""
        return await asyncio.shield(self._task(f"{part.id} {lesson!r}", partial(self._made, seminar, lesson, part)))

    def make_ahead(self, seminar: Seminar, lesson: Lesson, after: str = "") -> None:
        """Begin to make what the next part that opens shows, while the class reads what comes before it."""
        ids = [part.id for part in lesson.parts]
        rest = lesson.parts[ids.index(after) + 1 :] if after in ids else lesson.parts
        part = next((one for one in rest if opens(one)), None)
        if part is not None:
            task = self._task(f"{part.id} {lesson!r}", partial(self._made, seminar, lesson, part))
            task.add_done_callback(lambda done: done.cancelled() or done.exception())  # whoever opens it is told

    def _task(self, key: str, make: Callable[[], Coroutine[Any, Any, Any]]) -> asyncio.Task[Any]:
        task = self._kept.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = asyncio.create_task(make())
            self._kept[key] = task
            while len(self._kept) > MOST_OPENED:
                self._kept.popitem(last=False)
        self._kept.move_to_end(key)
        return task

    async def _made(self, seminar: Seminar, lesson: Lesson, part: Part) -> Any:
        if isinstance(part, Told):
            (found,) = await seminar.shared([lambda: told_json(seminar.films, part)])
            return found
        reveal, question = _asked(lesson, part)
        choices = question.choices if question else ()
        runs = partial(seminar.shared, jobs_of(reveal, choices))
        seeds = await asyncio.shield(self._task(f"runs of {reveal.id} {lesson!r}", runs))
        if isinstance(part, Question):
            return await asyncio.to_thread(known_part, part, reveal, seeds, choices)
        return await asyncio.to_thread(reveal_json, reveal, seeds, choices)


def opens(part: Part) -> bool:
    """Does a part show something that has to be run?"""
    return isinstance(part, Reveal | Told) or (isinstance(part, Question) and part.predict == CURVE)


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
    state = request.app.state
    lesson = await asyncio.to_thread(lesson_named, request.path_params["name"], state.lessons)
    state.opened.make_ahead(state.seminar, lesson)
    return JSONResponse(await asyncio.to_thread(lesson_json, lesson.name, state.lessons))


async def post_part(request: Request) -> Response:
    """What a part shows when it is opened."""
    lesson = await asyncio.to_thread(lesson_named, request.path_params["name"], request.app.state.lessons)
    part = part_named(lesson, request.path_params["part"])
    state = request.app.state
    found = await state.opened.get(state.seminar, lesson, part)
    state.opened.make_ahead(state.seminar, lesson, part.id)
    return JSONResponse(found)


def lesson_routes() -> list[Route]:
    """Pages and API of lessons."""
    return [
        Route("/lessons", page("lessons.html.j2")),
        Route("/lessons/{name}", page("lesson.html.j2")),
        Route("/api/lessons", get_lessons),
        Route("/api/lessons/{name}", get_lesson),
        Route("/api/lessons/{name}/{part}", post_part, methods=["POST"]),
    ]
