"""Take the picture of the seminar's page that README and docs/seminar.md show: two worlds, the same people.

`python scripts/seminar_picture.py` opens the page in Chromium (which has to be there) and writes docs/images/seminar.png.
"""

import io
import shutil
import socket
import sys
import threading
import time
from pathlib import Path

import uvicorn
from PIL import Image
from playwright.sync_api import ViewportSize, sync_playwright

from persim.app.server import make_app
from persim.simulate import ready_the_compiled_model

PLACE = Path(__file__).resolve().parent.parent / "docs" / "images" / "seminar.png"
ADDRESS = "/?right.scenario=gold_standard&week=195"
WINDOW = ViewportSize(width=1480, height=940)


def main() -> None:
    """Serve the page, look at it, write the picture."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("this needs Chromium")
    for ledger in (False, True):
        ready_the_compiled_model(ledger)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(make_app(), log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--headless", "--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(viewport=WINDOW)
        page.goto(f"http://127.0.0.1:{listener.getsockname()[1]}{ADDRESS}")
        page.locator("body[data-ready]").wait_for(state="attached")
        page.wait_for_timeout(1500)
        content = page.screenshot()
        browser.close()
    server.should_exit = True
    thread.join(5)
    picture = (
        Image.open(io.BytesIO(content)).convert("RGB").quantize(256, kmeans=3)
    )  # a third as large, and looks the same
    picture.save(PLACE, optimize=True)
    print(f"wrote {PLACE.name}: {PLACE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
