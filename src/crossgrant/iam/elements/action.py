"""Action and NotAction: names in any case, with wildcards anywhere (rules 35 and 38).

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_action.html
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from crossgrant.iam.wildcard import Glob, glob, tokens_of


@dataclass(frozen=True, eq=False)
class ActionElement:
    """The action names of one statement, as written."""

    patterns: tuple[str, ...]
    negated: bool = False

    @cached_property
    def globs(self) -> tuple[Glob, ...]:
        """The patterns in lower case."""
        return tuple(glob(tokens_of(pattern.lower())) for pattern in self.patterns)

    def matches(self, action: str) -> bool:
        """Return whether the element names `action`, given in lower case."""
        return any(pattern.matches(action) for pattern in self.globs) is not self.negated
