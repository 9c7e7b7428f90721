"""Handlers that show what a runtime does: each function is one case, run once under AWS's client and once under ours.

`handler` is what both clients load; it calls the function that the event names. A case returns what it wants compared.
"""
# mypy: ignore-errors

import collections
import datetime
import enum
import json
import logging
import os
import sys
from decimal import Decimal

Point = collections.namedtuple("Point", "x y")


class Colour(enum.IntEnum):
    RED = 1


class HasAsDict:
    def _asdict(self):
        return {"as": "dict"}


class CustomError(Exception):
    pass


def handler(event, context):
    return globals()[event["case"]](event, context)


# Responses


def returns_its_event(event, context):
    return event


def returns_nothing(event, context):
    return None


def returns_text(event, context):
    return 'quotes " \\ / \n \t \x00 \x1f \x7f é ü 中 😀 \u2028'


def returns_bytes(event, context):
    return b"\x00\x01raw"


def returns_numbers(event, context):
    return [0, -1, 10**30, 1.5, -0.0, 1e300, 1e-7, True, False, None, Colour.RED]


def returns_numbers_that_json_lacks(event, context):
    return [float("nan"), float("inf"), float("-inf")]


def returns_decimals(event, context):
    return [Decimal(text) for text in ("1.5", "12345678901234567890.123", "1E+3", "0.10", "-0", "NaN", "Infinity")]


def returns_containers(event, context):
    return {"list": [[], [1]], "tuple": (1, (2,)), "named": Point(1, 2), "as": HasAsDict(), "empty": {}, "bytes": b"x"}


def returns_keys_of_many_types(event, context):
    return {1: "int", 2.5: "float", None: "none", b"bytes": "bytes", Colour.RED: "enum", "": "empty", float("nan"): 0}


def returns_a_deep_list(event, context):
    value = []
    for _ in range(100):
        value = [value]
    return value


# Responses that have no JSON form


def returns_a_set(event, context):
    return {1, 2}


def returns_a_date(event, context):
    return {"when": [datetime.datetime(2020, 1, 1)]}


def returns_a_decimal_key(event, context):
    return {Decimal(1): 1}


def returns_a_tuple_key(event, context):
    return {(1, 2): 1}


def returns_bytes_that_are_no_text(event, context):
    return {"bytes": b"\xff"}


def returns_itself(event, context):
    value = []
    value.append(value)
    return value


def returns_its_context(event, context):
    return context


# Errors


def raises(event, context):
    raise ValueError("a message")


def raises_without_a_message(event, context):
    raise CustomError


def raises_in_unicode(event, context):
    raise CustomError("é 😀\nsecond line")


def raises_below_the_handler(event, context):
    def inner():
        return json.loads("{")

    return inner()


def raises_from(event, context):
    try:
        return 1 / 0
    except ZeroDivisionError as error:
        raise KeyError("missing") from error


def raises_a_key_error(event, context):
    return {}["absent"]


# Context


def sees_its_context(event, context):
    return [
        context.function_name,
        context.function_version,
        context.invoked_function_arn,
        context.memory_limit_in_mb,
        context.aws_request_id,
        context.log_group_name,
        context.log_stream_name,
        context.tenant_id,
        context.identity.cognito_identity_id,
        context.identity.cognito_identity_pool_id,
        sorted(name for name in dir(context) if not name.startswith("_")),
        repr(context),
    ]


def sees_its_client_context(event, context):
    client = context.client_context
    return client and [
        client.custom,
        client.env,
        client.client and [client.client.installation_id, client.client.app_title, client.client.app_package_name],
        repr(client),
        context.w3c(),
    ]


def sees_how_long_it_may_run(event, context):
    left = context.get_remaining_time_in_millis()
    return [type(left).__name__, 50_000 < left <= 60_000]


def sees_its_trace_id(event, context):
    return os.environ.get("_X_AMZN_TRACE_ID")


def sees_no_log_descriptor(event, context):
    return "_LAMBDA_TELEMETRY_LOG_FD" in os.environ


# Logs


def prints(event, context):
    print("to stdout")
    print("to stderr", file=sys.stderr)
    print("no end of line", end="")
    sys.stdout.write("é 😀\n")


def logs(event, context):
    logger = logging.getLogger()
    logger.debug("a debug line")
    logger.info("an info line")
    logger.warning("a warning, with %s", "arguments")
    logging.getLogger("named").error("an error\nof two lines")
    logger.critical("é 😀")


def logs_at_a_level_of_its_own(event, context):
    logging.getLogger().setLevel(logging.DEBUG)
    logging.getLogger().debug("a debug line")
    logging.getLogger().log(25, "between levels")
    logging.getLogger().setLevel(logging.WARNING)


def logs_an_exception(event, context):
    try:
        return 1 / 0
    except ZeroDivisionError:
        logging.getLogger().exception("it failed")


def logs_extra_members(event, context):
    logging.getLogger().warning("with more", extra={"order": 7, "when": datetime.date(2020, 1, 1), "none": None})


def logs_a_dict(event, context):
    logging.getLogger().warning({"a": 1, "b": Decimal("1.5")})


def logs_through_the_context(event, context):
    context.log("through the context")


def logs_in_a_format_of_its_own(event, context):
    handler = logging.getLogger().handlers[0]
    formatter = handler.formatter
    handler.setFormatter(logging.Formatter("%(aws_request_id)s %(message)s"))
    logging.getLogger().warning("formatted")
    handler.setFormatter(formatter)
