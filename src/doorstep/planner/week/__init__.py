"""A week of needs to volunteers: a legal plan, a bound that proves how good it is, and reasons."""

from .advise import advise
from .again import Planned, planned_again
from .evenness import Even
from .promises import Contradiction
from .read import Malformed, load
from .search import Progress
from .solve import Result, solve

__all__ = ["Contradiction", "Even", "Malformed", "Planned", "Progress", "Result", "advise", "load", "planned_again", "solve"]
