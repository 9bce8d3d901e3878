"""A Lambda that hands Portico's audit events to Amazon Security Lake (docs/siem/security-lake.md).

Run it some minutes after every full hour: it reads the stored events of the hour before and writes them as
Parquet after the Open Cybersecurity Schema Framework, one object for each class. Running it again for an hour
overwrites what it wrote for that hour.

Environment: PORTICO_BUCKET, LAKE_BUCKET, LAKE_ACCOUNT (the account's id), AWS_REGION; AUTHENTICATION_SOURCE
and API_SOURCE are the names of the two custom sources. Needs pyarrow (the layer AWSSDKPandas has it).
"""

from __future__ import annotations

import gzip
import io
import json
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pyarrow as pa
import pyarrow.parquet as pq

AUTHENTICATION, API = 3002, 6003
_METADATA = pa.struct(
    [
        ("version", pa.string()),
        ("uid", pa.string()),
        ("correlation_uid", pa.string()),
        ("product", pa.struct([("name", pa.string()), ("vendor_name", pa.string())])),
    ]
)
_USER = pa.struct([("uid", pa.string()), ("org", pa.struct([("uid", pa.string())]))])
_COMMON = [
    ("time", pa.int64()),
    ("class_uid", pa.int32()),
    ("class_name", pa.string()),
    ("category_uid", pa.int32()),
    ("category_name", pa.string()),
    ("activity_id", pa.int32()),
    ("activity_name", pa.string()),
    ("type_uid", pa.int64()),
    ("severity_id", pa.int32()),
    ("status_id", pa.int32()),
    ("status", pa.string()),
    ("status_detail", pa.string()),
    ("metadata", _METADATA),
    ("src_endpoint", pa.struct([("ip", pa.string())])),
    (
        "http_request",
        pa.struct(
            [
                ("user_agent", pa.string()),
                ("http_method", pa.string()),
                ("url", pa.struct([("path", pa.string())])),
            ]
        ),
    ),
    ("unmapped", pa.string()),
]
SCHEMAS = {
    AUTHENTICATION: pa.schema([*_COMMON, ("user", _USER)]),
    API: pa.schema(
        [
            *_COMMON,
            ("actor", pa.struct([("user", _USER)])),
            (
                "api",
                pa.struct([("operation", pa.string()), ("response", pa.struct([("code", pa.int32())]))]),
            ),
        ]
    ),
}
_ACTIVITIES = {"POST": (1, "Create"), "PUT": (3, "Update"), "PATCH": (3, "Update"), "DELETE": (4, "Delete")}


def to_ocsf(entry: dict[str, Any]) -> dict[str, Any]:
    """A stored event as OCSF: class Authentication (3002) or API Activity (6003)."""
    login = entry["type"] == "authentication"
    good = entry.get("outcome") == "success" if login else entry.get("status", 403) < 400
    activity = (1, "Logon") if login else _ACTIVITIES.get(entry.get("act", ""), (99, "Other"))
    kind = AUTHENTICATION if login else API
    user = {"uid": entry.get("principal_id"), "org": {"uid": entry["org_id"]}}
    found: dict[str, Any] = {
        "time": entry["ts"],
        "class_uid": kind,
        "class_name": "Authentication" if login else "API Activity",
        "category_uid": 3 if login else 6,
        "category_name": "Identity & Access Management" if login else "Application Activity",
        "activity_id": activity[0],
        "activity_name": activity[1],
        "type_uid": kind * 100 + activity[0],
        "severity_id": 1 if good else 3,
        "status_id": 1 if good else 2,
        "status": "Success" if good else "Failure",
        "status_detail": entry.get("outcome") or ("permission denied" if "granted" in entry else None),
        "metadata": {
            "version": "1.1.0",
            "uid": entry["id"],
            "correlation_uid": entry["trace_id"],
            "product": {
                "name": "Dev-Portal" if "portal_id" in entry else "Portico",
                "vendor_name": "Portico",
            },
        },
        "src_endpoint": {"ip": entry["src"]},
        "http_request": {
            "user_agent": entry["user_agent"],
            "http_method": entry.get("act"),
            "url": {"path": entry["request"]},
        },
        "unmapped": json.dumps({name: entry[name] for name in ("portal_id", "seq", "kind") if name in entry}),
    }
    if login:
        return {**found, "user": user}
    operation = entry.get("action") or f"{entry.get('act')} {entry['request']}"
    api = {"operation": operation, "response": {"code": entry.get("status")}}
    return {**found, "actor": {"user": user}, "api": api}


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """`event` may name an hour (`{"hour": "2026-01-31T12"}`); otherwise it is the one before."""
    before = datetime.now(UTC) - timedelta(hours=1)
    hour: str = event.get("hour") or f"{before:%Y-%m-%dT%H}"
    s3 = boto3.client("s3")
    rows: dict[int, dict[str, dict[str, Any]]] = {AUTHENTICATION: {}, API: {}}
    pages = s3.get_paginator("list_objects_v2").paginate(
        Bucket=os.environ["PORTICO_BUCKET"], Prefix=f"audit/{hour}/"
    )
    for page in pages:
        for stored in page.get("Contents", []):
            body = s3.get_object(Bucket=os.environ["PORTICO_BUCKET"], Key=stored["Key"])["Body"].read()
            for line in gzip.decompress(body).splitlines():
                row = to_ocsf(json.loads(line))
                rows[row["class_uid"]][row["metadata"]["uid"]] = row
    sources = {AUTHENTICATION: os.environ["AUTHENTICATION_SOURCE"], API: os.environ["API_SOURCE"]}
    for kind, found in rows.items():
        if found:
            _write(s3, sources[kind], hour, SCHEMAS[kind], list(found.values()))
    return {sources[kind]: len(found) for kind, found in rows.items()}


def _write(s3: Any, source: str, hour: str, schema: pa.Schema, rows: list[dict[str, Any]]) -> None:
    rows.sort(key=lambda row: row["time"])
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), file, compression="zstd")
    place = (
        f"ext/{source}/region={os.environ['AWS_REGION']}/accountId={os.environ['LAKE_ACCOUNT']}/"
        f"eventDay={hour[:10].replace('-', '')}/{hour}.zstd.parquet"
    )
    s3.put_object(Bucket=os.environ["LAKE_BUCKET"], Key=place, Body=file.getvalue())
