"""Action and NotAction: names in any case, with wildcards anywhere (rules 35 and 38).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
"""

from __future__ import annotations

from dataclasses import dataclass

from crossgrant.iam.lazy import lazy
from crossgrant.iam.wildcard import Glob, glob, is_wild, tokens_of


@dataclass(frozen=True, eq=False)
class ActionElement:
    """The action names of one statement, as written."""

    patterns: tuple[str, ...]
    negated: bool = False

    @lazy
    def exact(self) -> frozenset[str]:
        """The full names, in lower case."""
        return frozenset([name.lower() for name in self.patterns if not is_wild(name)])

    @lazy
    def wild(self) -> tuple[Glob, ...]:
        """The patterns with wildcards, in lower case."""
        return tuple([glob(tokens_of(name.lower())) for name in self.patterns if is_wild(name)])

    def matches(self, action: str) -> bool:
        """Return whether the element names `action`, given in lower case."""
        named = action in self.exact or any(pattern.matches(action) for pattern in self.wild)
        return named is not self.negated
