"""How zones lie to each other, and to what they should lie in: a report of faults, each at its place, with mends.

`ground` loads what is looked at, `checking` finds the faults, `overlaps` is the part of it that an import asks too,
`wording` says what they are, `mending` proposes changes that a person can look at, preview and save.

Shapes are cut and joined in degrees, so that corners stay the very same numbers; lengths and areas are measured in a
local plane, in metres.
"""
