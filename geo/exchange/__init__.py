"""Zones out of files and into files.

`files` and `reading` open what people have (GeoJSON, Shapefile, GeoPackage, KML, FlatGeobuf), `systems` brings it to
WGS-84, `columns` says which column is what. `plan` compares the rows with the zones that are there and names every
fault; `applying` writes a plan, all of it or nothing. `writing` goes the other way.
"""
