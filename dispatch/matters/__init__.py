"""The matter behind reports: registering by hand, finding what is the same, merging and splitting, calling back.

One matter is often reported by several people over several channels. Their reports stay rows of their own, each on
exactly one case; a case that is merged into another one 并案 keeps its reports, and the other one answers for them.
"""
