"""Whose turn it is: fair between visitors, bounded, and closed without waiting."""

import asyncio
import threading
import time
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the page needs persim[app]")

from persim.app.films import LUCK_PARTS, LUCKS_COUNTED, Films
from persim.app.pool import MOST_OF_ADDRESS, MOST_OF_ONE, BusyError, Pool
from persim.app.routing import OvertakenError, Seminar
from persim.other_lucks import joined_shares, luck_shares
from persim.scenario import read_scenario


@pytest.fixture
def held() -> "tuple[Pool, threading.Event]":
    """A pool of one thread that is held up until the event is set."""
    pool, event = Pool(1), threading.Event()
    pool.submit("first", event.wait)
    while pool.waiting:
        time.sleep(0.001)
    return pool, event


def test_a_visitor_with_many_jobs_does_not_hold_up_another(held: "tuple[Pool, threading.Event]") -> None:
    pool, event = held
    order: list[str] = []
    many = [pool.submit("greedy", lambda: order.append("greedy")) for _ in range(50)]
    one = pool.submit("modest", lambda: order.append("modest"))
    event.set()
    for future in [*many, one]:
        future.result(10)
    assert order.index("modest") <= 1
    pool.close()


def test_jobs_of_one_visitor_are_done_in_order(held: "tuple[Pool, threading.Event]") -> None:
    pool, event = held
    done: list[int] = []
    futures = [pool.submit("one", lambda n=n: done.append(n)) for n in range(20)]
    event.set()
    for future in futures:
        future.result(10)
    assert done == list(range(20))
    pool.close()


def test_a_line_that_is_full_is_refused_and_others_go_on(held: "tuple[Pool, threading.Event]") -> None:
    pool, event = held
    futures = [pool.submit("greedy", int) for _ in range(MOST_OF_ONE)]
    with pytest.raises(BusyError):
        pool.submit("greedy", int)
    other = pool.submit("modest", int)
    event.set()
    assert other.result(10) == 0
    assert [future.result(10) for future in futures] == [0] * MOST_OF_ONE
    assert pool.waiting == 0
    pool.close()


def test_what_a_job_raises_reaches_whoever_waits_for_it_and_the_thread_goes_on() -> None:
    pool = Pool(1)
    with pytest.raises(ZeroDivisionError):
        pool.submit("one", lambda: 1 // 0).result(10)
    assert pool.submit("one", lambda: 7).result(10) == 7
    pool.close()


def test_a_job_that_was_given_up_is_not_done(held: "tuple[Pool, threading.Event]") -> None:
    pool, event = held
    done: list[int] = []
    dropped = pool.submit("one", lambda: done.append(1))
    kept = pool.submit("one", lambda: done.append(2))
    assert dropped.cancel()
    event.set()
    kept.result(10)
    assert done == [2]
    pool.close()


def test_what_a_visitor_gave_up_takes_no_turn_and_no_room(held: "tuple[Pool, threading.Event]") -> None:
    pool, event = held
    order: list[str] = []
    pool.give_up("turns a dial", [pool.submit("turns a dial", int) for _ in range(MOST_OF_ONE)])
    assert (pool.waiting, pool.visitors) == (0, 0)
    for _ in range(5):
        pool.submit("modest", lambda: order.append("modest"))
    last = pool.submit("turns a dial", lambda: order.append("turns a dial"))
    event.set()
    last.result(10)
    assert order.index("turns a dial") <= 1
    pool.close()


@pytest.fixture
def seminar() -> "tuple[Seminar, Any, threading.Event]":
    """A server's threads, one and held up; a request of a visitor; and the event that lets the thread go on."""
    made, event = Seminar(1), threading.Event()
    made.pool.submit("first", event.wait)
    while made.pool.waiting:
        time.sleep(0.001)
    scope = {"client": ("192.168.1.9", 1), "headers": [(b"x-visitor", b"visitor-0001")]}
    return made, SimpleNamespace(scope=scope, receive=_stays), event


async def _stays() -> dict[str, str]:
    await asyncio.Event().wait()
    return {}


def test_who_asks_anew_is_answered_and_the_older_question_is_overtaken(
    seminar: "tuple[Seminar, Any, threading.Event]",
) -> None:
    made, request, event = seminar

    async def ask_twice() -> tuple[Any, list[int], int]:
        older = asyncio.create_task(made.run(request, "curves", [int] * 150))
        await asyncio.sleep(0)
        # Together with the older ones that is more than a line holds.
        newer = asyncio.create_task(made.run(request, "curves", [int] * 150))
        await asyncio.sleep(0)
        waiting = made.pool.waiting
        event.set()
        (old,) = await asyncio.gather(older, return_exceptions=True)
        return old, await newer, waiting

    old, new, waiting = asyncio.run(ask_twice())
    assert isinstance(old, OvertakenError)
    assert new == [0] * 150
    assert waiting == 150
    assert made._asked == {}
    made.pool.close()


def test_a_request_that_the_server_ends_is_ended_and_not_told_that_it_was_overtaken(
    seminar: "tuple[Seminar, Any, threading.Event]",
) -> None:
    made, request, event = seminar

    async def ask_and_stop() -> None:
        asking = asyncio.create_task(made.run(request, "curves", [int] * 3))
        await asyncio.sleep(0)
        asking.cancel()
        await asking

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(ask_and_stop())
    assert made.pool.waiting == 0
    event.set()
    made.pool.close()


def test_what_a_page_asked_that_is_gone_is_given_up(seminar: "tuple[Seminar, Any, threading.Event]") -> None:
    made, request, event = seminar

    async def goes() -> dict[str, str]:
        return {"type": "http.disconnect"}

    request.receive = goes
    with pytest.raises(OvertakenError):
        asyncio.run(made.run(request, "curves", [int] * 80))
    assert (made.pool.waiting, made._asked) == (0, {})
    event.set()
    made.pool.close()


def test_where_shared_jobs_do_not_fit_none_of_them_stays_in_line(
    seminar: "tuple[Seminar, Any, threading.Event]",
) -> None:
    made, _, event = seminar
    with pytest.raises(BusyError):
        asyncio.run(made.shared([int] * (MOST_OF_ONE + 1)))
    assert made.pool.waiting == 0
    event.set()
    made.pool.close()


def test_a_closed_pool_gives_up_its_line_and_takes_no_more(held: "tuple[Pool, threading.Event]") -> None:
    pool, event = held
    waiting = pool.submit("one", int)
    pool.close()
    event.set()
    assert waiting.cancelled()
    with pytest.raises(BusyError):
        pool.submit("one", int)


def test_visitors_who_ask_for_the_same_film_share_one_making(monkeypatch: pytest.MonkeyPatch) -> None:
    from persim.app import films as module

    made, real = [], module.filmed

    def counted(*given: object) -> object:
        made.append(given)
        time.sleep(0.05)
        return real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "filmed", counted)
    films, scenario = Films(), read_scenario("baseline").changed(n_users=60, n_weeks=30)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(films.get(scenario, 1))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 8
    assert len(made) == 1
    assert all(one is found[0] for one in found)


