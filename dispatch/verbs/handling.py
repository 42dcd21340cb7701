"""Handling 处置: what the departments do."""

from dispatch.verbs.acting import Act, refused
from dispatch.verbs.people import roles_in, somebody
from twin.models import Role

OF_DEPARTMENT = {Role.DEPARTMENT.value, Role.DEPARTMENT_HEAD.value}


def give_back(act: Act) -> None:
    """It is not ours 回退; the dispatcher finds another department. The limit runs on."""
    act.case.returns += 1


def hand_over(act: Act) -> None:
    """To a person of the department 转交."""
    person = somebody(act.inputs.person or 0, act.case, OF_DEPARTMENT, of_department=True)
    act.case.handler = person
    act.change["person"] = person.pk
    act.tell("task", "交由你承办", "handed to you", user=person)


def opine(act: Act) -> None:
    """A department that helps says what it has done or thinks 协办意见, which ends its part."""
    wanted = act.inputs.department
    mine = [
        task
        for task in act.open_tasks
        if not roles_in(act.grants, task.department, act.case).isdisjoint(act.verb.roles)
        and wanted in ("", task.department)
    ]
    if not mine:
        raise refused("Your department is not asked to help with this case.", "你的部门没有待办的协办任务。")
    task = mine[0]
    task.opinion, task.answered_by, task.answered_at = act.inputs.opinion, act.person, act.at
    task.save(update_fields=["opinion", "answered_by", "answered_at"])
    act.change |= {"department": task.department, "opinion": act.inputs.opinion}
    act.tell(
        "joint",
        f"{task.department} 已提交协办意见",
        f"{task.department} has given its opinion",
        role=Role.DEPARTMENT,
        department=act.case.department,
    )


def complete(act: Act) -> None:
    """The department says that it is done 处置反馈."""
    act.case.handled_at = act.at
