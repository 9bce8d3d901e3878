"""A whole life in the emulator: deployed from a clean checkout by the real commands, used over the deployed
API, brought up to date, backed up, taken away.

What the emulator lacks is bridged openly: tests/deploy/bridge and tests/deploy/emulated.py.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from infra import asyncapi_schemas, web_build
from infra.deploy import origin_secret, package
from infra.local import stack
from infra.local.emulator_process import Emulator
from tests.conftest import ROOT, SHARED
from tests.local.waiting import until

STAGE = "try"
DOMAIN = "dev.example.com"
SPECIFICATION = SHARED / "specs" / "mesh-openapi-1MB.yaml"
#: what the second release changes: the code, and a resource of each stack
NEW_TITLE = "<title>Portico, changed</title>"


@dataclass
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Site:
    """A deployed stage, called as CloudFront would call it."""

    endpoint: str
    checkout: Path
    token: str = ""
    said: list[str] = field(default_factory=list)

    def aws(self, service: str) -> Any:
        return stack.client(service, self.endpoint)

    def run(self, *arguments: str) -> str:
        """A command of infra.deploy in the checkout; what it said."""
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PORT"))
        }
        environment |= {
            **stack.CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "NO_PROXY": "127.0.0.1,localhost",
        }
        done = subprocess.run(
            [sys.executable, "-m", "tests.deploy.emulated", *arguments, "--stage", STAGE],
            cwd=self.checkout,
            env={**environment, "no_proxy": "127.0.0.1,localhost"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        self.said.append(done.stdout)
        return done.stdout

    def api(self) -> str:
        (found,) = self.aws("apigateway").get_rest_apis()["items"]
        return str(found["id"])

    def secret(self) -> str:
        found = self.aws("ssm").get_parameter(Name=origin_secret.name(STAGE), WithDecryption=True)
        return str(found["Parameter"]["Value"]).partition(",")[0]

    def call(
        self, method: str, path: str, body: Any = None, host: str = f"console.{DOMAIN}", **headers: str
    ) -> Answer:
        sent = {"Accept": "*/*", "x-portico-host": host, "x-portico-origin": self.secret(), **headers}
        if host == f"console.{DOMAIN}":
            sent["Authorization"] = f"Bearer {self.token}"
        request = urllib.request.Request(
            f"{self.endpoint}/restapis/{self.api()}/api/_user_request_{path}",
            method=method,
            headers={"Content-Type": "application/json", **sent},
            data=None if body is None else json.dumps(body).encode(),
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return Answer(answer.status, answer.read(), {k.lower(): v for k, v in answer.headers.items()})
        except urllib.error.HTTPError as error:
            return Answer(error.code, error.read(), {k.lower(): v for k, v in error.headers.items()})

    def made(self, path: str, body: Any) -> Any:
        answer = self.call("POST", path, body)
        assert answer.status in (200, 201), answer.body
        return answer.json()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of the working tree, with what is not committed; the front end's build and the packages are
    those of this one, as making them takes minutes."""
    folder = tmp_path_factory.mktemp("deploy") / "checkout"
    git = ["git", "-C", str(ROOT)]
    if subprocess.run([*git, "clone", "-q", ROOT, folder], check=False).returncode:
        pytest.skip("not a git checkout: there is nothing to clone")
    listed = subprocess.run(
        [*git, "ls-files", "-z", "-m", "-o", "--exclude-standard"], capture_output=True, text=True, check=True
    )
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
        elif not (ROOT / name).exists():
            (folder / name).unlink(missing_ok=True)
    commit = [
        "-c",
        "user.name=t",
        "-c",
        "user.email=t@example.com",
        "commit",
        "-qm",
        "as it is",
        "--allow-empty",
    ]
    subprocess.run(["git", "-C", folder, "add", "-A"], check=True)
    subprocess.run(["git", "-C", folder, *commit], check=True)
    shutil.copytree(web_build.build(), folder / "web" / "dist")
    schemas = asyncapi_schemas.install()
    shutil.copytree(schemas, folder / schemas.relative_to(ROOT), dirs_exist_ok=True)
    package.VENDOR.mkdir(parents=True, exist_ok=True)
    (folder / ".build").mkdir()
    (folder / ".build" / "vendor").symlink_to(package.VENDOR)
    return folder


@pytest.fixture(scope="module")
def site(checkout: Path) -> Iterator[Site]:
    """The first deployment."""
    with Emulator() as emulator:
        deployed = Site(emulator.url, checkout)
        deployed.aws("route53").create_hosted_zone(Name="example.com", CallerReference="test")
        said = deployed.run("deploy", "--domain", DOMAIN, "--architecture", "x86_64")
        deployed.token = re.findall(r"ptc_\S+", said)[0]
        yield deployed


def _bucket(site: Site, resource: str) -> str:
    """The bucket of a resource of the base stack."""
    found = site.aws("cloudformation").describe_stack_resources(StackName=f"portico-{STAGE}-base")[
        "StackResources"
    ]
    return next(str(one["PhysicalResourceId"]) for one in found if one["LogicalResourceId"] == resource)


