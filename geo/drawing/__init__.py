"""Geometry for those who draw zones: union, difference, split, snap. Nothing here is saved."""
