"""Several hands at one kind of work: the same results in the same order as one hand alone, only sooner.

Used where work waits for others (a model's answers). Nothing is begun after a failure or Ctrl-C; what is under way
then may still end, so that what has been paid for is kept.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

GRACE_SECONDS = 5.0
"""How long Ctrl-C waits for what is under way."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def together(
    work: Callable[[Item], Result],
    items: Sequence[Item],
    hands: int,
    finished: Callable[[int, int], None] | None = None,
) -> list[Result]:
    """Do the work on every item with so many threads; ``finished`` hears how many are done and how many there are.

    Raises the failure of the first item, in their order, that failed.
    """
    if hands <= 1:
        alone = []
        for item in items:
            alone.append(work(item))
            if finished is not None:
                finished(len(alone), len(items))
        return alone
    done: queue.SimpleQueue[int] = queue.SimpleQueue()
    results: dict[int, Result] = {}
    failures: dict[int, BaseException] = {}
    todo, lock, stop = iter(range(len(items))), threading.Lock(), threading.Event()

    def hand() -> None:
        while not stop.is_set():
            with lock:
                index = next(todo, None)
            if index is None:
                break
            try:
                results[index] = work(items[index])
            except BaseException as error:  # carried to the caller's thread and raised there
                failures[index] = error
                stop.set()
            done.put(index)
        done.put(-1)

    threads = [threading.Thread(target=hand, daemon=True) for _ in range(min(hands, len(items)))]
    for thread in threads:
        thread.start()
    working, count = len(threads), 0
    try:
        while working:
            if done.get() < 0:
                working -= 1
            else:
                count += 1
                if finished is not None:
                    finished(count, len(items))
    except KeyboardInterrupt:
        stop.set()
        deadline = time.monotonic() + GRACE_SECONDS
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        raise
    if failures:
        raise failures[min(failures)]
    return [results[index] for index in range(len(items))]
