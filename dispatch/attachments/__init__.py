"""Photos and papers: taken in, kept as files, shown to those who may see the case."""
