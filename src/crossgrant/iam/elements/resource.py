"""Resource and NotResource (rules 20, 22, 36 and 38).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notresource.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from crossgrant.iam.arn import PARTS
from crossgrant.iam.facts import Facts
from crossgrant.iam.lazy import lazy
from crossgrant.iam.pattern import ArnPattern, arn_pattern
from crossgrant.iam.template import Part, Template, Unresolved
from crossgrant.iam.truth import Truth
from crossgrant.iam.wildcard import Token, Wildcard

# Six parts without wildcards and variables, as most are.
_PLAIN = re.compile(r"(?:[^:*?$]*:){5}[^*?$]*")


@dataclass(frozen=True, eq=False)
class ResourceElement:
    """The resource patterns of one statement, as written. `padded`: a short ARN gets stars for its missing parts."""

    patterns: tuple[str, ...]
    negated: bool = False
    variables: bool = False
    padded: bool = True

    @lazy
    def _compiled(self) -> tuple[frozenset[str], tuple[ArnPattern, ...], tuple[Template, ...]]:
        literals: set[str] = set()
        patterns: list[ArnPattern] = []
        templates: list[Template] = []
        for text in self.patterns:
            if _PLAIN.fullmatch(text):
                literals.add(text)
                continue
            template = self._template(text)
            pattern = None if template.has_variables else arn_pattern(template.tokens)
            if template.has_variables:
                templates.append(template)
            elif pattern is not None and pattern.literal is None:
                patterns.append(pattern)
            elif pattern is not None and pattern.literal is not None:
                literals.add(pattern.literal)
        return frozenset(literals), tuple(patterns), tuple(templates)

    def _template(self, text: str) -> Template:
        """Read one pattern; a variable counts only after the fifth colon (rule 22)."""
        colons = text.count(":")
        if text != "*" and colons < PARTS - 1 and (self.padded or "*" in text or "?" in text):
            text += ":*" * (PARTS - 1 - colons)  # rule 48
        *head, last = text.split(":", PARTS - 1)
        fixed = Template.parse(":".join([*head, ""]) if head else "", variables=False, wildcards=True)
        rest = Template.parse(last, variables=self.variables, wildcards=True)
        return Template(_joined((*fixed.parts, *rest.parts)), rest.has_variables)

    def matches(self, facts: Facts) -> Truth:
        """Return whether the element holds for the request's resource."""
        literals, patterns, templates = self._compiled
        resource, parts = facts.resource, facts.parts
        if resource in literals:
            return not self.negated
        for pattern in patterns:
            if pattern.matches(resource, parts):
                return not self.negated
        if not templates:
            return self.negated
        truths = [_resolved(template, facts) for template in templates]
        if True in truths:
            return not self.negated
        return None if None in truths else self.negated


def _resolved(template: Template, facts: Facts) -> Truth:
    """Match a pattern with variables; one without a value matches no resource (rule 20)."""
    tokens = template.resolve(facts.values)
    if tokens is Unresolved.NO_VALUE:
        return False
    if isinstance(tokens, Unresolved):
        return None if _matches(template.widened(), facts) else False
    return _matches(tokens, facts)


def _matches(tokens: tuple[Token, ...], facts: Facts) -> bool:
    pattern = arn_pattern(tokens)
    return pattern is not None and pattern.matches(facts.resource, facts.parts)


def _joined(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Leave out the empty literals, so that a lone star is seen as one."""
    return tuple(part for part in parts if part != "" or isinstance(part, Wildcard))
