"""After the search: what was proposed before stays where it can, and the plan is evened out if somebody asked for it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from .candidates import THREADS
from .draft import visits_of
from .evenness import STEADY, Even, even_out
from .problem import JSON
from .score import value_of
from .search import Found, Search
from .steady import from_published

HALF, SEARCH_SHARE = 0.5, 0.75  # of the time, when the plan is evened out afterwards


def finish(search: Search, found: Found, even: Even | None, late: Callable[[], bool]) -> JSON | None:
    """Puts the better draft into `found`; returns what the evening did."""
    problem, options, weeks, board = search.problem, search.options, search.weeks, search.board
    with ThreadPoolExecutor(THREADS) as pool:
        steady = from_published(problem, options, weeks, board, search.seed, pool, late, STEADY if even else 0.0)
        start = found.draft
        if steady is not None:
            value = value_of(problem, visits_of(problem, options, steady))
            # An even plan begins with what people may have heard of, if that leaves something to give up for the rest.
            near = even is not None and value >= found.value - HALF * even.give_up * abs(found.value)
            if value > found.value:
                found.draft, found.value = steady, value
            start = steady if near else found.draft
        if even is None:
            return None
        evened = even_out(problem, options, weeks, board, found.draft, start, even, search.seed, pool, late)
    found.draft, found.value = evened.draft, evened.value
    return evened.account
