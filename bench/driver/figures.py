"""From runs to figures: medians with their spread, and ratios taken within a round before they are summed up."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Spread:
    """A median and the range it comes from."""

    median: float
    low: float
    high: float


def median(values):
    """The middle of the values, or the mean of the two middle ones."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    middle = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[middle]
    return (ordered[middle - 1] + ordered[middle]) / 2


def spread(values):
    """Median and range of the values."""
    return Spread(median(values), min(values), max(values))


def per_round_ratio(numerators, denominators):
    """Spread of the ratios of values of the same round.

    A machine drifts over minutes by more than the differences looked for; within a round both sides meet the same machine.
    """
    if len(numerators) != len(denominators):
        raise ValueError("the sides have not run the same rounds")
    if any(not math.isfinite(value) or value <= 0 for value in denominators):
        raise ValueError("a rate is not positive")
    return spread([above / below for above, below in zip(numerators, denominators)])


def best(rates_by_side):
    """The side with the highest median rate: the one a user would have chosen, not the luckiest of each round."""
    return max(rates_by_side, key=lambda side: median(rates_by_side[side]))


def round_order(sides, number):
    """The sides in the order of round `number`: rotated, and every other round backwards, so that none always follows the
    same neighbour."""
    if not sides:
        return []
    turn = (number // 2) % len(sides)
    order = list(sides[turn:]) + list(sides[:turn])
    return order if number % 2 == 0 else order[::-1]
