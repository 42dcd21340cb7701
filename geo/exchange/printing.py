"""A plan as people read it in a terminal: the counts first, then what changes, then every fault with what to do."""

from django.utils import timezone
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.exchange.faults import Fault
from geo.exchange.plan import Plan, Step

MOST_LINES = 20  # of each table, unless all are asked for


def show(console: Console, plan: Plan, everything: bool) -> None:
    """Print a plan; long tables are cut unless `everything`."""
    most = len(plan.source.table.features) if everything else MOST_LINES
    _show_counts(console, plan)
    _show_source(console, plan)
    _show_zones(console, "新增 created", plan.created, most)
    _show_zones(console, "变更 changed", plan.changed, most)
    _show_retired(console, plan, most)
    _show_mended(console, plan, most)
    _show_faults(console, "[yellow]警告 warnings[/]", plan.warnings, most)
    _show_faults(console, "[red]错误 faults[/]", plan.faults, most)


def _show_source(console: Console, plan: Plan) -> None:
    source, table = plan.source, plan.source.table
    encoding = f", table in {table.encoding}" if table.encoding else ""
    columns = [f"{field} ← {column}" for field, column in source.mapped.fields.items()]
    kept, ignored = source.mapped.attributes, source.mapped.ignored
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="bold", no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row("文件 file", escape(f"{source.name}  {source.sha256[:12]}"))
    grid.add_row("", escape(f"{table.format}, layer {table.layer}, {len(table.features):,} features{encoding}"))
    grid.add_row("坐标系 system", escape(f"{source.system.name} → WGS-84"))
    grid.add_row("列 columns", escape("  ".join(columns)))
    grid.add_row("属性 attributes", escape(", ".join(kept) or "–"))
    if ignored:
        grid.add_row("不用 left out", escape(", ".join(ignored)))
    grid.add_row("生效 holds from", timezone.localtime(plan.begin).isoformat(timespec="minutes"))
    for zh, en in source.notes:
        grid.add_row("[yellow]注意 note[/]", f"[yellow]{escape(zh)}\n{escape(en)}[/]")
    console.print(grid)


def _show_counts(console: Console, plan: Plan) -> None:
    parts = [part for step in plan.changed for part in step.parts]
    detail = ", ".join(f"{part} {parts.count(part):,}" for part in dict.fromkeys(parts))
    counts = {
        "新增 created": (len(plan.created), "green"),
        "变更 changed": (len(plan.changed), "cyan"),
        "不变 unchanged": (len(plan.unchanged), "default"),
        "停用 retired": (len(plan.retired), "magenta"),
        "修复 mended": (len(plan.source.mended), "yellow"),
        "错误 faults": (len(plan.faults), "red"),
    }
    if plan.warnings:
        counts["警告 warnings"] = len(plan.warnings), "yellow"
    line = "   ".join(f"[{style if n else 'dim'}]{name} [bold]{n:,}[/][/]" for name, (n, style) in counts.items())
    console.print(
        f"[bold]{plan.kind.name_zh} {plan.kind.code}[/]   {line}" + (f"\n({detail})" if detail else "") + "\n"
    )


def _show_zones(console: Console, title: str, steps: list[Step], most: int) -> None:
    if not steps:
        return
    table = _table(title, "row", "code", "name", "what")
    for step in steps[:most]:
        name = f"{step.draft.name_zh} {step.draft.name_en}"
        table.add_row(str(step.row), escape(step.draft.code), escape(name), ", ".join(step.parts))
    _finish(console, table, len(steps), most)


def _show_retired(console: Console, plan: Plan, most: int) -> None:
    if plan.retired:
        table = _table("停用 retired (not in the file)", "code", "name")
        for version in plan.retired[:most]:
            table.add_row(escape(version.zone.code), escape(f"{version.name_zh} {version.name_en}"))
        _finish(console, table, len(plan.retired), most)


def _show_mended(console: Console, plan: Plan, most: int) -> None:
    mended = plan.source.mended
    if mended:
        table = _table("修复 mended", "row", "feature", "code", "was", "area now")
        for one in mended[:most]:
            table.add_row(*_cells(one.fault), escape(one.fault.zh), f"{one.area:,.0f} m²")
        _finish(console, table, len(mended), most)


def _show_faults(console: Console, title: str, faults: list[Fault], most: int) -> None:
    if faults:
        table = _table(title, "row", "feature", "code", "what is wrong, and what to do")
        for fault in faults[:most]:
            table.add_row(*_cells(fault), f"{escape(fault.zh)}\n[dim]{escape(fault.en)}[/]")
        _finish(console, table, len(faults), most)


def _cells(fault: Fault) -> tuple[str, str, str]:
    if fault.row is None:
        return "–", "–", escape(fault.code)
    return str(fault.row), "–" if fault.feature is None else str(fault.feature), escape(fault.code)


def _table(title: str, *columns: str) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", title=title, title_justify="left")
    for column in columns:
        right = column in ("row", "feature", "area now")
        table.add_column(column, justify="right" if right else "left", overflow="fold")
    return table


def _finish(console: Console, table: Table, total: int, most: int) -> None:
    console.print()
    console.print(table)
    if total > most:
        console.print(f"… and {total - most:,} more; --all lists them, --json gives all to a program", style="dim")
