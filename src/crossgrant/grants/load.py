"""Read a grant file: text in, a valid GrantFile out, or every problem with its line and column.

    text ─ruamel─► a tree with places ─schema─► its shape ─rules─► model

All problems of a stage are told at once; the rules speak once the shape is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from crossgrant.errors import CrossgrantError
from crossgrant.grants import model
from crossgrant.grants.forms import LONGEST_CHAINED_SESSION
from crossgrant.grants.places import place_of
from crossgrant.grants.problem import GrantFileError, Problem
from crossgrant.grants.rules import check
from crossgrant.grants.schema import AccountPart, FilePart, GrantPart
from crossgrant.grants.wording import worded

DEFAULT_HANDLER = "app.lambda_handler"


def load(path: Path, *, now: datetime) -> model.GrantFile:
    """Return the grants of a file.

    Args:
        path: the file; `code` is relative to its folder.
        now: an aware moment; a grant that ended before it is refused.

    Raises:
        CrossgrantError: the file can't be read.
        GrantFileError: the file can't be used.

    """
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise GrantFileError(str(path), (Problem(1, 1, "", f"byte {error.start} of the file is no UTF-8"),)) from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CrossgrantError(f"can't read `{path}`: {reason}", help="`crossgrant init` writes a grant file") from error
    return parse(text, path, now=now)


def parse(text: str, path: Path, *, now: datetime) -> model.GrantFile:
    """Return the grants of a file's text; as `load`."""
    tree = _parse_yaml(text, path)
    try:
        file = FilePart.model_validate(tree, context={"now": now})
    except ValidationError as error:
        raise GrantFileError(str(path), worded(error.errors(include_url=False), tree)) from None
    broken = tuple(sorted(_broken_rules(file, tree)))
    if broken:
        raise GrantFileError(str(path), broken)
    return _file(file, path)


def _parse_yaml(text: str, path: Path) -> object:
    try:
        tree: object = YAML().load(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (1, 1) if mark is None else (mark.line + 1, mark.column + 1)
        reason = str(error.problem or error.context).partition(" with value")[0]  # a double key's values are long
        problem = Problem(line, column, "", f"the file is no YAML: {reason}")
        raise GrantFileError(str(path), (problem,)) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise GrantFileError(str(path), (Problem(1, 1, "", f"the file is no YAML: {error}"),)) from error
    if tree is None:
        problem = Problem(1, 1, "", "the file is empty", "`crossgrant init` writes a grant file to start from")
        raise GrantFileError(str(path), (problem,))
    return tree


def _broken_rules(file: FilePart, tree: object) -> Iterator[Problem]:
    for found in check(file):
        line, column = place_of(tree, found.key)
        yield Problem(line, column, ".".join(map(str, found.key)), found.message, found.help)


def _file(file: FilePart, path: Path) -> model.GrantFile:
    accounts = {name: _account(name, part) for name, part in file.accounts.items()}
    grants = tuple(_grant(name, part, accounts, path.parent) for name, part in file.grants.items())
    return model.GrantFile(path, MappingProxyType(accounts), grants)


def _account(name: str, part: AccountPart) -> model.Account:
    return model.Account(name, part.id, part.region, part.profile)


def _grant(name: str, part: GrantPart, accounts: dict[str, model.Account], folder: Path) -> model.Grant:
    from_, to, items, session = part.from_, part.to, part.items, part.session
    return model.Grant(
        name=name,
        caller=accounts[from_.account],
        owner=accounts[to.account],
        function=model.Function(
            name=from_.function,
            code=None if from_.code is None else folder / from_.code,
            handler=from_.handler or DEFAULT_HANDLER,
            execution_role=from_.execution_role,
            only_this_function=from_.only_this_function,
        ),
        table=model.Table(to.table, MappingProxyType(dict(to.key or {})), tuple(part.indexes or ())),
        role=(to.role or name) if part.via is model.Via.ASSUME_ROLE else None,
        actions=part.actions,
        via=part.via,
        trust=part.trust,
        conditions=model.Conditions(part.conditions.organization, part.conditions.external_id),
        items=model.Items(tuple(items.leading_keys or ()), tuple(items.attributes or ())),
        session=model.Session(
            duration=session.duration or LONGEST_CHAINED_SESSION,
            tags=MappingProxyType(dict(session.tags or {})),
            source_identity=session.source_identity,
        ),
        encryption_key=part.encryption_key,
        expires=part.expires,
    )