@pytest.fixture(scope="module")
def portal(site: Site) -> Any:
    """A public portal with a published API of a large specification."""
    if not SPECIFICATION.exists():
        pytest.skip(f"{SPECIFICATION} is missing")
    portal = site.made(
        "/v3/portals",
        {
            "name": "Deployed",
            "authentication_enabled": False,
            "default_api_visibility": "public",
            "default_page_visibility": "public",
        },
    )
    api = site.made("/v3/apis", {"name": "Mesh", "spec_content": SPECIFICATION.read_text()})
    published = site.call("PUT", f"/v3/apis/{api['id']}/publications/{portal['id']}", {})
    assert published.status in (200, 201), published.body
    return portal


@pytest.fixture(scope="module")
def api_id(site: Site) -> str:
    return site.api()


def test_a_deployment_says_what_it_does(site: Site) -> None:
    said = site.said[0]
    for part in (
        "Python 3.",
        "supported by AWS until",
        "$1 to $1.50 a month",
        "→ Base stack",
        "create   Table",
    ):
        assert part in said
    # pages name files that must be there by then
    assert said.index("→ Front end") < said.index("→ Functions and API")
    assert f"https://console.{DOMAIN}/console" in said
    assert len(re.findall(r"ptc_\S+", said)) == 1


def test_the_checkout_stays_as_it_was(site: Site) -> None:
    done = subprocess.run(
        ["git", "status", "--porcelain"], cwd=site.checkout, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""


def test_the_domain_leads_to_the_distribution(site: Site) -> None:
    route53 = site.aws("route53")
    (zone,) = route53.list_hosted_zones()["HostedZones"]
    records = route53.list_resource_record_sets(HostedZoneId=zone["Id"])["ResourceRecordSets"]
    aliases = [one for one in records if "AliasTarget" in one]
    assert {one["Type"] for one in aliases} == {"A", "AAAA"}
    assert all(one["AliasTarget"]["DNSName"].rstrip(".").endswith(".cloudfront.net") for one in aliases)


def test_nobody_comes_around_cloudfront(site: Site) -> None:
    refused = site.call("GET", "/v3/portals", **{"x-portico-origin": "guessed"})
    assert refused.status == 403


def test_people_sign_in_with_accounts_of_the_stages_own_pool(site: Site) -> None:
    said = site.run("admin", "--email", "someone@example.com", "--role", "viewer")
    assert "An invitation is on its way to someone@example.com." in said
    assert f"https://console.{DOMAIN}/console" in said
    way = urlsplit(site.call("GET", "/portico/v1/sign-in").json()["account"]["sign_in_url"])
    asked = {name: values[0] for name, values in parse_qs(way.query).items()}
    cognito = site.aws("cognito-idp")
    (pool,) = cognito.list_user_pools(MaxResults=9)["UserPools"]
    domain = cognito.describe_user_pool(UserPoolId=pool["Id"])["UserPool"]["Domain"]
    assert way.hostname == f"{domain}.auth.{stack.REGION}.amazoncognito.com"
    client = cognito.describe_user_pool_client(UserPoolId=pool["Id"], ClientId=asked["client_id"])
    assert client["UserPoolClient"]["CallbackURLs"] == [asked["redirect_uri"]]
    assert asked["redirect_uri"] == f"https://console.{DOMAIN}/console/sign-in"
    assert client["UserPoolClient"]["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]


def test_the_published_api_is_on_the_site(site: Site, portal: Any) -> None:
    assert portal["default_domain"].endswith(f".{DOMAIN}")
    page = site.call("GET", "/apis", host=portal["default_domain"])
    assert page.status == 200
    assert b"Mesh" in page.body
    asset = re.findall(rb'src="/(_assets/[^"]+)"', page.body)[0].decode()
    bucket = next(one for one in site.aws("s3").list_buckets()["Buckets"] if "assets" in one["Name"].lower())[
        "Name"
    ]
    stored = site.aws("s3").head_object(Bucket=bucket, Key=asset)
    assert stored["CacheControl"] == "public, max-age=31536000, immutable"
    assert stored["ContentType"].startswith("text/javascript")


def test_audit_events_come_through_log_group_and_forwarder(site: Site, portal: Any) -> None:
    bucket = _bucket(site, "Blobs")

    def stored() -> bool:
        return bool(site.aws("s3").list_objects_v2(Bucket=bucket, Prefix="audit/").get("Contents"))

    until(stored, "the audit event", 90)


def test_work_left_by_a_request_is_done_by_the_worker(site: Site, portal: Any) -> None:
    api = site.made("/v3/apis", {"name": "Short-lived"})
    site.made(f"/v3/apis/{api['id']}/documents", {"title": "Gone with it", "content": "# Text"})
    assert site.call("DELETE", f"/v3/apis/{api['id']}").status == 204
    (table,) = site.aws("dynamodb").list_tables()["TableNames"]

    def gone() -> bool:
        left = site.aws("dynamodb").query(
            TableName=table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"API#{api['id']}"}},
        )
        return not left["Items"]

    until(gone, "the worker", 90)