def test_films_beyond_the_bound_are_dropped_and_made_again_alike() -> None:
    films, scenario = Films(most=2), read_scenario("baseline").changed(n_users=60, n_weeks=30)
    first = films.get(scenario, 1)
    for seed in (2, 3):
        films.get(scenario, seed)
    again = films.get(scenario, 1)
    assert again is not first
    assert again.film.as_bytes() == first.film.as_bytes()
    assert films.get(scenario, 3) is films.get(scenario, 3)


def test_an_address_that_invents_visitors_gets_one_turn_in_a_round(held: "tuple[Pool, threading.Event]") -> None:
    pool, event = held
    order: list[str] = []
    many = [pool.submit(f"10.0.0.9 invented-{n}", lambda: order.append("invented")) for n in range(100)]
    one = pool.submit("10.0.0.7 honest-one", lambda: order.append("honest"))
    event.set()
    for future in [*many, one]:
        future.result(10)
    assert order.index("honest") <= 1
    pool.close()


def test_an_address_that_invents_visitors_leaves_room_in_line(held: "tuple[Pool, threading.Event]") -> None:
    pool, event = held
    for n in range(MOST_OF_ADDRESS):
        pool.submit(f"10.0.0.9 invented-{n // 50}", int)
    with pytest.raises(BusyError):
        pool.submit("10.0.0.9 invented-last", int)
    assert not pool.submit("10.0.0.7 honest-one", int).cancelled()
    pool.close()
    event.set()


def test_runs_that_are_large_are_kept_in_smaller_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    from persim.app import films as module

    films, scenario = Films(), read_scenario("baseline").changed(n_users=60, n_weeks=30)
    first = films.get(scenario, 1)
    monkeypatch.setattr(module, "MOST_BYTES", 2 * first.size)
    assert first.size > first.ledger.rows.nbytes
    for seed in (2, 3, 4):
        films.get(scenario, seed)
    assert films.get(scenario, 4) is films.get(scenario, 4)
    assert films.get(scenario, 1) is not first


def test_lucks_counted_in_parts_are_those_counted_at_once() -> None:
    films, scenario = Films(), read_scenario("baseline").changed(n_users=60, n_weeks=52)
    whole = luck_shares(scenario, 1, range(LUCKS_COUNTED))
    parts = joined_shares([films.shares(scenario, 1, part) for part in LUCK_PARTS])
    assert parts.as_json(5) == whole.as_json(5)
    assert parts.lucks == whole.lucks
