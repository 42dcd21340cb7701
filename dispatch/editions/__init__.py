"""Editions of the catalogue from a city's own table: read, said what it would change, then taken in whole."""
