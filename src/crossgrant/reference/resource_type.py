"""Which type of resource an ARN is of, and whether an action takes it."""

from __future__ import annotations

import re
from functools import cache

from crossgrant.iam import Arn
from crossgrant.reference.service import Action, ResourceType, Service

_VARIABLE = re.compile(r"\$\{[^}]*\}")


def type_of(service: Service, arn: str) -> ResourceType | None:
    """Return the type of resource that `arn` is, the most specific one, or None where none fits."""
    fitting = [each for each in service.resource_types.values() if _expression(each.arn).fullmatch(arn)]
    return max(fitting, key=lambda each: len(_VARIABLE.sub("", each.arn)), default=None)


def acts_on(service: Service, action: Action, arn: str) -> bool:
    """Return whether `action` takes a resource such as `arn`; `*` stands for no resource.

    An action on the wrong type of resource is one that no policy can allow there. An ARN of no known type is given the
    benefit of the doubt, and so is one of another service.
    """
    named = {each.name.lower() for each in action.resources}
    parsed = Arn.parse(arn)
    if parsed is None:
        return not any(each.required for each in action.resources)
    found = type_of(service, arn)
    if found is None:
        return bool(named) and parsed.service != service.prefix
    return found.name.lower() in named


@cache
def _expression(arn: str) -> re.Pattern[str]:
    """Return the expression of a type's ARN: a variable is one part, the last one whatever is left."""
    pieces = _VARIABLE.split(arn)
    head, last = pieces[:-1], pieces[-1]
    within = "[^:]*".join(map(re.escape, head)) if head else ""
    return re.compile(f"{within}.*{re.escape(last)}" if head else re.escape(last), re.DOTALL)
