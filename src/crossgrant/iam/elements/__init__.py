"""The elements that say to what a statement applies: Action, Resource and Principal, and their negations."""

from crossgrant.iam.elements.action import ActionElement
from crossgrant.iam.elements.principal import Grade, PrincipalElement
from crossgrant.iam.elements.resource import ResourceElement

__all__ = ["ActionElement", "Grade", "PrincipalElement", "ResourceElement"]
