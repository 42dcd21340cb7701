"""Taking in 受理: verification on the spot, filing."""

from dispatch import catalogue
from dispatch.verbs.acting import Act, refused
from dispatch.verbs.people import somebody
from twin.models import Role


def send_out(act: Act) -> None:
    """Somebody in the field is to look 核实, 核查: a person, or any grid worker there."""
    if act.inputs.person is None:
        return
    person = somebody(act.inputs.person, act.case, {Role.GRID_WORKER})
    act.case.handler = person
    act.change["person"] = person.pk
    act.tell("task", f"请到现场：{act.verb.name_zh}", f"go and see: {act.verb.name_en.lower()}", user=person)


def verified(act: Act) -> None:
    act.change["result"] = act.inputs.result


def file(act: Act) -> None:
    """It becomes a case 立案; the filing condition may be chosen, and with it the limit."""
    number = act.inputs.condition
    if number is None:
        return
    category = catalogue.by_id(act.case.catalogue_id, act.known).categories[act.case.category]
    condition = category.conditions.get(number)
    if condition is None:
        have = ", ".join(map(str, category.conditions))
        raise refused(
            f"Category {category.code} has no filing condition {number}; it has {have}.",
            f"类别 {category.code} 没有第 {number} 条立案条件；现有：{have}。",
        )
    act.case.condition = number
    act.case.limit_value, act.case.limit_unit = condition.limit_value, condition.limit_unit
    act.change["condition"] = number
