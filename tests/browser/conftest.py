"""One browser for every file of tests that asks for it; none where there is no Chromium."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from browsing import launched

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")  # while one is open, nothing else in the process can run an event loop
def browser() -> "Iterator[Browser]":
    """A browser without a network."""
    with launched() as found:
        yield found


@pytest.fixture(autouse=True)
def _closed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close the windows that a test has left open: they would go on asking a server that has stopped."""
    yield
    if "browser" in request.fixturenames:
        for context in request.getfixturevalue("browser").contexts:
            context.close()
