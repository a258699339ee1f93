"""The multipart form of an upload, checked member by member.

It is read by hand because a route that declares a `File` reads every other member silently, and
before it has looked at any of them.
"""

import asyncio
import unicodedata
from collections.abc import AsyncGenerator, Callable
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn, TypeVar

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile

from expenseflow.identity import credentials
from expenseflow.statements import preview_schemas, reading
from expenseflow.statements.desk import Desk
from expenseflow.statements.errors import StatementTooLarge
from expenseflow.statements.planning import Choice
from expenseflow.statements.preview_schemas import MAX_ACCOUNT, NotUnderstood
from expenseflow.statements.reading import Given, ReadStatement
from expenseflow.web.deps import SettingsDep

_T = TypeVar("_T")

_MAX_FIELDS = 10
_MAX_FIELD_BYTES = 900_000
"""Decisions about every row of a long statement; `web.body` leaves a form so much room."""
_WHITE_SPACE = "\t\n\r"

_NO_CONTROL = r"^[^\x00-\x1f\x7f-\x9f]*$"
_ROW = {"type": "string", "enum": ["import", "skip"]}
_PROPERTIES: dict[str, Any] = {
    "file": {
        "type": "string",
        "format": "binary",
        "description": "CSV in any bank's dialect, OFX, QFX, CAMT.053 or MT940.",
    },
    "account": {
        "type": "string",
        "maxLength": MAX_ACCOUNT,
        "pattern": _NO_CONTROL,
        "description": "Label or last four digits, if the file says neither.",
    },
    "currency": {
        "type": "string",
        "pattern": _NO_CONTROL,
        "description": "ISO 4217, if the file does not say it.",
    },
    "mapping": preview_schemas.mapping_schema(),
    "decisions": {
        "type": "object",
        "propertyNames": {"pattern": "^[1-9][0-9]{0,6}$"},
        "additionalProperties": _ROW,
        "description": "By row number. `import` takes a duplicate as a further transaction, and a "
        "payment as an ordinary credit; `skip` leaves a row out.",
    },
}
FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": _PROPERTIES,
                },
                "encoding": {
                    "mapping": {"contentType": "application/json"},
                    "decisions": {"contentType": "application/json"},
                },
            }
        },
    }
}


@dataclass(frozen=True, slots=True)
class ReadUpload:
    """The file of a form, taken apart."""

    file_name: str
    statement: ReadStatement
    choices: Dict[int, Choice]


async def get_desk(request: Request) -> Desk:
    """Where the uploads of this process wait; they hold no connection meanwhile."""
    state = request.app.state
    if not hasattr(state, "desk"):
        state.desk = Desk()
    return state.desk


async def read_statement(
    request: Request, desk: Annotated[Desk, Depends(get_desk)], settings: SettingsDep
) -> AsyncGenerator[ReadUpload]:
    """The statement in the form, with a place at the desk for as long as the route needs it.

    Raises RequestValidationError, StatementTooLarge, TooManyUploads, UploadsAreBusy,
    UnknownCurrency, UnreadableStatement or MappingDoesNotFit.
    """
    with desk.place(credentials.claims_of(request).user_id):
        async with request.form(
            max_files=1, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES
        ) as form:
            file = _file_of(form)
            given = _given(form, settings.default_currency)
            choices = _json(form, "decisions", preview_schemas.choices_of) or {}
            async with desk.turn():
                content = await _content(file, settings.max_upload_mb)
                statement = await asyncio.to_thread(reading.read, content, given)
                yield ReadUpload(file.filename or "", statement, choices)


ReadUploadDep = Annotated[ReadUpload, Depends(read_statement, scope="function")]


def _given(form: FormData, default_currency: str) -> Given:
    return reading.given(
        _account(form),
        _text(form, "currency"),
        default_currency=default_currency,
        mapping=_json(form, "mapping", preview_schemas.mapping_of),
    )


def _file_of(form: FormData) -> UploadFile:
    """The file; whatever is wrong with the members is told at once, the missing file first."""
    file = form.get("file")
    mistakes = dict[str, str]()
    if not isinstance(file, UploadFile):
        mistakes["file"] = "A file is needed."
    names = [name for name, _ in form.multi_items()]
    for name in names:
        if name not in _PROPERTIES:
            mistakes[name] = "There is no such member."
        elif names.count(name) > 1:
            mistakes[name] = "The member stands there twice."
    if mistakes or not isinstance(file, UploadFile):
        raise RequestValidationError([_mistake(name, words) for name, words in mistakes.items()])
    return file


async def _content(file: UploadFile, limit_mb: int) -> bytes:
    limit = limit_mb * 1_000_000
    content = await file.read(limit + 1)
    if len(content) > limit:
        raise StatementTooLarge(f"The file is larger than {limit_mb} MB.", limit_mb=limit_mb)
    return content


def _account(form: FormData) -> str | None:
    account = _text(form, "account")
    if account is not None and len(account) > MAX_ACCOUNT:
        _refuse("account", f"At most {MAX_ACCOUNT} characters.")
    return account


def _text(form: FormData, name: str, *, allowed: str = "") -> str | None:
    value = form.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        _refuse(name, "This is text, not a file.")
    bare = value.translate({ord(char): None for char in allowed})
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in bare):
        _refuse(name, "Control characters are not taken.")
    return value.strip() or None


def _json(form: FormData, name: str, understand: Callable[[str], _T]) -> _T | None:
    """What the JSON of a member means; None when it is not there, or empty."""
    written = _text(form, name, allowed=_WHITE_SPACE)
    if written is None:
        return None
    try:
        return understand(written)
    except NotUnderstood as error:
        _refuse(name, str(error))


def _refuse(name: str, detail: str) -> NoReturn:
    raise RequestValidationError([_mistake(name, detail)])


def _mistake(name: str, detail: str) -> dict[str, Any]:
    return {"loc": ("body", name), "msg": detail, "type": "value_error"}
