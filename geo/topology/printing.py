"""A report as people read it in a terminal: how many of which fault, then each with its place and its mends."""

from collections import Counter
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.topology.ground import Ground

MOST_LINES = 20  # unless all are asked for
NAMES = {
    "invalid": "无效 invalid",
    "overlap": "重叠 overlap",
    "gap": "间隙 gap",
    "outside_parent": "越界 outside its parent",
    "not_of_cells": "非整格 not of whole cells",
    "sliver": "细缝 sliver",
}


def show(console: Console, ground: Ground, report: dict[str, Any], everything: bool) -> None:
    """Print what `report.as_json` gave of the ground; a long list is cut unless `everything`."""
    faults = report["faults"]
    counts = Counter(fault["fault"] for fault in faults)
    line = "   ".join(f"[red]{name} [bold]{counts[fault]:,}[/][/]" for fault, name in NAMES.items() if counts[fault])
    checked = f"[bold]{escape(ground.kind.name_zh)} {ground.kind.code}[/]   检查 checked [bold]{report['checked']:,}[/]"
    console.print(f"{checked}   {line or '[green]没有问题 no faults[/]'}")
    if not faults:
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("fault", "area", "longitude latitude"):
        table.add_column(name, justify="right" if name == "area" else "left", no_wrap=True)
    table.add_column("what is wrong, and what could be done", overflow="fold")
    for fault in faults if everything else faults[:MOST_LINES]:
        lon, lat = fault["place"]
        mends = "; ".join(f"{mend['name_zh']} {mend['name_en']}" for mend in fault["mends"])
        said = f"{escape(fault['sentence_zh'])}\n{escape(fault['sentence_en'])}"
        said += f"\n[dim]{escape(mends)}[/]" if mends else ""
        area = f"{fault['area_m2']:,.1f} m²"
        table.add_row(NAMES[fault["fault"]], area, f"{lon:.6f} {lat:.6f}", said)
    console.print()
    console.print(table)
    left = report["total"] - (len(faults) if everything else min(len(faults), MOST_LINES))
    if left:
        console.print(f"… and {left:,} more; --all lists them, --json gives them to a program", style="dim")
