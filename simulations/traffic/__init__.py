"""Demo traffic: what the demo city's sensors, callers and grid workers report, and how its departments answer."""
