"""/portico/v1/specifications/describe"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.summaries.schemas import ProblemOut, SummaryOut
from chalicelib.catalog.versions import content
from chalicelib.catalog.versions.schemas import ValidateSpecification
from chalicelib.http.operation import operation


@operation(
    "describe-specification",
    "POST",
    "/portico/v1/specifications/describe",
    allow=Permission.VIEW,
    status=200,
    errors=(400, 401, 403, 413),
    limit=content.BODY_LIMIT,
)
def describe_specification(body: ValidateSpecification) -> SummaryOut:
    """Tell what a specification says of itself and what is wrong with it, without storing it"""
    summary, problems = content.describe(body.content, "content")
    return SummaryOut(
        type=summary.type,
        spec_version=summary.spec_version,
        title=summary.title,
        version=summary.version,
        operations=summary.operations,
        channels=summary.channels,
        webhooks=summary.webhooks,
        problems=[
            ProblemOut(pointer=problem.pointer, line=problem.line, text=problem.text) for problem in problems
        ],
    )
