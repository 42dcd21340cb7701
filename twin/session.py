"""Login, logout and who I am."""

from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.db import transaction
from django.http import HttpRequest
from django.middleware.csrf import get_token
from ninja import Router, Schema

from twin import audit
from twin.models import Grant, Role, User
from twin.problems import Problem

router = Router(tags=["session"])


class Credentials(Schema):
    username: str
    password: str


class Me(Schema):
    username: str
    name: str
    roles: list[str]
    departments: list[str]


class DemoLogin(Schema):
    username: str
    password: str
    role: str
    role_zh: str
    role_en: str


def person(request: HttpRequest) -> User:
    """Who asks; for views behind a login."""
    assert isinstance(request.user, User)
    return request.user


def me(user: User) -> Me:
    grants = list(user.grants.all())
    return Me(
        username=user.username,
        name=user.name,
        roles=sorted({grant.role for grant in grants}),
        departments=sorted({code for grant in grants for code in grant.departments}),
    )


@router.get("/me", response=Me)
def who_am_i(request: HttpRequest) -> Me:
    get_token(request)  # sets the CSRF cookie that every change needs
    return me(person(request))


@router.post("/login", response=Me, auth=None)
def log_in(request: HttpRequest, credentials: Credentials) -> Me:
    user = authenticate(request, username=credentials.username, password=credentials.password)
    if not isinstance(user, User):
        audit.record("login.failed", None, request=request, username=credentials.username[:150])
        raise Problem(401, "This user name and password do not belong together.", detail_zh="用户名或密码不正确。")
    with transaction.atomic():
        login(request, user)
        audit.record("login.succeeded", user, request=request)
    return me(user)


@router.post("/logout")
def log_out(request: HttpRequest) -> dict[str, bool]:
    logout(request)
    return {"logged_out": True}


@router.get("/demo-logins", response=list[DemoLogin], auth=None)
def demo_logins(request: HttpRequest) -> list[DemoLogin]:
    if not settings.DEMO_CITY:
        raise Problem(
            404,
            "This is no demo city; ask your administrator for a login.",
            detail_zh="这里不是演示城市，请向管理员申请账号。",
        )
    get_token(request)
    return list_demo_logins()


def list_demo_logins() -> list[DemoLogin]:
    """One login per role of the demo city; the password of a demo login is its user name and `-city`."""
    found: dict[str, DemoLogin] = {}
    for grant in Grant.objects.filter(user__username__startswith="demo-").select_related("user").order_by("pk"):
        zh, en = Role(grant.role).label.split(" ", 1)
        username = grant.user.username
        password = f"{username}-city"
        found.setdefault(
            grant.role, DemoLogin(username=username, password=password, role=grant.role, role_zh=zh, role_en=en)
        )
    return list(found.values())
