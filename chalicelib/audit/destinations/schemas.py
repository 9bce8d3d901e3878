"""Wire models of destinations: the contract's, the older ones that clients send to /v2, and what is ours."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from chalicelib.audit import outbound
from chalicelib.http.models import ABSENT, Closed, Open, Out
from chalicelib.http.types import RuleError, Time, Uuid

LogFormat = Annotated[Literal["cef", "json", "cps"], Field(json_schema_extra={"default": "cef"})]
ShapeName = Literal["webhook", "splunk", "datadog", "sumo", "elastic"]

#: what KMS encrypts at once
SECRET_BYTES = 4096
_FORBIDDEN = {"host", "connection", "transfer-encoding", "content-length", "content-encoding", "content-type"}


def _present(value: str) -> str:
    if not value.strip():
        raise RuleError("cannot be blank", "required")
    return value


def _name(value: str) -> str:
    if len(_present(value)) > 255:
        raise RuleError("must have at most 255 characters")
    return value


def _endpoint(value: str) -> str:
    try:
        outbound.check(_present(value))
    except outbound.Refused as refused:
        raise RuleError(str(refused)) from None
    return value


def _secret(value: str) -> str:
    if not _present(value).isascii() or not value.isprintable() or len(value) > SECRET_BYTES:
        raise RuleError("must be the value of a header: at most 4,096 printable ASCII characters")
    return value


def _header(value: str | None) -> str | None:
    token = value is None or (
        value.isascii() and all(char.isalnum() or char in "!#$%&'*+-.^_`|~" for char in value)
    )
    if not token or (value is not None and (not value or value.lower() in _FORBIDDEN)):
        raise RuleError("must be the name of a header that may carry a secret")
    return value


Name = Annotated[str, AfterValidator(_name)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
Secret = Annotated[str, AfterValidator(_secret)]
HeaderName = Annotated[str | None, Field(max_length=100), AfterValidator(_header)]


class CreateDestination(Open):
    """A new destination. `authorization` is never shown again."""

    name: Name
    endpoint: Endpoint
    authorization: Annotated[Secret, Field(json_schema_extra={"writeOnly": True})]
    log_format: LogFormat
    skip_ssl_verification: bool = False


class UpdateDestination(Open):
    """Only what is sent is changed."""

    name: Name = ABSENT
    endpoint: Endpoint = ABSENT
    authorization: Annotated[Secret, Field(json_schema_extra={"writeOnly": True})] = ABSENT
    log_format: LogFormat = ABSENT
    skip_ssl_verification: bool = ABSENT


class OlderDestination(Open):
    """A destination as older clients create and change it: what they leave out they send as null."""

    name: Name | None = None
    endpoint: Endpoint | None = None
    authorization: Secret | None = None
    log_format: LogFormat | None = None
    skip_ssl_verification: bool | None = None

    def given(self) -> dict[str, Any]:
        """What was sent and is not null."""
        return self.model_dump(exclude_none=True)


class DestinationOut(Out):
    """A destination, without its secret."""

    id: Uuid
    name: str
    endpoint: str
    log_format: LogFormat
    skip_ssl_verification: bool
    created_at: Time
    updated_at: Time


class UpdateShape(Closed):
    """How a destination is spoken to. `header_name`: what carries the secret, null for the shape's own."""

    shape: ShapeName = ABSENT
    header_name: HeaderName = ABSENT


class ShapeOut(Out):
    """How a destination is spoken to. `uses`: webhooks that send to it."""

    id: Uuid
    name: str
    endpoint: str
    log_format: LogFormat
    shape: ShapeName
    header_name: str | None
    uses: int


class TestOut(Out):
    """What became of a test event. `status` is null where there was no answer; `message` then says why, else
    it is the beginning of the answer."""

    delivered: bool
    status: int | None
    message: str
    duration_ms: int
