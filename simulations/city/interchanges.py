"""Ramps where an expressway meets another great road."""

import math

import numpy as np
import shapely
from shapely import LineString, Point

from simulations.city.frame import Floats
from simulations.city.names import NO_NAME
from simulations.city.roads import Road

GREAT = ("expressway", "arterial")
ON_EXPRESSWAY, ON_CROSSROAD = 230.0, 130.0  # metres from the crossing to where a ramp begins and ends
BEND = 0.25  # how far a ramp swings out towards the crossing; 0 touches it
SAMPLES = np.linspace(0, 1, 13)[:, None]


def ramps(roads: list[Road]) -> list[Road]:
    """Four ramps at each crossing of an expressway with an expressway or arterial; two where one of them ends."""
    great = [road for road in roads if road.road_class in GREAT]
    made: list[Road] = []
    done: list[Point] = []
    for i, first in enumerate(great):
        for second in great[i + 1 :]:
            if "expressway" not in (first.road_class, second.road_class) or not first.line.intersects(second.line):
                continue
            for point in shapely.get_parts(first.line.intersection(second.line)):
                if point.geom_type == "Point" and all(point.distance(other) > 300 for other in done):
                    done.append(point)
                    made += [Road("secondary", NO_NAME, line) for line in _ramps_at(point, first, second)]
    return made


def _ramps_at(point: Point, first: Road, second: Road) -> list[LineString]:
    legs = [(0, leg) for leg in _legs(first, point)] + [(1, leg) for leg in _legs(second, point)]
    middle = shapely.get_coordinates(point)[0]
    legs.sort(key=lambda leg: math.atan2(*(leg[1] - middle)[::-1]))
    pairs = zip(legs, legs[1:] + legs[:1], strict=True)
    return [_curve(a, middle, b) for (road_a, a), (road_b, b) in pairs if road_a != road_b]


def _legs(road: Road, point: Point) -> list[Floats]:
    """The places on the road some way before and after the crossing, as far as the road goes on there."""
    reach = ON_EXPRESSWAY if road.road_class == "expressway" else ON_CROSSROAD
    at = road.line.project(point)
    spots = [at - reach, at + reach]
    if road.line.is_ring:
        spots = [spot % road.line.length for spot in spots]
    return [shapely.get_coordinates(road.line.interpolate(s))[0] for s in spots if 0 <= s <= road.line.length]


def _curve(start: Floats, middle: Floats, end: Floats) -> LineString:
    control = middle + BEND * ((start + end) / 2 - middle)
    return LineString((1 - SAMPLES) ** 2 * start + 2 * SAMPLES * (1 - SAMPLES) * control + SAMPLES**2 * end)
