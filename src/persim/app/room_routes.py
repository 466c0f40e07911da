"""The routes of class mode: answers from visitors, the teacher's screen, the link and its QR code.

The teacher's key travels in a header and in the part of the link after #, which browsers do not send: so no log holds it.
"""

from __future__ import annotations

import asyncio
import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import segno
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from persim.app.guard import VISITOR_HEADER
from persim.app.lan import Reach
from persim.app.room import ClosedError, Room
from persim.app.routing import body_of, page
from persim.errors import InputError

KEY_HEADER = "x-room-key"
MOST_NAME = 64


def room_routes(room: Room, reach: Reach | None = None) -> list[Route]:
    """The API of a room, to be mounted under /api/room.

    Args:
        reach: how others reach this server; what a request came by if None.
    """
    return [
        Route("/answers", partial(_closed_told, partial(post_answer, room)), methods=["POST"]),
        Route("/pooled", partial(_closed_told, partial(get_pooled, room))),
        Route("/state", partial(get_state, room)),
        Route("/state", partial(_closed_told, partial(post_state, room)), methods=["POST"]),
        Route("/link", partial(get_link, reach)),
        Route("/link.svg", partial(get_link_picture, reach)),
    ]


def room_pages(room: Room) -> list[Route]:
    """The teacher's screen, and the short address that leads visitors to the lesson on it."""
    return [Route("/room", page("room.html.j2")), Route("/join", partial(get_join, room))]


def teacher_link(room: Room, link: str) -> str:
    """The teacher's own address: printed on the teacher's terminal, shown to nobody else."""
    return f"{link}/room#{room.key}"


async def post_answer(room: Room, request: Request) -> Response:
    """A visitor's prediction."""
    body = await body_of(request)
    lesson, part = _name(body, "lesson"), _name(body, "part")
    await _ready(room, lesson, part)
    room.answer(request.headers.get(VISITOR_HEADER, ""), lesson, part, body.get("answer"), _address(request))
    return JSONResponse({"taken": True})


async def get_pooled(room: Room, request: Request) -> Response:
    """Pooled predictions: for the teacher, or for anyone once they are revealed."""
    lesson, part = _name(request.query_params, "lesson"), _name(request.query_params, "part")
    if not room.is_open(lesson, part) and not _is_teacher(room, request):
        raise ClosedError("the teacher has not opened this yet")
    await _ready(room, lesson, part)
    return JSONResponse(room.pooled(lesson, part))


async def get_state(room: Room, request: Request) -> Response:
    """Where the class stands. Whoever asks, but for the teacher, is counted as here while a class is in session."""
    teacher = _is_teacher(room, request)
    if room.state["in_session"] and not teacher:
        room.joins(request.headers.get(VISITOR_HEADER, ""), _address(request))
    return JSONResponse(room.state | {"teacher": teacher})


async def post_state(room: Room, request: Request) -> Response:
    """What the teacher does: `choose` or `reveal` a question, or `afresh`."""
    if not _is_teacher(room, request):
        raise ClosedError("this needs the teacher's key")
    body = await body_of(request)
    does = body.get("do")
    if does == "afresh":
        room.start_afresh()
    elif does in ("choose", "reveal"):
        lesson, part = _name(body, "lesson"), _name(body, "part")
        await _ready(room, lesson, part)
        (room.choose if does == "choose" else room.reveal)(lesson, part)
    else:
        raise InputError("do: expected choose, reveal or afresh")
    return JSONResponse(room.state | {"teacher": True})


async def get_join(room: Room, request: Request) -> Response:
    """On to the lesson that the class is in, or to all of them."""
    lesson = room.state["lesson"]
    return RedirectResponse(f"/lessons/{lesson}" if lesson else "/lessons", 303)


async def get_link(reach: Reach | None, request: Request) -> Response:
    """The link for visitors, and whether others can reach it."""
    link, by_others, words, others = _reached(reach, request)
    return JSONResponse({"link": link, "by_others": by_others, "words": words, "others": others})


async def get_link_picture(reach: Reach | None, request: Request) -> Response:
    """The link as a QR code."""
    return Response(qr_picture(_reached(reach, request)[0]), media_type="image/svg+xml")


def qr_picture(text: str) -> str:
    """A QR code as SVG, dark on white with its quiet zone, sized by whoever shows it."""
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, border=4, dark="#1d2430", light="#fff", omitsize=True, title="Link as a QR code"
    )
    return out.getvalue().decode()


def _reached(reach: Reach | None, request: Request) -> tuple[str, bool, str, list[str]]:
    if reach is None:
        base = str(request.base_url.replace(path="", query="")).rstrip("/")
        return f"{base}/join", True, "", []
    return f"{reach.link}/join", reach.by_others, reach.words, [f"{other}/join" for other in reach.others]


def _is_teacher(room: Room, request: Request) -> bool:
    return room.is_teacher(request.headers.get(KEY_HEADER))


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _name(values: Mapping[str, Any], key: str) -> str:
    value = values.get(key)
    if not isinstance(value, str) or not 0 < len(value) <= MOST_NAME:
        raise InputError(f"{key}: expected a name")
    return value


async def _ready(room: Room, lesson: str, part: str) -> None:
    """Have the question read, on another thread, before the room is asked about it."""
    if room.knows(lesson, part):
        return
    found = await asyncio.to_thread(room.question, lesson, part)
    room.keep(lesson, part, found)


async def _closed_told(route: Callable[[Request], Any], request: Request) -> Response:
    try:
        return await route(request)
    except ClosedError as error:
        return JSONResponse({"error": str(error)}, 403)
