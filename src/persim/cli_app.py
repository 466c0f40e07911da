"""The command `persim app`: the seminar's page, on this machine or for a class."""

from __future__ import annotations

import errno
import importlib.util
import os
import socket
import threading
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from persim import terminal
from persim.errors import InputError

if TYPE_CHECKING:
    from persim.app.lan import Reach

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"
MOST_PORT = 65535
NEEDED = ("starlette", "uvicorn", "jinja2", "segno")


def register(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(name="app")(seminar)


def seminar(
    port: Annotated[int, typer.Option(min=0, max=MOST_PORT, help="Port to listen on; 0 for any that is free.")] = 8080,
    host: Annotated[
        str, typer.Option(help="Address to listen on. Nobody else can reach this page unless you change it.")
    ] = LOOPBACK,
    classroom: Annotated[
        bool, typer.Option("--class", help="Let a class in: listen on the network, show one link for everybody.")
    ] = False,
    lessons: Annotated[Path | None, typer.Option(help="A folder with lessons of your own.", show_default=False)] = None,
    open_: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Open the seminar's page: turn dials, watch a service, compare two worlds with the same people, take a lesson.

    Needs no network. Ctrl-C ends it. Nothing is written, and nothing personal is kept.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise InputError(f"the page needs {', '.join(missing)}: pip install 'persim[app]'")
    if not host.strip():
        raise InputError("--host needs an address; 0.0.0.0 is all of this machine's")
    if lessons is not None and not lessons.is_dir():
        what = "is not a folder" if lessons.exists() else "there is no such folder"
        raise InputError(f"--lessons {lessons}: {what}; give one that holds lessons, NAME.yaml each")
    if classroom and host == LOOPBACK:
        host = EVERYWHERE
    listener = listening(host, port)
    try:
        _serve(listener, host, lessons, open_)
    finally:
        listener.close()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens. Raises: InputError if the port is taken or the address is not this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    if os.name == "posix":  # elsewhere it would let two servers share a port
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if host == "::":
        found.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    try:
        found.bind((host, port))
    except (OSError, UnicodeError) as error:
        found.close()
        cause = getattr(error, "strerror", None) or str(error)
        raise InputError(f"cannot listen on {host}, port {port}: {cause.lower()} - {_way_out(error, port)}") from None
    found.listen(128)
    return found


def _way_out(error: Exception, port: int) -> str:
    code = getattr(error, "errno", None)
    if code == errno.EADDRINUSE:
        return f"try --port {port + 1 if port < MOST_PORT else 8080}"
    if code == errno.EACCES:
        return "try --port 8080"
    return "--host has to be an address of this machine"


def _serve(listener: socket.socket, host: str, lessons: Path | None, opened: bool) -> None:
    import uvicorn

    from persim.app.connections import MOST_IN_ALL, Connection
    from persim.app.lan import ANYWHERE, reach
    from persim.app.room_routes import teacher_link
    from persim.app.server import make_app
    from persim.cli_runs import _say_if_compiling
    from persim.simulate import ready_the_compiled_model

    port = listener.getsockname()[1]
    found = reach(host, port)
    made = make_app(hosts=[host, socket.gethostname()], lessons=lessons, reach=found)
    for ledger in (False, True):
        _say_if_compiling(ledger)
        ready_the_compiled_model(ledger)
    shown = host if host not in ANYWHERE else LOOPBACK
    own = f"http://{f'[{shown}]' if ':' in shown else shown}:{port}"
    for line in words(own, found, teacher_link(made.state.room, own)):
        terminal.show(line)
    config = uvicorn.Config(
        made, log_level="warning", access_log=False, server_header=False, ws="none", lifespan="on", timeout_keep_alive=75,
        limit_concurrency=MOST_IN_ALL, http=Connection, h11_max_incomplete_event_size=32 * 1024, timeout_graceful_shutdown=2,
    )  # fmt: skip
    server: Any = uvicorn.Server(config)
    if opened:
        threading.Timer(0.5, webbrowser.open, [f"{own}/"]).start()
    server.run(sockets=[listener])


def words(own: str, found: Reach, teacher: str) -> list[str]:
    """What is said when the page is up: where it is, for whom, and the teacher's own screen."""
    told = [f"The page: {own}/   (Ctrl-C ends it)"]
    if found.by_others:
        told.append(f"For the class: {found.link}/   {found.words}")
        told += [f"           or: {other}/" for other in found.others]
    else:
        told.append("Only this machine can open it. For a class: persim app --class")
    return [*told, f"The teacher's screen, for nobody else: {teacher}"]
