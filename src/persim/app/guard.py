"""What the server refuses, and the headers that every answer bears.

A request is bounded in size, must come from the page itself, and must name a host that is this machine. Answers forbid
scripts, styles and requests of any other origin, and framing.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_BYTES = 192 * 1024  # of a request's body: two scenarios of 64 KiB, and what JSON adds
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
VISITOR = re.compile(r"[A-Za-z0-9_-]{8,64}")  # the token that a page makes for its tab
VISITOR_HEADER = "x-visitor"


class Guard:
    """ASGI middleware: refuses what is too large, from elsewhere, or for another host; sets the headers."""

    def __init__(self, app: ASGIApp, hosts: Iterable[str] = ()) -> None:
        """Guard an app. `hosts` are names of this machine that a browser may ask for, besides addresses."""
        self.app = app
        self.hosts = {"localhost", "testserver", *(host.lower() for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        sender = _with_headers(send, cached=str(scope.get("path", "")).startswith("/static/"))
        headers = Headers(scope=scope)
        refusal = self._refusal(scope["method"], scope["path"], headers)
        if refusal is not None:
            await JSONResponse({"error": refusal[1]}, refusal[0])(scope, receive, sender)
            return
        body = _Bounded(receive)
        try:
            await self.app(scope, body, sender)
        except TooLargeError:
            await JSONResponse({"error": TOO_LARGE}, 413)(scope, receive, sender)

    def _refusal(self, method: str, path: str, headers: Headers) -> tuple[int, str] | None:
        if "\0" in path:
            return 404, "there is nothing at this address"
        if not self._is_here(headers.get("host", "")):
            return 421, "this server does not answer for that host"
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES:
            return 413, TOO_LARGE
        if method not in ("GET", "HEAD", "POST"):
            return 405, f"{method} is not answered here"
        if method == "POST":
            if headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
                return 415, "a request needs the content type application/json"
            origin = headers.get("origin")
            if origin and origin.partition("://")[2].lower() != headers.get("host", "").lower():
                return 403, "a request has to come from the page itself"
        return None

    def _is_here(self, host: str) -> bool:
        """Is this host an address, or a name of this machine? Any other name may have been bent to point here."""
        name = host[: host.rfind("]") + 1].strip("[]") if host.startswith("[") else host.partition(":")[0]
        if name.lower() in self.hosts:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


TOO_LARGE = f"a request may hold at most {MOST_BYTES // 1024} KiB"


class TooLargeError(Exception):
    """The body of a request is larger than allowed."""


class _Bounded:
    """A receive function that stops reading past the bound, whatever length the request named."""

    def __init__(self, receive: Receive) -> None:
        self.receive = receive
        self.n = 0

    async def __call__(self) -> Message:
        message = await self.receive()
        if message["type"] == "http.request":
            self.n += len(message.get("body", b""))
            if self.n > MOST_BYTES:
                raise TooLargeError
        return message


def _with_headers(send: Send, cached: bool) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers["cache-control"] = "no-cache" if cached else "no-store"
        await send(message)

    return sender


def visitor_of(scope: Scope | Any) -> str:
    """Whose turn a request takes: the page's own token with the address it comes from; the address if there is none."""
    headers = Headers(scope=scope)
    client = scope.get("client")
    address = client[0] if client else ""
    token = headers.get(VISITOR_HEADER, "")
    return f"{address} {token}" if VISITOR.fullmatch(token) else address
