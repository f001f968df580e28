"""A point that somebody read off a map or a phone: two numbers in either order, and as Chinese maps draw it or as satellites say it."""

import re
from math import cos, pi, sin, sqrt

from .travel import metres_between

#: Latitudes and longitudes of China, so far apart that nobody has to say which is which.
LATITUDES, LONGITUDES = (3.0, 54.0), (73.0, 136.0)
NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
#: The ellipsoid by which Chinese maps shift what they show (GCJ-02).
AXIS, ECCENTRICITY = 6_378_245.0, 0.00669342162296594323
Point = tuple[float, float]


def read_point(words: str) -> Point | None:
    """Latitude and longitude, whichever was written first; None if these are not two numbers of a place in China."""
    found = [float(number) for number in NUMBERS.findall(words)]
    if len(found) != 2:
        return None
    for lat, lon in (found, reversed(found)):
        if LATITUDES[0] <= lat <= LATITUDES[1] and LONGITUDES[0] <= lon <= LONGITUDES[1]:
            return lat, lon
    return None


def on_chinese_maps(point: Point) -> Point:
    """Where maps in China draw a point: some hundred metres off, by a formula that is known."""
    lat, lon = point
    x, y = lon - 105.0, lat - 35.0
    waves = (20 * sin(6 * x * pi) + 20 * sin(2 * x * pi)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20 * sin(y * pi) + 40 * sin(y / 3 * pi)) * 2 / 3 + (160 * sin(y / 12 * pi) + 320 * sin(y * pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20 * sin(x * pi) + 40 * sin(x / 3 * pi)) * 2 / 3 + (150 * sin(x / 12 * pi) + 300 * sin(x / 30 * pi)) * 2 / 3
    flat = 1 - ECCENTRICITY * sin(lat / 180 * pi) ** 2
    north_degrees = north * 180 / (AXIS * (1 - ECCENTRICITY) / (flat * sqrt(flat)) * pi)
    return lat + north_degrees, lon + east * 180 / (AXIS / sqrt(flat) * cos(lat / 180 * pi) * pi)


def from_chinese_maps(point: Point) -> Point:
    """Where it is, to less than a metre: the shift changes slowly, so that taking off what comes too much ends quickly."""
    lat, lon = point
    for _step in range(5):
        drawn = on_chinese_maps((lat, lon))
        lat, lon = lat - (drawn[0] - point[0]), lon - (drawn[1] - point[1])
    return lat, lon


def is_near(point: Point, other: Point, metres: float) -> bool:
    return metres_between(*point, *other) <= metres
