"""Routing rules: ordered, typed conditions, evaluated for a whole batch at once, with a record of why.

A rule is data: `when` is a list of conditions that must all hold, the results say where the case goes and how. Rules
are tried in order and the first whose conditions all hold decides. Names and types are checked when a rule is saved,
by reading it, never by evaluating it with made-up values; a rule that cannot be met is refused, not switched off.

Conditions are data too, not text of an expression language (CEL is the usual one). A form can show and edit them,
each operand is checked against what the city has, all of them together become a few NumPy operations for a whole
batch, and a failed one can be said in words. An expression would have to be taken apart again for all of this.
"""

from dispatch.rules.checking import check
from dispatch.rules.compiled import Compiled, Decision, Rules, compile_rules
from dispatch.rules.facts import Facts, World
from dispatch.rules.fields import FIELDS, ROLES, Condition

__all__ = ["FIELDS", "ROLES", "Compiled", "Condition", "Decision", "Facts", "Rules", "World", "check", "compile_rules"]
