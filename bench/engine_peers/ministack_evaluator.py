"""Ask MiniStack's evaluator one question for a while, and print its decisions a second."""

from __future__ import annotations

import json
import sys
import time

from ministack.core.iam_evaluator import (  # type: ignore[import-not-found]  # in MiniStack's own environment
    EvalContext,
    combine_resource_policy,
    evaluate,
    parse_policy_document,
)

asked = json.load(sys.stdin)
request, policies = asked["scenario"]["request"], asked["scenario"]["policies"]
account, owner = request["principal"].split(":")[4], request["resource"].split(":")[4]
parsed = [parse_policy_document(document) for document in policies["identity_based"]]
resource_based = policies.get("resource_based")


def decide() -> object:
    """Decide the question once."""
    context = EvalContext(
        request["principal"],
        "AssumedRole",
        account,
        request["action"],
        request["resource"],
        "us-east-1",
        service_context=request["context"],
    )
    result = evaluate(context, parsed)
    if resource_based is not None:
        result = combine_resource_policy(result, context, resource_based, owner)
    return result.decision


start, size = time.process_time(), 0
while time.process_time() - start < asked["seconds"] / 10:
    decide()
    size += 1
size, best = max(1, size // 10), 0.0
end = time.process_time() + asked["seconds"]
while time.process_time() < end:
    start = time.process_time()
    for _ in range(size):
        decide()
    best = max(best, size / (time.process_time() - start))
print(best)
