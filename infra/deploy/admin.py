"""Who may do what in the console: invite somebody, give another role, or take it away."""

from __future__ import annotations

import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chalicelib.access.roles import Role
from infra import outputs
from infra.deploy import account, say, stacks
from infra.deploy.errors import DeployError
from infra.local.stack import CREDENTIALS, UNWANTED

LOCAL = "local"
NONE = "none"
HELP = """\
roles:
  admin           everything
  publisher       APIs, their publication, developers, content
  content_editor  pages, documents and snippets
  viewer          looks at everything, changes nothing
  none            takes the role away

Whoever is new gets an invitation with a first password by e-mail. Whoever is there already gets the role,
and is signed out, so that it counts at once. STAGE=local is the installation that `make run` started; it
sends no mail, so the first password is shown."""

_EMAIL = re.compile(r"[^\s@\"\\]{1,64}@[^\s@\"\\]{1,255}")


@dataclass(frozen=True)
class Wish:
    """What is to be done. `resend`: an invitation that ran out is sent once more. `show_password`: the first
    password is told here, and no mail sent."""

    stage: str
    email: str
    role: str
    resend: bool = False
    show_password: bool = False


def run(wish: Wish) -> None:
    """Make it so that who has this address has this role. Raises DeployError."""
    from botocore.exceptions import BotoCoreError, ClientError

    _check(wish)
    if wish.stage == LOCAL:
        _use_emulator()
    try:
        _do(account.find(), wish)
    except (BotoCoreError, ClientError) as error:
        raise DeployError(f"AWS refused: {error}") from error


def _check(wish: Wish) -> None:
    if not _EMAIL.fullmatch(wish.email):
        raise DeployError("Say whom it is about: EMAIL=someone@example.com")
    if wish.role not in (*Role, NONE):
        raise DeployError(f"Say which role: ROLE= one of {', '.join((*Role, NONE))}.")


def _do(where: account.Account, wish: Wish) -> None:
    found = stacks.outputs(where, stacks.name(wish.stage, "base"))
    if "AdminPoolId" not in found:
        raise DeployError(f"There is no installation {wish.stage!r} in {where.region}, account {where.id}.")
    os.environ.update(outputs.environment(found), AWS_REGION=where.region)
    email, pool, cognito = wish.email.lower(), found["AdminPoolId"], where.client("cognito-idp")
    show_password = wish.show_password or wish.stage == LOCAL
    found_users = cognito.list_users(UserPoolId=pool, Filter=f'email = "{email}"')["Users"]
    users = [user for user in found_users if _is_theirs(user)]
    if len(users) < len(found_users):
        say.line(f"An account that claims to be {email}'s is left alone: nobody has verified the address.")
    if not users:
        if wish.role == NONE:
            raise DeployError(f"There is no account of {email} in the stage {wish.stage}.")
        users = [_invite(cognito, pool, email, show_password)]
    elif wish.resend or wish.show_password:
        _invite_again(cognito, pool, email, users[0], show_password)
    for user in users:
        _give(cognito, pool, user, wish.role)
    if wish.role == NONE:
        say.line(f"{email} has no role any longer.")
        return
    say.line(f"{email} has the role {wish.role}.")
    host = stacks.outputs(where, stacks.name(wish.stage, "edge")).get("ConsoleHost")
    if host:
        say.line(f"The console's address: https://{host}/console")


def _is_theirs(user: dict[str, Any]) -> bool:
    """Whether the account's address is the person's own: the pool's own accounts are made for an address, but
    a provider may let people claim any."""
    given = {one["Name"]: one["Value"] for one in user["Attributes"]}
    return user["UserStatus"] != "EXTERNAL_PROVIDER" or given.get("email_verified") == "true"


def _invited(user: dict[str, Any]) -> bool:
    """Whether somebody has been invited and not signed in yet."""
    return bool(user["UserStatus"] == "FORCE_CHANGE_PASSWORD")


def _invite(cognito: Any, pool: str, email: str, show_password: bool) -> dict[str, Any]:
    arguments: dict[str, Any] = {
        "UserPoolId": pool,
        "Username": email,
        "UserAttributes": [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
    }
    if show_password:
        arguments |= {"TemporaryPassword": _password(), "MessageAction": "SUPPRESS"}
    else:
        arguments["DesiredDeliveryMediums"] = ["EMAIL"]
    user: dict[str, Any] = cognito.admin_create_user(**arguments)["User"]
    _tell(email, arguments.get("TemporaryPassword"))
    return user


def _invite_again(cognito: Any, pool: str, email: str, user: dict[str, Any], show_password: bool) -> None:
    if not _invited(user):
        raise DeployError(
            f"{email} has signed in before, so there is no invitation to send again. A forgotten password is "
            "reset on the sign-in page."
        )
    password = _password() if show_password else None
    if password:
        cognito.admin_set_user_password(
            UserPoolId=pool, Username=user["Username"], Password=password, Permanent=False
        )
    else:
        cognito.admin_create_user(UserPoolId=pool, Username=email, MessageAction="RESEND")
    _tell(email, password)


def _tell(email: str, password: str | None) -> None:
    if password:
        say.line(f"First password of {email}, good for 7 days and shown this once:  {password}")
    else:
        say.line(f"An invitation is on its way to {email}.")


def _password() -> str:
    # the pool asks for one of each
    return f"Aa1{secrets.token_urlsafe(12)}"


def _give(cognito: Any, pool: str, user: dict[str, Any], role: str) -> None:
    """Exactly this role, and sessions with another one end."""
    from chalicelib.access import admin_sessions

    name = {"UserPoolId": pool, "Username": user["Username"]}
    had = {one["GroupName"] for one in cognito.admin_list_groups_for_user(**name)["Groups"]} & set(Role)
    for group in had - {role}:
        cognito.admin_remove_user_from_group(**name, GroupName=str(group))
    if role != NONE:
        cognito.admin_add_user_to_group(**name, GroupName=role)
    if had != {role}:
        admin_sessions.end_all(next(one["Value"] for one in user["Attributes"] if one["Name"] == "sub"))


def _use_emulator() -> None:
    folder = Path(os.environ.get("STATE_DIR") or ".local")
    endpoint = os.environ.get("AWS_ENDPOINT_URL")
    if not endpoint:
        try:
            endpoint = (folder / "emulator.url").read_text(encoding="utf-8").strip()
        except OSError:
            raise DeployError(f"Nothing runs with its state in {folder}. Start it first: make run") from None
    for name in UNWANTED:
        os.environ.pop(name, None)
    os.environ.update(CREDENTIALS, AWS_ENDPOINT_URL=endpoint)
