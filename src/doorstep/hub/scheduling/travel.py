"""Distance and travel time between two points on the ground, as the planner counts them."""

from math import asin, ceil, cos, radians, sin, sqrt

EARTH_RADIUS_M = 6_371_008.8
#: Streets are longer than the crow flies.
DETOUR = 1.3


def metres_between(lat_a: float, lon_a: float, lat_b: float, lon_b: float) -> float:
    p, q = radians(lat_a), radians(lat_b)
    half = sin((q - p) / 2) ** 2 + cos(p) * cos(q) * sin(radians(lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, half))) * DETOUR


def minutes_between(metres: float, kmh: float) -> int:
    return ceil(metres / (kmh * 1000 / 60) - 1e-9)