@pytest.fixture(scope="module")
def changed(site: Site, portal: Any, api_id: str) -> Site:
    """A second release, deployed by a machine that remembers nothing of the first, over a lost state."""
    routes = site.checkout / "chalicelib" / "console" / "routes.py"
    routes.write_text(routes.read_text().replace("<title>Portico</title>", NEW_TITLE))
    base = site.checkout / "infra" / "base.yaml"
    base.write_text(base.read_text().replace("VisibilityTimeout: 1800", "VisibilityTimeout: 1801"))
    shutil.rmtree(site.checkout / ".build" / "deploy")
    bucket = next(one for one in site.aws("s3").list_buckets()["Buckets"] if "blobs" in one["Name"].lower())[
        "Name"
    ]
    site.aws("s3").delete_object(Bucket=bucket, Key="deploy/chalice.json")
    site.made(
        "/v3/audit-log-destinations",
        {
            "name": "SIEM",
            "endpoint": "https://siem.example.com",
            "authorization": "Bearer s3cret",
            "log_format": "json",
        },
    )
    site.run("deploy", "--architecture", "x86_64")
    return site


def test_a_new_release_keeps_data_address_and_token(changed: Site, portal: Any, api_id: str) -> None:
    assert changed.api() == api_id
    assert "ptc_" not in changed.said[-1]
    assert "earlier deployment left" in changed.said[-1]
    assert NEW_TITLE.encode() in changed.call("GET", "/console").body
    assert changed.call("GET", f"/v3/portals/{portal['id']}").json()["name"] == "Deployed"
    assert b"Mesh" in changed.call("GET", "/apis", host=portal["default_domain"]).body
    queues = changed.aws("sqs").list_queues()["QueueUrls"]
    timeouts = [
        changed.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])[
            "Attributes"
        ]
        for url in queues
    ]
    assert {"VisibilityTimeout": "1801"} in timeouts


@pytest.fixture(scope="module")
def gone(changed: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The stage taken away; its backup."""
    kept = tmp_path_factory.mktemp("kept") / "backup"
    changed.run("destroy", "--yes", "--to", str(kept))
    return kept


def test_its_data_is_kept(gone: Path) -> None:
    manifest = json.loads((gone / "manifest.json").read_text())
    assert manifest["items"] > 10
    assert manifest["secrets"] >= 1
    assert len(list((gone / "objects" / "blobs").rglob("*"))) > 1


#: what there is of a kind in the account, by its names
LEFT: dict[str, Callable[[Site], Any]] = {
    "functions": lambda site: site.aws("lambda").list_functions()["Functions"],
    "event sources": lambda site: site.aws("lambda").list_event_source_mappings()["EventSourceMappings"],
    "APIs": lambda site: site.aws("apigateway").get_rest_apis()["items"],
    "roles": lambda site: [
        one for one in site.aws("iam").list_roles()["Roles"] if one["RoleName"].startswith("portico")
    ],
    "tables": lambda site: site.aws("dynamodb").list_tables()["TableNames"],
    "buckets": lambda site: site.aws("s3").list_buckets()["Buckets"],
    "queues": lambda site: site.aws("sqs").list_queues().get("QueueUrls", []),
    # the emulator makes one again where a function ends late; on AWS they may not make any
    "log groups": lambda site: [
        one for one in site.aws("logs").describe_log_groups()["logGroups"] if "retentionInDays" in one
    ],
    "pools": lambda site: site.aws("cognito-idp").list_user_pools(MaxResults=10)["UserPools"],
    "rules": lambda site: site.aws("events").list_rules()["Rules"],
    "alarms": lambda site: site.aws("cloudwatch").describe_alarms()["MetricAlarms"],
    "parameters": lambda site: site.aws("ssm").describe_parameters()["Parameters"],
    "distributions": lambda site: (
        site.aws("cloudfront").list_distributions()["DistributionList"].get("Items", [])
    ),
    "certificates": lambda site: site.aws("acm").list_certificates()["CertificateSummaryList"],
    "aliases of keys": lambda site: [
        one for one in site.aws("kms").list_aliases()["Aliases"] if "portico" in one["AliasName"]
    ],
    "stacks": lambda site: [
        one
        for one in site.aws("cloudformation").list_stacks()["StackSummaries"]
        if one["StackStatus"] != "DELETE_COMPLETE"
    ],
}


@pytest.mark.parametrize("kind", LEFT)
def test_nothing_is_left(changed: Site, gone: Path, kind: str) -> None:
    assert LEFT[kind](changed) == []


def test_the_key_stays_for_the_secrets_of_the_backup(changed: Site, gone: Path) -> None:
    assert "opens the secrets of the backup" in changed.said[-1]
