"""The multipart form of an upload, checked member by member.

It is read by hand because a route that declares a `File` reads every other member silently, and
before it has looked at any of them.
"""

import asyncio
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any, NoReturn

from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile

from expenseflow.statements import reading
from expenseflow.statements.errors import StatementTooLarge
from expenseflow.statements.reading import ReadStatement
from expenseflow.web.deps import SettingsDep

MAX_ACCOUNT = 100
READ_AT_ONCE = 2
"""Files a process takes apart at a time; each takes a processor and a multiple of its size."""
_MEMBERS = frozenset({"file", "account", "currency"})
_MAX_FIELDS = 10
_MAX_FIELD_BYTES = 10_000

FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "additionalProperties": False,
                    "properties": {
                        "file": {
                            "type": "string",
                            "format": "binary",
                            "description": "CSV in any bank's dialect, OFX or QFX.",
                        },
                        "account": {
                            "type": "string",
                            "maxLength": MAX_ACCOUNT,
                            "description": "Label or last four digits, if the file says neither.",
                        },
                        "currency": {
                            "type": "string",
                            "description": "ISO 4217, if the file does not say it.",
                        },
                    },
                }
            }
        },
    }
}


@dataclass(frozen=True, slots=True)
class Upload:
    """What came in the form."""

    file_name: str
    content: bytes
    account: str | None
    currency: str | None


async def read_upload(request: Request, settings: SettingsDep) -> Upload:
    """The form of the request; raises RequestValidationError or StatementTooLarge."""
    async with request.form(
        max_files=1, max_fields=_MAX_FIELDS, max_part_size=_MAX_FIELD_BYTES
    ) as form:
        file = _file_of(form)
        return Upload(
            file_name=file.filename or "",
            content=await _content(file, settings.max_upload_mb),
            account=_account(form),
            currency=_text(form, "currency"),
        )


@dataclass(frozen=True, slots=True)
class ReadUpload:
    """The file of a form, taken apart."""

    file_name: str
    statement: ReadStatement


async def get_slots(request: Request) -> asyncio.Semaphore:
    """Who may take a file apart now; further uploads wait, and hold no connection meanwhile."""
    state = request.app.state
    if not hasattr(state, "statement_slots"):
        state.statement_slots = asyncio.Semaphore(READ_AT_ONCE)
    return state.statement_slots


async def read_statement(
    upload: Annotated[Upload, Depends(read_upload)],
    slots: Annotated[asyncio.Semaphore, Depends(get_slots)],
    settings: SettingsDep,
) -> ReadUpload:
    """The statement in the form; raises UnknownCurrency or UnreadableStatement."""
    given = reading.given(
        upload.account, upload.currency, default_currency=settings.default_currency
    )
    async with slots:
        statement = await asyncio.to_thread(reading.read, upload.content, given)
    return ReadUpload(upload.file_name, statement)


ReadUploadDep = Annotated[ReadUpload, Depends(read_statement)]


def _file_of(form: FormData) -> UploadFile:
    """The file; whatever is wrong with the members is told at once, the missing file first."""
    file = form.get("file")
    mistakes = dict[str, str]()
    if not isinstance(file, UploadFile):
        mistakes["file"] = "A file is needed."
    names = [name for name, _ in form.multi_items()]
    for name in names:
        if name not in _MEMBERS:
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


def _text(form: FormData, name: str) -> str | None:
    value = form.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        _refuse(name, "This is text, not a file.")
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in value):
        _refuse(name, "Control characters are not taken.")
    return value.strip() or None


def _refuse(name: str, detail: str) -> NoReturn:
    raise RequestValidationError([_mistake(name, detail)])


def _mistake(name: str, detail: str) -> dict[str, Any]:
    return {"loc": ("body", name), "msg": detail, "type": "value_error"}
