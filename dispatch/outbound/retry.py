"""When a delivery that failed is tried again, and when it is given up."""

import random
from datetime import timedelta

# With these a receiver may be away for about ten hours before its oldest task is given up. They are constants, not
# settings: nobody has to tune them, and what was given up can be sent again.
ATTEMPTS = 60
FIRST = 2.0  # seconds
LONGEST = 900.0


def pause(attempts: int) -> timedelta:
    """After so many attempts: doubling, bounded, and spread, so that a receiver that comes back is not stormed."""
    whole = min(FIRST * 2.0 ** min(attempts - 1, 30), LONGEST)
    return timedelta(seconds=whole * random.uniform(0.5, 1.0))
