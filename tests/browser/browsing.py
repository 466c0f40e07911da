"""What tests in a real browser share: Chromium without a network, pages that complain, axe."""

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
ARGUMENTS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]  # fmt: skip
PHONE, LAPTOP, PROJECTOR = (390, 844), (1280, 800), (1920, 1080)
SIZES = pytest.mark.parametrize("size", [PHONE, LAPTOP, PROJECTOR], ids=["phone", "laptop", "projector"])
NEEDS_CHROMIUM = pytest.mark.skipif(CHROMIUM is None and not os.environ.get("CI"), reason="no Chromium here")
RULES = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def launched() -> "Iterator[Browser]":
    """A browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield opened
        opened.close()


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An ASGI app on a port of this machine that is free; its address."""
    import uvicorn

    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", ws="none", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        listener.close()


def opened(
    browser: "Browser", address: str, size: tuple[int, int] = LAPTOP, **context: Any
) -> "tuple[Page, list[str]]":
    """A page of a server, or a file, in a window of its own, and what it complained of, failed to get, or asked for elsewhere."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, **context)
    page.set_default_timeout(20_000)
    own = address if address.startswith("file:") else "/".join(address.split("/")[:3])
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text))
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("requestfailed", lambda asked: _unless_given_up(troubles, asked))
    page.on(
        "request", lambda asked: None if asked.url.startswith((own, "data:", "blob:")) else troubles.append(asked.url)
    )
    page.goto(address)
    return page, troubles


def _unless_given_up(troubles: list[str], asked: Any) -> None:
    if "ERR_ABORTED" not in (asked.failure or ""):  # a newer question took its place
        troubles.append(f"{asked.url}: {asked.failure}")


def axe_faults(page: "Page") -> list[tuple[str, list[str]]]:
    """Serious faults that keep somebody out, by axe."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": RULES})
    faults = [fault for fault in found.response["violations"] if fault["impact"] in ("serious", "critical")]
    return [(fault["id"], [node["html"][:160] for node in fault["nodes"][:3]]) for fault in faults]


def cut_off(page: "Page") -> list[str]:
    """Parts of the page that reach past its right edge, unless they scroll by themselves or are not shown."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')]
            .filter(part => part.checkVisibility() && !part.closest('.scroll, .skip, .unseen, svg, canvas'))
            .filter(part => part.getBoundingClientRect().right > innerWidth + 1)
            .map(part => part.outerHTML.slice(0, 100))"""
    )


def number_in(text: str) -> float:
    """The first number of a text, per cent as a share."""
    found = re.search(r"[-−]?\d+(?:\.\d+)?", text)
    assert found, text
    value = float(found[0].replace("−", "-"))
    return value / 100 if "%" in text else value
