"""Proof: what is claimed of the city, measured (`yiwang bench`) and put to the test (`yiwang check`).

Each run has a database, topics and processes of its own and leaves the city's data alone. Read `private.py` first.
"""
