"""What a fault is, and what a mend does, in sentences that a person can act on."""

from geo.plane import width
from geo.topology.checking import Fault
from geo.topology.ground import Ground, Piece


def sentence(fault: Fault, ground: Ground) -> tuple[str, str]:
    """In Chinese and English."""
    kind, area = ground.kind, f"{fault.area:,.1f} m²"
    zh, en = zip(*(_named(piece) for piece in fault.zones), strict=True)
    match fault.of:
        case "gap":
            said = (
                f"{zh[0]}内有 {area} 不属于任何{kind.name_zh}。",
                f"{area} of {en[0]} belong to no {_word(ground)}.",
            )
        case "overlap":
            said = f"{zh[0]}与{zh[1]}重叠 {area}。", f"{en[0]} and {en[1]} overlap by {area}."
        case "invalid":
            said = f"{zh[0]}的边界无效（{fault.reason}）。", f"The outline of {en[0]} is not valid: {fault.reason}."
        case "outside":
            said = _outside(fault, ground, zh, en)
        case "cells":
            said = (
                f"{zh[0]}不是由完整的单元网格组成：相差 {area}。",
                f"{en[0]} is not made of whole unit grid cells: it is off by {area}.",
            )
        case _:
            said = f"{zh[0]}过于狭窄（{area}）。", f"{en[0]} is very thin ({area})."
    if fault.fault == "sliver":
        metres = float(width(ground.plane.metres(fault.shape)))
        said = f"{said[0]}这是约 {metres:.2f} 米宽的细缝。", f"{said[1]} It is a sliver, about {metres:.2f} m wide."
    return said


def _outside(fault: Fault, ground: Ground, zh: tuple[str, ...], en: tuple[str, ...]) -> tuple[str, str]:
    if len(zh) < 2:
        parent = ground.parent
        assert parent is not None
        return f"{zh[0]}不在任何{parent.name_zh}内。", f"{en[0]} lies in no {parent.name_en.lower()}."
    area = f"{fault.area:,.1f} m²"
    return f"{zh[0]}有 {area} 超出{zh[1]}。", f"{area} of {en[0]} lie outside {en[1]}."


def mend_names(code: str, piece: Piece | None) -> tuple[str, str]:
    """What a mend is called, in Chinese and English."""
    zh, en = _named(piece) if piece else ("", "")
    return {
        "give_to": (f"划给{zh}", f"Give it to {en}"),
        "cut_from": (f"从{zh}中去除", f"Cut it from {en}"),
        "merge_into": (f"并入{zh}", f"Merge it into {en}"),
        "make_valid": ("修复边界", "Make the outline valid"),
        "clip_to_parent": ("裁剪到上级区域内", "Clip it to what it should lie in"),
        "whole_cells": ("取齐到单元网格", "Take the whole cells that it mostly covers"),
    }[code]


def _named(piece: Piece) -> tuple[str, str]:
    return f"{piece.name_zh}（{piece.code}）", f"{piece.name_en or piece.name_zh} ({piece.code})"


def _word(ground: Ground) -> str:
    return ground.kind.name_en.lower()
