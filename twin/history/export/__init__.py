"""A moment of the city as a file that opens without the server: a page with a map, and the data beside it."""
