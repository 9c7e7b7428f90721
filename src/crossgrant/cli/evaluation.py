"""An evaluation as people read it: the decision, what decided, and each check with its statements."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.tree import Tree

from crossgrant.iam import Decision, Unresolved, denial_message, evaluate
from crossgrant.iam.scenario import Scenario
from crossgrant.iam.trace import CheckTrace, ConditionTrace, StatementTrace
from crossgrant.reference import acts_on, service

_STYLES = {Decision.ALLOW: "green", Decision.UNKNOWN: "yellow"}
_MARKS = {True: "[green]✓[/]", False: "[red]✗[/]", None: "[yellow]?[/]"}


def print_evaluation(scenario: Scenario) -> None:
    """Print how the scenario's request is decided."""
    console = Console(highlight=False, soft_wrap=True)
    request = scenario.request
    evaluation = evaluate(request, scenario.policies, trace=True)
    style = _STYLES.get(evaluation.decision, "red")
    console.print(f"[bold {style}]{evaluation.decision}[/]  {escape(request.action)} on {escape(request.resource)}")
    for reason in evaluation.decided_by:
        where = "nothing allows" if reason.kind == "nothing_allows" else f"{reason.policy} {reason.pointer}"
        console.print(f"  decided by {reason.layer}: {escape(where)}{escape(f' ({reason.sid})') if reason.sid else ''}")
    if evaluation.decision in (Decision.EXPLICIT_DENY, Decision.IMPLICIT_DENY):
        console.print(f"  [dim]{escape(denial_message(request, evaluation))}[/]")
    for note in _notes(request.action, request.resource):
        console.print(f"  [yellow]{escape(note)}[/]")
    for check in evaluation.trace.checks if evaluation.trace else ():
        console.print(_check(check))
    for each in evaluation.not_evaluated:
        console.print(f"[yellow]not evaluated[/] {escape(each.policy)} {escape(each.pointer)}: {escape(each.reason)}")


def _notes(action: str, resource: str) -> Iterator[str]:
    """Tell where the service reference doesn't know the action, or knows it on other types of resource."""
    prefix, _, name = action.lower().partition(":")
    known = service(prefix)
    if known is None or name not in known.actions:
        yield f"the service reference knows no action {action}: it is taken by its name"
    elif not acts_on(known, known.actions[name], resource):
        types = ", ".join(each.name for each in known.actions[name].resources) or "no resource"
        yield f"{known.actions[name].name} acts on {types}: no policy can allow it on {resource}"


def _check(check: CheckTrace) -> Tree:
    tree = Tree(f"[bold]{check.layer}[/] {check.effect}")
    for policy in check.policies:
        branch = tree.add(escape(policy.policy.name))
        for statement in policy.statements:
            _add_statement(branch, statement)
    return tree


def _add_statement(tree: Tree, traced: StatementTrace) -> None:
    statement = traced.statement
    effect = "Allow" if statement.allows else "Deny"
    branch = tree.add(f"{_MARKS[traced.matched]} {effect} {escape(statement.sid or statement.pointer)}")
    if not traced.action:
        branch.add(
            f"{_MARKS[False]} {_element('Action', statement.actions.patterns, negated=statement.actions.negated)}"
        )
        return
    if statement.principals is not None and not traced.grade:
        names = tuple(name for _, name in statement.principals.names)
        branch.add(f"{_MARKS[False]} {_element('Principal', names, negated=statement.principals.negated)}")
    if statement.resources is not None and traced.resource is not True:
        resources = statement.resources
        branch.add(f"{_MARKS[traced.resource]} {_element('Resource', resources.patterns, negated=resources.negated)}")
    for condition in traced.conditions:
        branch.add(_condition(condition))


def _element(name: str, patterns: tuple[str, ...], *, negated: bool) -> str:
    return escape(f"{'Not' if negated else ''}{name} {', '.join(patterns)}")


def _condition(traced: ConditionTrace) -> str:
    condition, actual = traced.condition, traced.actual
    met = "not known" if isinstance(actual, Unresolved) else "absent" if actual is None else ", ".join(actual)
    text = f"{condition.operator} {condition.key}: expected {', '.join(condition.values)}, was {met}"
    return f"{_MARKS[traced.matched]} {escape(text)}" + (f" ({escape(traced.unread)})" if traced.unread else "")
