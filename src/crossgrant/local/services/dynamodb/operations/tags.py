"""TagResource, UntagResource and ListTagsOfResource.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.html
"""

from __future__ import annotations

from dataclasses import replace

from crossgrant.local.operation import Access, Call, Need, Operation, Output
from crossgrant.local.services.dynamodb import access, catalog, definition
from crossgrant.local.services.dynamodb.errors import invalid_parameter
from crossgrant.local.services.dynamodb.shapes import STRING, Member, Structure, list_of, string
from crossgrant.local.services.dynamodb.target import Target

RESOURCE_ARN = Member("ResourceArn", string(1, 1283), required=True)
_MOST_TAGS = 50

TAGGED = Structure("TagResourceInput", RESOURCE_ARN, definition.TAGS._replace(required=True))
UNTAGGED = Structure("UntagResourceInput", RESOURCE_ARN, Member("TagKeys", list_of(string(1, 128)), required=True))
LISTED = Structure("ListTagsOfResourceInput", RESOURCE_ARN, Member("NextToken", STRING))


def read_tagging(call: Call) -> Target:
    """Check a TagResource: at least one tag, no key twice."""
    TAGGED.check(call.input)
    keys = [tag["Key"] for tag in call.input["Tags"]]
    if not keys:
        raise invalid_parameter("Atleast one Tag needs to be provided as Input.")
    if len(set(keys)) != len(keys):
        raise invalid_parameter("Duplicate Tag Keys found in the Tags list.")
    return Target.of_arn(call, call.input["ResourceArn"])


def needs_tagging(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:TagResource."""
    return (access.need(call, target, "dynamodb:TagResource", access.request_tags(call.input["Tags"])),)


def serve_tagging(call: Call, target: Target) -> Output:
    """Put the tags on the table."""
    table = target.existing_resource()
    tags = {**dict(table.tags), **{tag["Key"]: tag["Value"] for tag in call.input["Tags"]}}
    if len(tags) > _MOST_TAGS:
        raise invalid_parameter(f"Too Many Tags: The number of tags on a resource can't exceed {_MOST_TAGS}.")
    catalog.update(call.accounts.database, replace(table, tags=tuple(tags.items())))
    return {}


def read_untagging(call: Call) -> Target:
    """Check an UntagResource: at least one key."""
    UNTAGGED.check(call.input)
    if not call.input["TagKeys"]:
        raise invalid_parameter("Atleast one Tag Key needs to be provided as Input.")
    return Target.of_arn(call, call.input["ResourceArn"])


def needs_untagging(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:UntagResource."""
    context: access.Context = {"aws:TagKeys": tuple(call.input["TagKeys"])}
    return (access.need(call, target, "dynamodb:UntagResource", context),)


def serve_untagging(call: Call, target: Target) -> Output:
    """Take the tags off the table; keys that it hasn't are ignored."""
    table = target.existing_resource()
    gone = set(call.input["TagKeys"])
    catalog.update(call.accounts.database, replace(table, tags=tuple(tag for tag in table.tags if tag[0] not in gone)))
    return {}


def read_list(call: Call) -> Target:
    """Check a ListTagsOfResource."""
    LISTED.check(call.input)
    return Target.of_arn(call, call.input["ResourceArn"])


def needs_list(call: Call, target: Target) -> tuple[Need, ...]:
    """Return the decision on dynamodb:ListTagsOfResource."""
    return (access.need(call, target, "dynamodb:ListTagsOfResource", {}),)


def serve_list(_call: Call, target: Target) -> Output:
    """Return the table's tags, which fit on one page."""
    return {"Tags": [{"Key": key, "Value": value} for key, value in target.existing_resource().tags]}


OPERATIONS = (
    Operation("TagResource", TAGGED.names, read_tagging, needs_tagging, serve_tagging),
    Operation("UntagResource", UNTAGGED.names, read_untagging, needs_untagging, serve_untagging),
    Operation("ListTagsOfResource", LISTED.names, read_list, needs_list, serve_list, Access.READS),
)
