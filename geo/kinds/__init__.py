"""Kinds of zone as data: what a code looks like, which attributes a zone has, inside what it lies, how it is drawn.

`attributes` and `codes` check what people enter, `saving` changes a kind, `api` is the way in for browsers.
"""
