"""The demo city: a seeded, synthetic district and the life in it."""
