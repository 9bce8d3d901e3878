"""Checks a whole document against the official JSON schema of its type.

The document is always what is checked, never a schema to check with: none of its references is followed and
none of its patterns is run. jsonschema does the work under a budget of steps, as a document can be made such
that checking it takes exponential time; with keywords of ours where its own take quadratic time, or where a
choice between forms would end in a message that helps nobody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any, NamedTuple

from .document import Json
from .official import KNOWN_DIALECTS, Official

#: keywords looked at, at about 5 µs each; a document of 1 MB takes about 100,000
MAX_STEPS = 1_500_000
#: of one form among several, this many problems are told
MAX_PROBLEMS_OF_A_FORM = 20


#: members by which the standards tell forms apart
_TELLING = ("type", "in", "scheme")
_AMBIGUOUS = "has more than one of several forms that exclude each other"


class Problem(NamedTuple):
    """What is wrong, and the path to the part that it is wrong with."""

    path: list[str | int]
    text: str


class Exhausted(Exception):
    """Checking took more steps than a document is worth."""


class _Object(dict[str, Any]):
    """An object whose `repr`, which jsonschema puts into messages that nobody reads, costs nothing."""

    def __repr__(self) -> str:
        return "an object"


class _Array(list[Any]):
    def __repr__(self) -> str:
        return "an array"


def problems(value: Json, official: Official, max_steps: int = MAX_STEPS) -> Iterator[Problem]:
    """What breaks the official schema. Raises `Exhausted` when `max_steps` are used up."""
    validator = _validator_class(official.draft, _Budget(max_steps))(
        official.schema, _resolver=_resolver(official)
    )
    last: list[str | int] | None = None
    of_wrong_kind = False
    for error in validator.iter_errors(_view(value)):
        path = list(error.absolute_path)
        # of what is wrong already these tell nothing new: a value of the wrong kind breaks further rules,
        # one that lacks a member is open to several forms
        if path == last and (of_wrong_kind or error.message == _AMBIGUOUS):
            continue
        yield Problem(path, _text(error))
        last, of_wrong_kind = path, error.validator == "type"


class _Budget:
    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise Exhausted


def _view(value: Json) -> Any:
    """The document as it is checked. A schema in a dialect of its own choice is not looked into."""
    if isinstance(value, dict):
        dialect = value.get("$schema")
        if isinstance(dialect, str) and dialect not in KNOWN_DIALECTS:
            return _Object()
        return _Object((key, _view(item)) for key, item in value.items())
    if isinstance(value, list):
        return _Array(map(_view, value))
    return value


def _resolver(official: Official) -> Any:
    from jsonschema import Draft4Validator
    from referencing import Registry
    from referencing.jsonschema import DRAFT4, DRAFT7, DRAFT202012

    specification = {"draft4": DRAFT4, "draft7": DRAFT7, "draft2020": DRAFT202012}[official.draft]
    resource = specification.create_resource(official.schema)
    # a registry that cannot retrieve anything; OpenAPI 2.0's schema refers to parts of draft 4's
    registry: Any = Registry().with_resources(
        [
            (resource.id() or "", resource),
            ("http://json-schema.org/draft-04/schema", DRAFT4.create_resource(Draft4Validator.META_SCHEMA)),
        ]
    )
    return registry.crawl().resolver(resource.id() or "")


Keyword = Callable[[Any, Any, Any, Any], Iterator[Any] | None]


def _validator_class(draft: str, budget: _Budget) -> Any:
    from jsonschema import Draft4Validator, Draft7Validator, Draft202012Validator
    from jsonschema.validators import extend

    drafts: dict[str, Any] = {
        "draft4": Draft4Validator,
        "draft7": Draft7Validator,
        "draft2020": Draft202012Validator,
    }
    base = drafts[draft]
    keywords: dict[str, Keyword] = {**base.VALIDATORS, **_OWN_KEYWORDS}
    counted = {name: _counted(keyword, budget) for name, keyword in keywords.items()}
    return extend(base, counted)  # type: ignore[no-untyped-call]


def _counted(keyword: Keyword, budget: _Budget) -> Keyword:
    def counted(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[Any] | None:
        budget.spend(1 + len(instance) // 10 if isinstance(instance, dict | list) else 1)
        return keyword(validator, value, instance, schema)

    return counted


def _error(text: str, path: tuple[str | int, ...] = (), rule: str = "own", value: Any = None) -> Any:
    from jsonschema import ValidationError

    return ValidationError(text, path=path, validator=rule, validator_value=value)


def _required(validator: Any, names: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield _error(f'"{name}" is missing')


def _additional_properties(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    known = schema.get("properties", {})
    patterns = [_pattern(pattern) for pattern in schema.get("patternProperties", {})]
    for name, value in instance.items():
        if name in known or any(pattern.search(name) for pattern in patterns):
            continue
        if allowed is False:
            yield _error("is not allowed here", (name,))
        else:
            yield from validator.descend(value, allowed, path=name)


def _unevaluated_properties(validator: Any, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema._utils import find_evaluated_property_keys_by_schema

    if not isinstance(instance, dict):
        return
    open_schema = {keyword: value for keyword, value in schema.items() if keyword != "unevaluatedProperties"}
    evaluated = set(find_evaluated_property_keys_by_schema(validator, instance, open_schema))
    for name, value in instance.items():
        if name in evaluated:
            continue
        if allowed is False:
            yield _error("is not allowed here", (name,))
        else:
            yield from validator.descend(value, allowed, path=name)


def _unique_items(validator: Any, unique: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not unique or not isinstance(instance, list):
        return
    seen: set[str] = set()
    for index, item in enumerate(instance):
        spelled = json.dumps(item, sort_keys=True)
        if spelled in seen:
            yield _error("stands in this list a second time", (index,))
        seen.add(spelled)


def _one_of(validator: Any, forms: Any, instance: Any, schema: Any) -> Iterator[Any]:
    refused = _refused(validator, forms, instance)
    if all(refused):
        yield from _nearest(refused, instance)
    elif sum(not errors for errors in refused) > 1:
        yield _error(_AMBIGUOUS)


def _any_of(validator: Any, forms: Any, instance: Any, schema: Any) -> Iterator[Any]:
    refused = []
    for errors in _refused(validator, forms, instance):
        if not errors:
            return
        refused.append(errors)
    yield from _nearest(refused, instance)


def _refused(validator: Any, forms: Any, instance: Any) -> list[list[Any]]:
    """What keeps a value from being of each form."""
    return [list(islice(validator.descend(instance, form), MAX_PROBLEMS_OF_A_FORM)) for form in forms]


def _nearest(refused: list[list[Any]], instance: Any) -> Iterator[Any]:
    """The problems of the form that was most likely meant; one plain problem where none stands out."""
    plausible = [errors for errors in refused if not any(map(_is_of_another_kind, errors))]
    if len(refused) == 1 or len(plausible) == 1:
        yield from (plausible or refused)[0]
    elif not plausible:
        yield _choice(refused, instance) or _error(
            "has none of the forms that are allowed here", rule="forms"
        )
    elif all(map(_only_missing, plausible)):
        missing = sorted({error.message for errors in plausible for error in errors})
        yield _error(", or ".join(missing[:10]))
    else:
        yield from min(plausible, key=len)


def _is_of_another_kind(error: Any) -> bool:
    """Whether an error says that quite another form was meant: another kind of value, a reference, or what
    tells forms apart (`type: oauth2`)."""
    if error.path:
        return _options(error) is not None
    if error.validator in ("const", "enum"):
        return isinstance(error.instance, dict | list)
    return error.validator in ("type", "forms") or error.message == '"$ref" is missing'


def _options(error: Any) -> list[Any] | None:
    """The values of a member that would have made a form the right one."""
    if len(error.path) != 1:
        return None
    if error.validator == "const":
        return [error.validator_value]
    if error.validator == "choice":
        return list(error.validator_value)
    if error.validator == "enum" and (len(error.validator_value) == 1 or error.path[0] in _TELLING):
        return list(error.validator_value)
    return None


def _choice(refused: list[list[Any]], instance: Any) -> Any:
    """One error for the member that tells forms apart, where it has the value of none."""
    choices = [
        (error.path[0], options)
        for errors in refused
        for error in errors
        if error.path and (options := _options(error)) is not None
    ]
    if not choices or any(member != choices[0][0] for member, _ in choices):
        return None
    member = choices[0][0]
    options = list(dict.fromkeys(option for _, options in choices for option in options))
    return _error(_one_of_text(options, instance[member]), (member,), rule="choice", value=options)


def _only_missing(errors: list[Any]) -> bool:
    return all(not error.path and error.message.endswith(" is missing") for error in errors)


_OWN_KEYWORDS: dict[str, Keyword] = {
    "required": _required,
    "additionalProperties": _additional_properties,
    "unevaluatedProperties": _unevaluated_properties,
    "uniqueItems": _unique_items,
    "oneOf": _one_of,
    "anyOf": _any_of,
}


@lru_cache(maxsize=500)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


#: of errors that are made here, whose message is worded already
_OWN_RULES = ("own", "choice", "forms")
_KINDS = (
    (bool, "true or false"),
    (str, "text"),
    (int, "a number"),
    (float, "a number"),
    (dict, "an object"),
    (list, "a list"),
)
_KIND_NAMES = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_LIMITS = {
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minProperties": "must have at least {} members",
    "maxProperties": "must have at most {} members",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
}


def _text(error: Any) -> str:
    rule, expected = error.validator, error.validator_value
    if rule in _OWN_RULES:
        return str(error.message)
    if rule in _LIMITS:
        return _LIMITS[rule].format(expected)
    match rule:
        case None:
            return "is not allowed here"
        case "type":
            names = expected if isinstance(expected, list) else [expected]
            wanted = " or ".join(_KIND_NAMES.get(name, str(name)) for name in names)
            return f"must be {wanted}, not {_kind(error.instance)}"
        case "enum":
            return _one_of_text(expected, error.instance)
        case "const":
            return f"must be {json.dumps(expected)}, not {_shown(error.instance)}"
        case "pattern":
            return f"{_shown(error.instance)} does not have the form {expected}"
        case "not":
            return _forbidden(expected)
    return f"breaks the rule {rule} of the official schema"


def _one_of_text(options: list[Any], value: Any) -> str:
    return f"must be one of {', '.join(map(json.dumps, options[:20]))}, not {_shown(value)}"


def _forbidden(schema: Mapping[str, Any]) -> str:
    if isinstance(names := schema.get("required"), list):
        return f"must not have {' together with '.join(json.dumps(name) for name in names)}"
    return "has a form that is not allowed here"


def _kind(value: Any) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")


def _shown(value: Any) -> str:
    if isinstance(value, str | int | float | None):
        return json.dumps(value[:100] if isinstance(value, str) else value, ensure_ascii=False)
    return _kind(value)
