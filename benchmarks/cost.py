"""What an installation costs on AWS, on paper: `python -m benchmarks.cost` writes docs/cost.md.

Nothing is measured here. Prices are list prices of us-east-1 in US dollars; change them, or what is assumed,
and run it again.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

PAGE = Path(__file__).resolve().parent.parent / "docs" / "cost.md"
MILLION = 1_000_000


class Price(NamedTuple):
    """Dollars for so many (`per`) of something, free up to an amount a month for ever; where that stands."""

    what: str
    usd: float
    per: float
    free: float
    where: str
    read: str

    @property
    def told(self) -> str:
        counted = {1: "", 1_000: " a thousand", MILLION: " a million"}[int(self.per)]
        return f"${self.usd:g}{counted}"


P = {
    "requests": Price(
        "CloudFront, HTTPS requests",
        1.00,
        MILLION,
        10 * MILLION,
        "aws.amazon.com/cloudfront/pricing",
        "2026-10",
    ),
    "traffic": Price(
        "CloudFront, GB to viewers", 0.085, 1, 1_000, "aws.amazon.com/cloudfront/pricing", "2026-10"
    ),
    "edge": Price(
        "CloudFront Functions, runs",
        0.10,
        MILLION,
        2 * MILLION,
        "aws.amazon.com/cloudfront/pricing",
        "2026-10",
    ),
    "invalidations": Price(
        "CloudFront, invalidated tags or paths",
        0.005,
        1,
        1_000,
        "aws.amazon.com/cloudfront/pricing",
        "2026-10",
    ),
    "api": Price(
        "API Gateway, REST calls", 3.50, MILLION, 0, "aws.amazon.com/api-gateway/pricing", "2026-09"
    ),
    "runs": Price("Lambda (arm64), runs", 0.20, MILLION, MILLION, "aws.amazon.com/lambda/pricing", "2026-09"),
    "gbs": Price(
        "Lambda (arm64), GB-seconds", 13.3334, MILLION, 400_000, "aws.amazon.com/lambda/pricing", "2026-09"
    ),
    "reads": Price(
        "DynamoDB, read units", 0.125, MILLION, 0, "aws.amazon.com/dynamodb/pricing/on-demand", "2026-11"
    ),
    "writes": Price(
        "DynamoDB, write units", 0.625, MILLION, 0, "aws.amazon.com/dynamodb/pricing/on-demand", "2026-11"
    ),
    "items": Price("DynamoDB, GB kept", 0.25, 1, 25, "aws.amazon.com/dynamodb/pricing/on-demand", "2026-11"),
    "gets": Price("S3, GET", 0.40, MILLION, 0, "aws.amazon.com/s3/pricing", "2026-11"),
    "puts": Price("S3, PUT", 5.00, MILLION, 0, "aws.amazon.com/s3/pricing", "2026-11"),
    "objects": Price("S3, GB kept", 0.023, 1, 0, "aws.amazon.com/s3/pricing", "2026-11"),
    "logs": Price("CloudWatch Logs, GB taken in", 0.50, 1, 5, "aws.amazon.com/cloudwatch/pricing", "2026-11"),
    "alarms": Price("CloudWatch, alarms", 0.10, 1, 10, "aws.amazon.com/cloudwatch/pricing", "2026-11"),
    "metrics": Price(
        "CloudWatch, metrics of our own", 0.30, 1, 10, "aws.amazon.com/cloudwatch/pricing", "2026-11"
    ),
    "dashboards": Price("CloudWatch, dashboards", 3.00, 1, 3, "aws.amazon.com/cloudwatch/pricing", "2026-11"),
    "queue": Price("SQS, calls", 0.40, MILLION, MILLION, "aws.amazon.com/sqs/pricing", "2026-03"),
    "fifo": Price("SQS FIFO, calls", 0.50, MILLION, 0, "aws.amazon.com/sqs/pricing", "2026-03"),
    "key": Price("KMS, keys", 1.00, 1, 0, "aws.amazon.com/kms/pricing", "2026-11"),
    "out": Price(
        "traffic out of a region, GB", 0.09, 1, 100, "aws.amazon.com/ec2/pricing/on-demand", "2026-11"
    ),
}

# what is assumed
VIEWS = MILLION
#: of a page view: the page and two files of the front end, together so large
REQUESTS_A_VIEW, KB_A_VIEW = 3, 80
MEMORY_GB = 0.5
#: of one page that CloudFront has not: the function's time, reads, bytes of log, and a run of the function
#: that looks for audit events in the log, which at worst comes for each line
MISS_SECONDS, MISS_READS, LINE_BYTES, FORWARD_SECONDS = 0.015, 3, 600, 0.02
#: a signed-in developer's page: never kept, and the session is read too
OWN_SECONDS, OWN_READS = 0.025, 5
DEVELOPERS, VIEWS_A_DEVELOPER = 10_000, 100
#: Lambda asks each queue by five connections, each for 20 seconds
POLLS_A_QUEUE = 5 * 3 * 60 * 24 * 30
MINUTES = 60 * 24 * 30


class Line(NamedTuple):
    """So much of something, and why so much."""

    name: str
    amount: float
    why: str = ""

    @property
    def usd(self) -> float:
        return self.amount * P[self.name].usd / P[self.name].per

    @property
    def beyond_free(self) -> float:
        price = P[self.name]
        return max(0.0, self.amount - price.free) * price.usd / price.per


def origin(pages: float, seconds: float, reads: float) -> list[Line]:
    """Pages that CloudFront has not: what the installation itself does for them."""
    return [
        Line("api", pages),
        Line("runs", 2 * pages, "the answer, and a look for audit events in its log line"),
        Line(
            "gbs",
            pages * (seconds + FORWARD_SECONDS) * MEMORY_GB,
            f"({seconds * 1000:g} ms + {FORWARD_SECONDS * 1000:g} ms) × {MEMORY_GB} GB",
        ),
        Line("reads", pages * reads, f"{reads:g} a page"),
        Line("gets", pages, "at most one a page"),
        Line("logs", pages * LINE_BYTES / 1e9, f"{LINE_BYTES} bytes a line"),
    ]


def edge(views: float) -> list[Line]:
    """Page views at CloudFront."""
    return [
        Line("requests", views * REQUESTS_A_VIEW, f"{REQUESTS_A_VIEW} a view"),
        Line("traffic", views * KB_A_VIEW / 1e6, f"{KB_A_VIEW} KB a view"),
        Line("edge", views, "one a page; none for files"),
    ]


def idle() -> list[Line]:
    """A month in which nobody comes."""
    return [
        Line("key", 1, "secrets"),
        Line("queue", 2 * POLLS_A_QUEUE, "Lambda asks two queues whether there is work"),
        Line("fifo", POLLS_A_QUEUE, "and the one of audit events"),
        Line("runs", MINUTES, "the schedule, each minute"),
        Line("gbs", MINUTES * 0.03 * MEMORY_GB, f"30 ms × {MEMORY_GB} GB"),
        Line("reads", MINUTES * 2, "two lists each time"),
        Line("items", 0.1, "records, and their history for 35 days"),
        Line("objects", 1, "specifications, pages, images, the front end"),
        Line("logs", MINUTES * 300 / 1e9, "start, end and report of each run"),
        Line("alarms", 10),
        Line("metrics", 1, "answers of 500 and more"),
        Line("dashboards", 1),
    ]


def audit() -> list[Line]:
    """A million audit events to one destination, in batches of 20 (docs/audit.md)."""
    batches = MILLION / 20
    return [
        Line("logs", 0.56, "560 bytes a line"),
        Line("puts", batches),
        Line("gets", batches),
        Line("runs", 2 * batches, "forwarder and deliverer"),
        Line("gbs", batches * (0.06 + 0.25) * MEMORY_GB, f"(60 ms + 250 ms) × {MEMORY_GB} GB"),
        Line("fifo", 3 * batches, "sent, received, deleted"),
        Line("writes", batches),
        Line("reads", 4 * batches),
        Line("out", 0.15, "gzipped, to the SIEM"),
    ]


def total(lines: list[Line], *, free: bool = False) -> float:
    return sum(line.beyond_free if free else line.usd for line in lines)


def _money(usd: float) -> str:
    return f"${usd:,.2f}" if usd >= 0.005 or usd == 0 else "under $0.01"


def _amount(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def table(lines: list[Line]) -> list[str]:
    rows = [
        "| | amount | price | list price | beyond what is free | |",
        "| --- | ---: | ---: | ---: | ---: | --- |",
    ]
    rows += [
        f"| {P[one.name].what} | {_amount(one.amount)} | {P[one.name].told} | {_money(one.usd)} "
        f"| {_money(one.beyond_free)} | {one.why} |"
        for one in lines
    ]
    together = f"| **together** | | | **{_money(total(lines))}** | **{_money(total(lines, free=True))}** | |"
    return [*rows, together]


def page() -> str:
    """docs/cost.md."""
    at_edge = edge(VIEWS)
    hits = [(share, origin(VIEWS * (100 - share) / 100, MISS_SECONDS, MISS_READS)) for share in (80, 95, 99)]
    own_views = DEVELOPERS * VIEWS_A_DEVELOPER
    own = [*edge(own_views), *origin(own_views, OWN_SECONDS, OWN_READS)]
    parts = [
        "# What it costs",
        "",
        "Written by `python -m benchmarks.cost`, which has all prices and assumptions at its "
        "top. This is arithmetic with list prices of us-east-1, not a bill: nothing here was "
        "measured in an AWS account. Times and reads of a page are assumed, on the high side "
        "of what one takes on a developer's machine. *Beyond what is free* is for an account "
        "that has nothing else in it, by what AWS gives every account each month without end.",
        "",
        "| | list price | beyond what is free |",
        "| --- | ---: | ---: |",
        f"| an idle month | {_money(total(idle()))} | {_money(total(idle(), free=True))} |",
    ]
    for share, lines in hits:
        both = [*at_edge, *lines]
        parts.append(
            f"| a million anonymous page views, {share} % of them from CloudFront's cache "
            f"| {_money(total(both))} | {_money(total(both, free=True))} |"
        )
    parts += [
        f"| {DEVELOPERS:,} developers with {VIEWS_A_DEVELOPER} signed-in page views each | "
        f"{_money(total(own))} | {_money(total(own, free=True))} |",
        f"| a million audit events to one destination | {_money(total(audit()))} | "
        f"{_money(total(audit(), free=True))} |",
        "",
        "## An idle month",
        "",
        *table(idle()),
        "",
        "What would be charged for a hosted zone ($0.50, where a new one is made for the "
        "domain) and for a web ACL of AWS WAF ($5, $1 a rule, $0.60 a million requests) is "
        "not in it: both are yours to choose. Distributions, certificates for CloudFront, "
        "origin access control and functions that do not run cost nothing.",
        "",
        "## A million anonymous page views",
        "",
        f"At CloudFront, whatever share comes from its cache ({REQUESTS_A_VIEW} requests and "
        f"{KB_A_VIEW} KB a view):",
        "",
        *table(at_edge),
        "",
        "and for the pages that it has not:",
    ]
    for share, lines in hits:
        parts += ["", f"### {share} % from the cache", "", *table(lines)]
    parts += [
        "",
        "So the installation itself costs about a dollar or less a million views; "
        "CloudFront's part is nothing within its free amounts, and most of the bill beyond.",
        "",
        f"## {DEVELOPERS:,} developers",
        "",
        "What a signed-in developer sees is kept by nobody, so each page is made for them.",
        "",
        *table(own),
        "",
        "Signing in itself is not in it.",
        "",
        "## A million audit events",
        "",
        *table(audit()),
        "",
        "## Invalidations",
        "",
        "A change takes a portal's pages out of CloudFront: one tag at the distribution, one "
        "more at the portal's custom domain, each twice where the change hides something. "
        "Changes within seconds of each other are one. The first 1,000 tags a month are free,"
        " then $0.005 each:",
        "",
        "| changes a month | tags, with a custom domain | |",
        "| ---: | ---: | ---: |",
    ]
    for changes in (400, 2_000, 10_000):
        line = Line("invalidations", changes * 2)
        parts.append(f"| {changes:,} | {changes * 2:,} | {_money(line.beyond_free)} |")
    parts += [
        "",
        "## Custom domains",
        "",
        "Each is a *distribution tenant* of CloudFront, which AWS charges by the tenant. That"
        " price was not looked up for this page: see *SaaS Manager* at "
        "[aws.amazon.com/cloudfront/pricing](https://aws.amazon.com/cloudfront/pricing/). "
        "Portals without a domain of their own cost nothing by being there.",
        "",
        "## Prices",
        "",
        "| | price | free a month | from | of |",
        "| --- | ---: | ---: | --- | --- |",
    ]
    for price in P.values():
        free = f"{price.free:,.0f}" if price.free else ""
        parts.append(f"| {price.what} | {price.told} | {free} | {price.where} | {price.read} |")
    parts += [
        "",
        "*From* is AWS's own page for each price. Some were taken from reports of it of that "
        "month, not from the page itself: look there before you rely on one.",
    ]
    return "\n".join(parts) + "\n"


def main() -> int:
    """The command."""
    PAGE.write_text(page(), encoding="utf-8")
    print(f"written to docs/{PAGE.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
