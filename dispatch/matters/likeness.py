"""How alike two texts are: the share of neighbouring character pairs that they have in common.

In code and not by PostgreSQL's pg_trgm: whether that sees Chinese characters at all depends on the locale that the
database was made with, it needs the right to create an extension, and only a few candidates are ever compared.
"""

from collections import Counter
from itertools import pairwise


def likeness(one: str, other: str) -> float:
    """0 (nothing in common) to 1 (the same), by Dice's coefficient; capitals and marks do not count."""
    a, b = _pairs(one), _pairs(other)
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0


def _pairs(text: str) -> Counter[str]:
    letters = [c for c in text.casefold() if c.isalnum()]
    return Counter(first + second for first, second in pairwise(letters))
