"""The statements of a policy that a call carries, each in one line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from crossgrant.demo.step import Act, Call, Value
from crossgrant.demo.wire import DOCUMENTS, plain


def statements(act: Act) -> list[str]:
    """Return a line for each statement of the policy document that an act carries."""
    if not isinstance(act, Call):
        return []
    documents = (plain(value) for name, value in act.parameters.items() if name in DOCUMENTS)
    return [_statement(each) for document in documents for each in document["Statement"]]


def own_part(text: str) -> str:
    """Return an ARN's own part, what stands after the account; other text as it is."""
    return text.split(":", 5)[5] if text.startswith("arn:") else text


def _statement(statement: Mapping[str, Value]) -> str:
    actions, resources = _many(statement["Action"]), _many(statement.get("Resource"))
    words = [f"{statement['Sid']}:"]
    principal = statement.get("Principal")
    if isinstance(principal, Mapping):
        words += [*_many(*principal.values()), "may"]
    words.append(", ".join([actions[0], *(action.partition(":")[2] for action in actions[1:])]))
    if resources:
        words += ["on", ", ".join(own_part(each) for each in resources)]
    return " ".join([*words, *_conditions(statement.get("Condition"))])


def _conditions(block: Value) -> list[str]:
    if not isinstance(block, Mapping):
        return []
    tests = [
        f"{key} is {' or '.join(own_part(each) for each in _many(values))}"
        for keys in block.values()
        if isinstance(keys, Mapping)
        for key, values in keys.items()
    ]
    return ["if", " and ".join(tests)]


def _many(*values: Value) -> list[str]:
    texts: list[str] = []
    for value in values:
        if isinstance(value, str):
            texts.append(value)
        elif isinstance(value, Sequence):
            texts += [str(each) for each in value]
    return texts
