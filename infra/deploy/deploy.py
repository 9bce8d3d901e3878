"""One command to a running installation: made the first time, brought up to date every other time.

Each step looks at what is there and makes what is missing, so that a deployment that broke goes on where it
stopped when it is called again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from infra import outputs, template, web_build
from infra.deploy import (
    assets,
    certificate,
    checks,
    functions,
    installation,
    origin_secret,
    package,
    policies,
    say,
    stacks,
)
from infra.deploy.account import Account
from infra.deploy.errors import DeployError

#: the edge stack's parameter → whose ARN
ARNS = {
    "ApiArn": "api_handler",
    "WorkerArn": "worker",
    "ScheduledArn": "scheduled",
    "AuditForwarderArn": "audit_forwarder",
    "AuditDelivererArn": "audit_deliverer",
}


@dataclass(frozen=True)
class Options:
    """What a deployment is asked for. `domain`: None leaves it as it is, '' takes it away."""

    stage: str
    domain: str | None = None
    architecture: str = "arm64"
    rotate_origin_secret: bool = False
    #: until somebody has written the records of the domain
    wait: bool = False
    #: who is told of alarms, and a web ACL of AWS WAF; None leaves them as they are, '' takes them away
    alarm_email: str | None = None
    web_acl: str | None = None


def run(account: Account, options: Options) -> None:
    """Deploy. Raises DeployError."""
    stage = options.stage
    runtime = checks.python()
    base_stack, edge_stack = stacks.name(stage, "base"), stacks.name(stage, "edge")
    domain = _domain(account, edge_stack, options.domain)
    checks.announce(account, stage, runtime, domain, stacks.describe(account, base_stack))
    try:
        web_build.build()
    except web_build.BuildError as error:
        raise DeployError(str(error)) from error
    proof = certificate.Certificate("")
    if domain:
        with say.step(f"Certificate of {domain} and *.{domain}"):
            proof = certificate.ensure(account, domain, wait=options.wait)
    with say.step(f"Base stack {base_stack}"):
        base = stacks.apply(account, base_stack, template.BASE, {"Stage": stage})
    with say.step("Secret between CloudFront and the API"):
        secrets = origin_secret.ensure(account, stage, rotate=options.rotate_origin_secret)
    with say.step("Front end"):
        # before the functions: what their pages name is there when they do
        put, number = assets.upload(account, base["AssetsBucket"])
        say.detail(f"{put} of {number} files were new")
    edge = stacks.outputs(account, edge_stack)
    with say.step("Functions and API"):
        folder = package.working_copy(package.WORK / stage, options.architecture)
        environment = _environment({**base, **edge}, secrets)
        functions.configure(folder, stage, account, {**base, **edge}, environment, options.architecture)
        deployed = functions.deploy(folder, stage, account, base["Bucket"])
    with say.step(f"Edge stack {edge_stack}"):
        values = _edge_values(stage, base, deployed, secrets[0], domain, proof.arn)
        values["AdminIdentityProviders"] = _identity_providers(account, base["AdminPoolId"])
        given = {"AlarmEmail": options.alarm_email, "WebAclArn": options.web_acl}
        values |= {name: value for name, value in given.items() if value is not None}
        edge = stacks.apply(account, edge_stack, template.EDGE, values)
    again = _environment({**base, **edge}, secrets)
    if again != environment:
        with say.step("Telling the functions their addresses"):
            documents = policies.documents(
                stage, {**base, **edge}, account.id, account.region, account.partition
            )
            functions.inform(account, stage, again, documents)
    if domain and proof.arn:
        with say.step(f"Addresses below {domain}"):
            certificate.point(account, domain, edge)
    with say.step("First admin"):
        token = installation.bootstrap(account, {**base, **edge})
    _greet(account, stage, deployed, edge, token)
    if domain and proof.record:
        say.line()
        for line in certificate.instructions(stage, domain, proof.record, edge):
            say.line(line)


def _domain(account: Account, edge_stack: str, wanted: str | None) -> str | None:
    """The domain of the installation: what is asked for, else what it has."""
    if wanted is not None:
        return wanted.strip().lower().rstrip(".") or None
    found = stacks.describe(account, edge_stack).get("Parameters", [])
    return next((one["ParameterValue"] for one in found if one["ParameterKey"] == "Domain"), None) or None


def _environment(found: Mapping[str, str], secrets: list[str]) -> dict[str, str]:
    return {
        "PORTICO_SCHEME": "https",
        "PORTICO_ORIGIN_SECRETS": ",".join(secrets),
        # until the edge stack says what they are: nobody gets past the origin secret anyway
        "PORTICO_ADMIN_HOSTS": "console.invalid",
        # without a domain each portal has a host of its own from CloudFront
        "PORTICO_PORTAL_BASE_DOMAIN": "",
        **outputs.environment(found),
    }


def _identity_providers(account: Account, pool: str) -> str:
    """Who may say who somebody is: the pool itself, and the providers that were made in it."""
    pages = account.client("cognito-idp").get_paginator("list_identity_providers").paginate(UserPoolId=pool)
    return ",".join(["COGNITO", *(one["ProviderName"] for page in pages for one in page["Providers"])])


def _edge_values(
    stage: str,
    base: Mapping[str, str],
    deployed: Mapping[str, str],
    secret: str,
    domain: str | None,
    certificate_arn: str,
) -> dict[str, str]:
    """Values of the edge stack's parameters, as far as its template has them."""
    known: dict[str, Any] = {
        **base,
        **{parameter: deployed[function] for parameter, function in ARNS.items()},
        "Stage": stage,
        "ApiId": deployed["ApiId"],
        "ApiStage": deployed["ApiStage"],
        "OriginSecret": secret,
        "Domain": domain or "",
        "CertificateArn": certificate_arn,
    }
    parameters = template.load(template.EDGE)["Parameters"]
    unknown = [name for name, one in parameters.items() if name not in known and "Default" not in one]
    if unknown:
        raise DeployError(f"The edge stack wants values that nobody knows: {', '.join(unknown)}.")
    return {name: known[name] for name in parameters if name in known}


def _greet(
    account: Account, stage: str, deployed: Mapping[str, str], edge: Mapping[str, str], token: str | None
) -> None:
    console = edge.get("ConsoleHost")
    say.line("")
    say.line(f"Portico's stage {stage} is up.")
    if console:
        say.line(f"  console   https://{console}/console")
        say.line(f"  API       https://{console}/v3/portals")
        below = edge.get("PortalBaseDomain")
        portals = f"https://<12 hex digits>.{below}" if below else "a CloudFront address for each"
        say.line(f"  portals   {portals}")
        say.line("  A new CloudFront address takes some minutes until it answers everywhere.")
    origin = f"{deployed['ApiId']}.execute-api.{account.region}.amazonaws.com/{deployed['ApiStage']}"
    say.line(f"  origin    https://{origin} (for CloudFront only)")
    if token:
        say.line("")
        say.line(f"  Access token of the first admin, shown this once:  {token}")
        say.line(f"  Invite people:  make admin STAGE={stage} EMAIL=someone@example.com ROLE=admin")
