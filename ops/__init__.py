"""Setting up, starting and stopping a city on one machine. Runs on the standard library alone, except `ops.app`."""
