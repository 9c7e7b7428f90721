"""One condition: an operator, a key and the policy's values.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from crossgrant.iam.conditions.boolean import boolean
from crossgrant.iam.conditions.operator import Operator
from crossgrant.iam.conditions.table import OPERATORS
from crossgrant.iam.facts import Facts
from crossgrant.iam.lazy import lazy
from crossgrant.iam.template import Template, Unresolved
from crossgrant.iam.truth import Reading, Unreadable, all_of, any_of, inverse
from crossgrant.iam.wildcard import glob

Test: TypeAlias = Callable[[Facts], Reading]
ValueTest: TypeAlias = Callable[[str, Facts], Reading]
IF_EXISTS = "IfExists"


class Quantifier(StrEnum):
    """How a condition takes a key with several values."""

    FOR_ALL_VALUES = "ForAllValues"
    FOR_ANY_VALUE = "ForAnyValue"


@dataclass(frozen=True, eq=False)
class Condition:
    """One line of a Condition block: `operator` as written, `key` as written, `values` as text."""

    operator: str
    key: str
    values: tuple[str, ...]
    pointer: str
    variables: bool

    @lazy
    def test(self) -> Test:
        """The condition as a function of the request, made when first needed."""
        prefix, colon, name = self.operator.rpartition(":")
        if_exists = name.endswith(IF_EXISTS)
        name = name.removesuffix(IF_EXISTS)
        if name == "Null" and not colon and not if_exists:
            return _null(self.key.lower(), self.values)
        operator = OPERATORS.get(name)
        if operator is None or (colon and prefix not in list(Quantifier)):
            unreadable = Unreadable(f"unknown operator `{self.operator}`")
            return lambda _facts: unreadable
        quantifier = Quantifier(prefix) if colon else None
        matches = _any_expected(operator, self.values, variables=self.variables and operator.variables)
        when_absent = _when_absent(operator, quantifier, if_exists=if_exists)
        return _of_key(self.key.lower(), quantifier, matches, negated=operator.negated, when_absent=when_absent)


def _when_absent(operator: Operator, quantifier: Quantifier | None, *, if_exists: bool) -> bool:
    """Return what holds where the request doesn't have the key (rules 23, 25 and 26)."""
    if if_exists or quantifier is Quantifier.FOR_ALL_VALUES:
        return True
    return operator.negated and quantifier is None


def _of_key(key: str, quantifier: Quantifier | None, matches: ValueTest, *, negated: bool, when_absent: bool) -> Test:
    """Return the test of one key; without a quantifier a key with several values matches by any of them."""
    for_all, for_any = quantifier is Quantifier.FOR_ALL_VALUES, quantifier is Quantifier.FOR_ANY_VALUE

    def of_one(value: str, facts: Facts) -> Reading:
        reading = matches(value, facts)
        return inverse(reading) if negated else reading

    def test(facts: Facts) -> Reading:
        values = facts.values(key)
        if values is None:
            return when_absent
        if isinstance(values, Unresolved):
            return None
        if for_all:
            # "" is a null dataset (rules 25 and 47)
            return not any(values) or all_of([of_one(value, facts) for value in values])
        if len(values) == 1:
            return of_one(values[0], facts)
        if for_any:
            return any_of([of_one(value, facts) for value in values])
        reading = any_of([matches(value, facts) for value in values])
        return inverse(reading) if negated else reading

    return test


def _any_expected(operator: Operator, texts: tuple[str, ...], *, variables: bool) -> ValueTest:
    """Return the test of one request value against all the policy's values (rule 24)."""
    equal: set[Hashable] = set()
    patterns: list[Any] = []
    templates: list[Template] = []
    unreadable: Unreadable | None = None
    for text in texts:
        template = Template.parse(text, variables=variables, wildcards=operator.wildcards)
        if template.has_variables:
            templates.append(template)
            continue
        try:
            expected = operator.expected(template.tokens)
        except Unreadable as error:
            unreadable = error
            continue
        if operator.matches is None:
            equal.add(expected)
        else:
            patterns.append(expected)
    read, holds, pattern_matches = operator.actual, frozenset(equal), _any_pattern(operator, patterns)
    otherwise: Reading = False if unreadable is None else unreadable

    def matches(value: str, facts: Facts) -> Reading:
        try:
            actual = read(value)
        except Unreadable as error:
            return error
        if actual in holds or (pattern_matches is not None and pattern_matches(actual)):
            return True
        if templates:
            return any_of([otherwise, *(_resolved(operator, template, actual, facts) for template in templates)])
        return otherwise

    return matches


def _any_pattern(operator: Operator, patterns: list[Any]) -> Callable[[Any], bool] | None:
    compare = operator.matches
    if compare is None or not patterns:
        return None
    if operator.gather is not None and len(patterns) > 1:
        return operator.gather(patterns)
    return lambda actual: any(compare(pattern, actual) for pattern in patterns)


def _resolved(operator: Operator, template: Template, actual: Hashable, facts: Facts) -> Reading:
    """Compare with a value that has variables; one without a value matches nothing (rule 21)."""
    tokens = template.resolve(facts.values)
    if tokens is Unresolved.NO_VALUE:
        return False
    if isinstance(tokens, Unresolved):
        return None if _may_match(operator, template, actual) else False
    try:
        expected = operator.expected(tokens)
    except Unreadable as error:
        return error
    return expected == actual if operator.matches is None else operator.matches(expected, actual)


def _may_match(operator: Operator, template: Template, actual: Hashable) -> bool:
    """Return whether some value of the variables that aren't known could make the template match."""
    tokens = template.widened()
    if operator.actual is str.lower:
        tokens = tuple(token.lower() if isinstance(token, str) else token for token in tokens)
    return isinstance(actual, bool) or glob(tokens).matches(str(actual))


def _null(key: str, texts: tuple[str, ...]) -> Test:
    """Null: true where the key is absent or an empty text, false where it has a value (rules 23 and 47)."""
    wanted: set[bool] = set()
    unreadable: Unreadable | None = None
    for text in texts:
        try:
            wanted.add(boolean(text))
        except Unreadable as error:
            unreadable = error

    def test(facts: Facts) -> Reading:
        values = facts.values(key)
        if isinstance(values, Unresolved):
            return None
        if (values is None or values == ("",)) in wanted:
            return True
        return unreadable or False

    return test
