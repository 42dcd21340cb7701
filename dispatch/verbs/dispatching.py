"""Dispatching 派遣: to which department, who helps, and who is reminded."""

from dispatch import clocks
from dispatch.departments import departments
from dispatch.models import Department, JointTask
from dispatch.verbs.acting import Act, refused
from twin.access import ancestry
from twin.models import Role


def known_department(act: Act, code: str) -> Department:
    found = departments.fresh(act.known).get(code)
    if found is None:
        raise refused(f"There is no department {code!r}.", f"没有部门 {code!r}。")
    return found


def dispatch(act: Act) -> None:
    """To the department that is given, else to the one that the rules decided on."""
    code = act.inputs.department or act.case.decision.get("department") or act.case.department
    give_to(act, known_department(act, code))


def redirect(act: Act) -> None:
    """To another department 改派."""
    if act.inputs.department == act.case.department:
        raise refused(
            f"{act.case.department} has it already; choose another department.", "案件已在该部门；请选择其他部门。"
        )
    give_to(act, known_department(act, act.inputs.department))


def give_to(act: Act, department: Department) -> None:
    """The limit begins with the dispatch, whoever had it before."""
    case = act.case
    act.change["department"] = [case.department, department.pk]
    case.department, case.handler = department.pk, None
    if department.pk in case.joint:
        share(act, [code for code in case.joint if code != department.pk])
    clocks.start(case, act.at, act.known)


def share(act: Act, joint: list[str]) -> None:
    """Set which departments help; they, and those above them, see the case."""
    act.case.joint, act.case.shared = sorted(joint), ancestry(joint)


def invite(act: Act) -> None:
    """Departments are asked to help 协办; the one that has it goes on leading."""
    codes = sorted({known_department(act, code).pk for code in act.inputs.departments})
    if act.case.department in codes:
        raise refused(f"{act.case.department} leads already.", f"{act.case.department} 已是主办部门。")
    waiting = {task.department for task in act.open_tasks} & set(codes)
    if waiting:
        raise refused(f"{', '.join(waiting)} helps already.", f"{'、'.join(waiting)} 已在协办。")
    JointTask.objects.bulk_create(
        JointTask(case=act.case, department=code, asked_by=act.person, asked_at=act.at, note=act.inputs.note)
        for code in codes
    )
    share(act, list({*act.case.joint, *codes}))
    act.change["departments"] = codes
    for code in codes:
        act.tell("joint", "请协办", "you are asked to help", role=Role.DEPARTMENT, department=code)


def urge(act: Act) -> None:
    act.case.urges += 1
    note = f"：{act.inputs.note}" if act.inputs.note else ""
    act.tell(
        "urge",
        f"催办（第 {act.case.urges} 次）{note}",
        f"urged, {act.case.urges} times now{note.replace('：', ': ')}",
        role=Role.DEPARTMENT,
        department=act.case.department,
    )


def supervise(act: Act) -> None:
    """Followed from above 督办; the status stays."""
    act.case.supervised = act.inputs.kind
    act.change["kind"] = act.inputs.kind
    zh, en = next((c.name_zh, c.name_en) for c in act.verb.choices["kind"] if c.code == act.inputs.kind)
    act.tell("supervise", zh, f"supervised: {en.lower()}", role=Role.DEPARTMENT, department=act.case.department)
