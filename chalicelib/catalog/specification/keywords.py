"""Checks a value against a schema of `official`, with the keywords of jsonschema and some of our own.

jsonschema's validators look references up and make an object for every step; here references are links
already, every step counts against a budget, and the keywords that would take quadratic time, spell whole
documents out in messages, or end in "is not valid under any of the given schemas" are ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Any, TypeAlias

from .official import Draft

#: of one form among several, this many problems are told
MAX_PROBLEMS_OF_A_FORM = 20

#: rules of errors whose message is worded here; the last says that no form fits, the one before it names the
#: member that tells forms apart
OWN = "own"
CHOICE = "choice"
FORMS = "forms"
AMBIGUOUS = "has more than one of several forms that exclude each other"
#: members by which the standards tell forms apart
_TELLING = ("type", "in", "scheme")

Keyword: TypeAlias = Callable[[Any, Any, Any, Any], Iterator[Any] | None]


class Exhausted(Exception):
    """Checking took more steps than a document is worth."""


class Checker:
    """What keywords of jsonschema are handed as their validator."""

    def __init__(self, draft: Draft, max_steps: int) -> None:
        self._keywords, self._types = _draft(draft)
        self._steps_left = max_steps
        self._sound: dict[int, set[int]] = {}

    def sound_under(self, schema: Any) -> set[int]:
        """The ids of parts that are known to fit a schema."""
        return self._sound.setdefault(id(schema), set())

    def descend(self, instance: Any, schema: Any, path: Any = None, schema_path: Any = None) -> Iterator[Any]:
        """The errors of a part of the document. Raises `Exhausted`."""
        if schema is True:
            return
        if schema is False:
            yield error("is not allowed here", (path,) if path is not None else ())
            return
        cost = 1 + len(instance) // 10 if isinstance(instance, dict | list) else 1
        for name, value in schema.items():
            keyword = self._keywords.get(name)
            if keyword is None:
                continue
            self._spend(cost)
            for found in keyword(self, value, instance, schema) or ():
                self._spend(1)
                found._set(
                    validator=name,
                    validator_value=value,
                    instance=instance,
                    schema=schema,
                    type_checker=self._types,
                )
                if path is not None:
                    found.path.appendleft(path)
                yield found

    def fits(self, instance: Any, schema: Any) -> bool:
        return next(self.descend(instance, schema), None) is None

    def is_type(self, instance: Any, name: str) -> bool:
        return bool(self._types.is_type(instance, name))

    def evolve(self, schema: Any) -> _Evolved:
        return _Evolved(self, schema)

    def _spend(self, steps: int) -> None:
        self._steps_left -= steps
        if self._steps_left < 0:
            raise Exhausted


class _Evolved:
    """A checker bound to a schema."""

    def __init__(self, checker: Checker, schema: Any) -> None:
        self._checker = checker
        self._schema = schema

    def is_valid(self, instance: Any) -> bool:
        return self._checker.fits(instance, self._schema)


@lru_cache
def _draft(draft: Draft) -> tuple[dict[str, Keyword], Any]:
    from jsonschema import Draft4Validator, Draft7Validator, Draft202012Validator

    classes: dict[Draft, Any] = {
        "draft4": Draft4Validator,
        "draft7": Draft7Validator,
        "draft2020": Draft202012Validator,
    }
    base = classes[draft]
    keywords = {**base.VALIDATORS, **_OWN_KEYWORDS}
    # formats are not asserted: checkers differ on what a URI is, and patterns of other languages are formats
    del keywords["format"]
    return keywords, base.TYPE_CHECKER


def error(text: str, path: tuple[str | int, ...] = (), rule: str = OWN, value: Any = None) -> Any:
    from jsonschema import ValidationError

    return ValidationError(text, path=path, validator=rule, validator_value=value)


def _ref(checker: Checker, target: Any, instance: Any, schema: Any) -> Iterator[Any]:
    # AsyncAPI's schemas come to the same part by several ways, at each level anew
    sound = checker.sound_under(target)
    if id(instance) in sound:
        return
    clean = True
    for found in checker.descend(instance, target):
        clean = False
        yield found
    if clean and isinstance(instance, dict | list):
        sound.add(id(instance))


def _type(checker: Checker, names: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not any(checker.is_type(instance, name) for name in ([names] if isinstance(names, str) else names)):
        yield error("", rule="type", value=names)


def _if(checker: Checker, condition: Any, instance: Any, schema: Any) -> Iterator[Any]:
    branch = "then" if checker.fits(instance, condition) else "else"
    return checker.descend(instance, schema.get(branch, True))


def _not(checker: Checker, refused: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if checker.fits(instance, refused):
        names = refused.get("required") if isinstance(refused, dict) else None
        if names:
            yield error("must not have " + " together with ".join(f'"{name}"' for name in names))
        else:
            yield error("has a form that is not allowed here")


def _required(checker: Checker, names: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield error(f'"{name}" is missing')


def _additional_properties(checker: Checker, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    known = schema.get("properties", {})
    patterns = [_pattern(pattern) for pattern in schema.get("patternProperties", {})]
    for name, value in instance.items():
        if name not in known and not any(pattern.search(name) for pattern in patterns):
            yield from checker.descend(value, allowed, path=name)


def _unevaluated_properties(checker: Checker, allowed: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, dict):
        return
    evaluated = _evaluated(checker, instance, schema)
    for name, value in instance.items():
        if name not in evaluated:
            yield from checker.descend(value, allowed, path=name)


def _evaluated(checker: Checker, instance: dict[str, Any], schema: Any) -> set[str]:
    """The members that a schema has something to say of, other than as left over."""
    if not isinstance(schema, dict):
        return set()
    if "additionalProperties" in schema:
        return set(instance)
    names: set[str] = schema.get("properties", {}).keys() & instance.keys()
    for pattern in map(_pattern, schema.get("patternProperties", {})):
        names |= {name for name in instance if pattern.search(name)}
    for name, dependent in schema.get("dependentSchemas", {}).items():
        if name in instance:
            names |= _evaluated(checker, instance, dependent)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for form in schema.get(keyword, ()):
            if checker.fits(instance, form):
                names |= _evaluated(checker, instance, form)
    if "if" in schema:
        if checker.fits(instance, schema["if"]):
            names |= _evaluated(checker, instance, schema["if"])
            names |= _evaluated(checker, instance, schema.get("then"))
        else:
            names |= _evaluated(checker, instance, schema.get("else"))
    return names | _evaluated(checker, instance, schema.get("$ref"))


def _unique_items(checker: Checker, unique: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not unique or not isinstance(instance, list):
        return
    seen: set[str] = set()
    for index, item in enumerate(instance):
        spelled = json.dumps(item, sort_keys=True)
        if spelled in seen:
            yield error("stands in this list a second time", (index,))
        seen.add(spelled)


def _one_of(checker: Checker, forms: Any, instance: Any, schema: Any) -> Iterator[Any]:
    refused = [_errors(checker, form, instance) for form in forms]
    if all(refused):
        yield from _nearest(refused, instance)
    elif sum(not errors for errors in refused) > 1:
        yield error(AMBIGUOUS)


def _any_of(checker: Checker, forms: Any, instance: Any, schema: Any) -> Iterator[Any]:
    refused = []
    for form in forms:
        errors = _errors(checker, form, instance)
        if not errors:
            return
        refused.append(errors)
    yield from _nearest(refused, instance)


def _errors(checker: Checker, form: Any, instance: Any) -> list[Any]:
    """What keeps a value from being of a form."""
    return list(islice(checker.descend(instance, form), MAX_PROBLEMS_OF_A_FORM))


def _nearest(refused: list[list[Any]], instance: Any) -> Iterator[Any]:
    """The problems of the form that was most likely meant; one plain problem where none stands out."""
    plausible = [errors for errors in refused if not any(map(_is_of_another_kind, errors))]
    if len(refused) == 1 or len(plausible) == 1:
        yield from (plausible or refused)[0]
    elif not plausible:
        yield _choice(refused, instance) or error("has none of the forms that are allowed here", rule=FORMS)
    elif all(map(_only_missing, plausible)):
        missing = sorted({found.message for errors in plausible for found in errors})
        yield error(", or ".join(missing[:10]))
    else:
        yield from min(plausible, key=len)


def _is_of_another_kind(found: Any) -> bool:
    """Whether an error says that quite another form was meant: another kind of value, a reference, or what
    tells forms apart (`type: oauth2`)."""
    if found.path:
        return _options(found) is not None
    if found.validator in ("const", "enum"):
        return isinstance(found.instance, dict | list)
    return found.validator in ("type", FORMS) or found.message == '"$ref" is missing'


def _options(found: Any) -> list[Any] | None:
    """The values of a member that would have made a form the right one."""
    if len(found.path) != 1:
        return None
    if found.validator == "const":
        return [found.validator_value]
    if found.validator == CHOICE:
        return list(found.validator_value)
    if found.validator == "enum" and (len(found.validator_value) == 1 or found.path[0] in _TELLING):
        return list(found.validator_value)
    return None


def _choice(refused: list[list[Any]], instance: Any) -> Any:
    """One error for the member that tells forms apart, where it has the value of none."""
    choices = [
        (found.path[0], options)
        for errors in refused
        for found in errors
        if found.path and (options := _options(found)) is not None
    ]
    if not choices or any(member != choices[0][0] for member, _ in choices):
        return None
    member = choices[0][0]
    options = list(dict.fromkeys(option for _, options in choices for option in options))
    return error(one_of_text(options, instance[member]), (member,), rule=CHOICE, value=options)


def one_of_text(options: list[Any], value: Any) -> str:
    return f"must be one of {', '.join(map(json.dumps, options[:20]))}, not {shown(value)}"


def shown(value: Any) -> str:
    """A value in a message."""
    if isinstance(value, str | int | float | None):
        return json.dumps(value[:100] if isinstance(value, str) else value, ensure_ascii=False)
    return kind_of(value)


_KINDS = (
    (bool, "true or false"),
    (str, "text"),
    (int, "a number"),
    (float, "a number"),
    (dict, "an object"),
    (list, "a list"),
)


def kind_of(value: Any) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "null")


def _only_missing(errors: list[Any]) -> bool:
    return all(not found.path and found.message.endswith(" is missing") for found in errors)


@lru_cache(maxsize=500)
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


_OWN_KEYWORDS: dict[str, Keyword] = {
    "$ref": _ref,
    "type": _type,
    "if": _if,
    "not": _not,
    "required": _required,
    "additionalProperties": _additional_properties,
    "unevaluatedProperties": _unevaluated_properties,
    "uniqueItems": _unique_items,
    "oneOf": _one_of,
    "anyOf": _any_of,
}
