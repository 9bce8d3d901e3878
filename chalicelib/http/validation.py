"""Bodies: from bytes to a wire model, with every violation named as the contracts name it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic_core import ErrorDetails, ValidationError

from chalicelib.errors import Invalid, Violation

if TYPE_CHECKING:
    from pydantic import TypeAdapter

#: pydantic's error types → (rule of the contracts, reason); None: pydantic's own words
_RULES: dict[str, tuple[str, str | None]] = {
    "missing": ("required", "is a required field"),
    "string_type": ("is_string", "must be a string"),
    "int_type": ("is_integer", "must be an integer"),
    "int_from_float": ("is_integer", "must be an integer"),
    "int_parsing": ("is_integer", "must be an integer"),
    "float_type": ("is_number", "must be a number"),
    "bool_type": ("is_boolean", "must be a boolean"),
    "list_type": ("is_array", "must be an array"),
    "dict_type": ("is_object", "must be an object"),
    "model_type": ("is_object", "must be an object"),
    "model_attributes_type": ("is_object", "must be an object"),
    "uuid_type": ("is_uuid", "must be a UUID"),
    "uuid_parsing": ("is_uuid", "must be a UUID"),
    "datetime_type": ("is_date_time", "must be an RFC 3339 date-time"),
    "datetime_parsing": ("is_date_time", "must be an RFC 3339 date-time"),
    "datetime_from_date_parsing": ("is_date_time", "must be an RFC 3339 date-time"),
    "timezone_aware": ("is_date_time", "must be an RFC 3339 date-time with a time zone"),
    "none_required": ("is_null", "must be null"),
}
_NO_BODY = Violation("", "a JSON body is required", "required")


def read_body(adapter: TypeAdapter[Any], raw: bytes) -> Any:
    """Validate JSON bytes strictly. Raises Invalid with all violations."""
    if not raw.strip():  # not the same as null, which some operations take
        raise Invalid([_NO_BODY])
    try:
        return adapter.validate_json(raw, strict=True)
    except ValidationError as error:
        raise Invalid(violations(error)) from error


def violations(error: ValidationError) -> list[Violation]:
    """What a validation error says, one entry a field."""
    found: dict[tuple[str, str | None], Violation] = {}
    for detail in error.errors(include_url=False, include_context=True):
        violation = _violation(detail)
        found.setdefault((violation.field, violation.rule), violation)
    return list(found.values())


def _field(location: tuple[int | str, ...]) -> str:
    """`("items", 0, "name")` → `items[0].name`; pydantic's union branch names are left out."""
    text = ""
    for part in location:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.endswith("]") or part.endswith(")") or part.startswith("function-"):
            continue
        else:
            text += f".{part}" if text else part
    return text


def _violation(detail: ErrorDetails) -> Violation:
    kind, context = detail["type"], detail.get("ctx", {})
    field = _field(detail["loc"])
    if kind in ("json_invalid", "json_type"):
        return Violation(
            field, f"the body is not valid JSON: {context.get('error', '')}".rstrip(": "), "invalid"
        )
    if kind == "extra_forbidden":
        return Violation(field, f'"{detail["loc"][-1]}" is not allowed', "unknown_property")
    if kind in ("string_too_short", "too_short", "bytes_too_short"):
        least = int(context["min_length"])
        rule = "min_items" if kind == "too_short" else "min_length"
        unit = "items" if kind == "too_short" else "characters"
        return Violation(field, f"must have at least {least} {unit}", rule, minimum=least)
    if kind in ("string_too_long", "too_long", "bytes_too_long"):
        most = int(context["max_length"])
        rule = "max_items" if kind == "too_long" else "max_length"
        unit = "items" if kind == "too_long" else "characters"
        return Violation(field, f"must have at most {most:,} {unit}", rule, maximum=most)
    if kind in ("greater_than_equal", "greater_than"):
        least = int(context.get("ge", context.get("gt", 0)))
        return Violation(field, detail["msg"].lower(), "min", minimum=least)
    if kind in ("less_than_equal", "less_than"):
        most = int(context.get("le", context.get("lt", 0)))
        return Violation(field, detail["msg"].lower(), "max", maximum=most)
    if kind in ("literal_error", "enum"):
        choices = tuple(part.strip().strip("'\"") for part in _choices(str(context.get("expected", ""))))
        return Violation(field, f"must be one of {', '.join(choices)}", "enum", choices=choices)
    if kind == "string_pattern_mismatch":
        return Violation(field, f"must match {context['pattern']}", "matches_regex")
    if kind == "union_tag_not_found":
        return Violation(
            f"{field}.{_bare(context['discriminator'])}".strip("."),
            "is a required field",
            "required",
        )
    if kind == "union_tag_invalid":
        tags = tuple(_bare(tag) for tag in str(context["expected_tags"]).split(","))
        name = _bare(context["discriminator"])
        return Violation(
            f"{field}.{name}".strip("."), f"must be one of {', '.join(tags)}", "enum", choices=tags
        )
    if kind == "value_error":
        cause = context.get("error")
        rule = getattr(cause, "rule", "invalid")
        return Violation(field, str(cause), rule)
    if not detail["loc"] and detail["input"] is None:
        return _NO_BODY
    rule, reason = _RULES.get(kind, ("invalid", None))
    return Violation(field, reason or detail["msg"].lower(), rule)


def _bare(name: object) -> str:
    """The name of a discriminating member, or one of its values, without what pydantic puts around it."""
    return str(name).strip().strip("'()")


def _choices(expected: str) -> list[str]:
    return expected.replace(" or ", ", ").split(", ")
