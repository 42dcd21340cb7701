"""Logins of departments' own systems: a token, and the service user as whom the system acts."""

import hashlib
import secrets
import uuid

from django.http import HttpRequest
from ninja.security import HttpBearer

from dispatch import keeping
from dispatch.models import Department, SystemToken
from twin import audit, journal
from twin.models import Grant, Role, User
from twin.problems import Problem


def digest(text: bytes | str) -> str:
    """Tokens are 32 random bytes, so a plain digest keeps them: there is no dictionary to try."""
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


class DepartmentToken(HttpBearer):
    """`Authorization: Bearer` with the token of a department's system."""

    def authenticate(self, request: HttpRequest, token: str) -> SystemToken | None:
        found = SystemToken.objects.select_related("user").filter(token_hash=digest(token), active=True).first()
        return found if found is not None and found.user.is_active else None


def system(request: HttpRequest) -> SystemToken:
    """Which system asks; for views behind its token."""
    token: SystemToken = request.auth  # type: ignore[attr-defined]
    return token


def issue(code: str, name: str, by: User, *, request: HttpRequest | None = None) -> tuple[SystemToken, str]:
    """A new token for a department's system, with its service user; the token is told this once and never again."""
    if not Department.objects.filter(pk=code).exists():
        raise Problem(404, f"There is no department {code}.", detail_zh=f"没有部门 {code}。")
    plain = secrets.token_urlsafe(32)
    with journal.writing() as said:
        user = User(username=f"system-{code}-{uuid.uuid4().hex[:8]}"[:150], name=name)
        user.set_unusable_password()
        user.save()
        Grant.objects.create(user=user, role=Role.DEPARTMENT, departments=[code])
        token = SystemToken.objects.create(name=name, department=code, user=user, token_hash=digest(plain))
        audit.record("system_token.issued", by, "department", code, request=request, token=token.pk, name=name)
        keeping.say(said, "token.made", str(token.pk), 1, code, by, name=name)
    return token, plain


def withdraw(token_id: int, by: User, *, code: str = "", request: HttpRequest | None = None) -> None:
    """The token, of this department if one is named, is void from now on. Raises Problem 404."""
    with journal.writing() as said:
        mine = SystemToken.objects.filter(department=code) if code else SystemToken.objects.all()
        token = mine.select_for_update().filter(pk=token_id, active=True).first()
        if token is None:
            raise Problem(
                404,
                "There is no such token, or it is withdrawn already.",
                detail_zh="没有这个令牌，或已作废。",
            )
        SystemToken.objects.filter(pk=token_id).update(active=False)
        audit.record("system_token.withdrawn", by, "system_token", str(token_id), request=request)
        keeping.say(said, "token.withdrawn", str(token_id), 2, token.department, by, name=token.name)
