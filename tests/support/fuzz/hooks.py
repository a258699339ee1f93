"""What schemathesis loads (`hooks` in api.toml): some of what it makes up becomes real.

An id made up at random names nothing, so that nearly every call would end in a 404. Three of four
values that are right by the document are replaced with one of the world's; what is wrong on
purpose stays as it is. Which one is told by the value itself, so that a run can be repeated.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import schemathesis
from schemathesis import AuthContext, Case, HookContext

from tests.support.fuzz import world
from tests.support.fuzz.world import World

CHARTS = ("/api/accounts", "/api/departments")
_LIST_TAG = re.compile('"[0-9a-f]{64}"')
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


def _world() -> World:
    return World(**json.loads(Path(os.environ[world.FILE]).read_text()))


def number_of(value: Any) -> int:
    """A number that only the value decides."""
    return int.from_bytes(hashlib.sha256(repr(value).encode()).digest()[:6])


def is_id(value: Any) -> bool:
    try:
        UUID(value)
    except (ValueError, AttributeError, TypeError):
        return False
    return True


def is_code(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 40 and "\0" not in value


def is_month(value: Any) -> bool:
    return isinstance(value, str) and _MONTH.fullmatch(value) is not None


def is_version(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def items_now(path: str) -> list[dict[str, Any]]:
    """What is listed there at this moment, as a client looks before it changes something."""
    answer = httpx.get(
        f"{os.environ['EXPENSEFLOW_FUZZ_URL']}{path}",
        params={"pageSize": 100},
        headers={"Authorization": f"Bearer {os.environ['EXPENSEFLOW_FUZZ_TOKEN']}"},
    )
    return answer.raise_for_status().json()["items"]


def tag_now(path: str) -> str:
    """What names the list there at this moment."""
    answer = httpx.get(
        f"{os.environ['EXPENSEFLOW_FUZZ_URL']}{path}",
        headers={"Authorization": f"Bearer {os.environ['EXPENSEFLOW_FUZZ_TOKEN']}"},
    )
    return answer.raise_for_status().headers["etag"]


def _is_entry(one: Any) -> bool:
    return isinstance(one, dict) and isinstance(one.get("code"), str)


class Realist:
    """Puts the world's own names in the place of those that were made up."""

    def __init__(self, known: World) -> None:
        self._world = known
        self._reports = list(known.lines)
        self._kinds: Mapping[str, tuple[Callable[[Any], bool], list[Any]]] = {
            "job_id": (is_id, known.jobs),
            "transaction_id": (is_id, known.transactions),
            "statement_id": (is_id, known.statements),
            "rule_id": (is_id, known.rules),
            "user_id": (is_id, known.people),
            "reportId": (is_id, self._reports),
            "glCode": (is_code, known.accounts),
            "departmentCode": (is_code, known.departments),
            "period": (is_month, known.months),
            "version": (is_version, [1]),
        }

    def improve(self, case: Case) -> None:
        """Change the case in place."""
        lines = self._put_path(case)
        case.query = {name: self._named(name, value) for name, value in case.query.items()}
        self._put_headers(case)
        if case.path.startswith("/api/statements") and isinstance(case.body, dict):
            case.body = {**case.body, "file": self._file(case.body.get("file"))}
        elif case.path in CHARTS:
            self._put_chart(case)
        elif isinstance(case.body, dict):
            case.body = self._body(case.path, case.body, lines)

    def _put_path(self, case: Case) -> list[str]:
        """The lines of the report that the path names now."""
        made_up = case.path_parameters
        spent = case.method.upper() == "DELETE"  # two thirds of everything outlive the deleting
        put = {name: self._named(name, value, spent=spent) for name, value in made_up.items()}
        if case.path.endswith("/retry") and is_id(made_up.get("job_id")):
            put["job_id"] = self._picked(made_up["job_id"], self._world.retried)
        if case.path.startswith("/api/admin/") and is_id(made_up.get("job_id")):
            put["job_id"] = self._picked(made_up["job_id"], self._world.others_jobs)
        lines: list[str] = []
        if is_id(made_up.get("report_id")):
            put["report_id"] = self._picked(made_up["report_id"], self._reports_for(case))
            lines = self._world.lines.get(put["report_id"], [])
        if lines and is_id(made_up.get("line_id")):
            put["line_id"] = self._picked(made_up["line_id"], lines)
        case.path_parameters = put
        return lines

    def _reports_for(self, case: Case) -> list[str]:
        """What is edited is not what is submitted, or there would soon be nothing to edit."""
        first, *others = self._world.other_drafts
        if case.method.upper() == "DELETE":
            return [first]  # which nobody submits before
        if case.path.endswith("/submit"):
            return others
        if case.path.endswith("/reopen"):
            return self._world.submitted
        is_edit = "/lines" in case.path and case.method.upper() != "GET"
        return self._world.kept_drafts if is_edit else self._reports

    def _put_headers(self, case: Case) -> None:
        if case.path in CHARTS and _LIST_TAG.fullmatch(str(case.headers.get("If-Match", ""))):
            case.headers["If-Match"] = tag_now(case.path)
        elif re.fullmatch(r'"[0-9]+"', str(case.headers.get("If-Match", ""))):
            case.headers["If-Match"] = f'"{self._version_now(case)}"'

    def _put_chart(self, case: Case) -> None:
        """With all codes that the lines of others name, or nothing could be filed any more."""
        codes = self._world.accounts if case.path == CHARTS[0] else self._world.departments
        real = [{"code": code, "name": f"Number {code}"} for code in codes]
        if case.media_type == "text/csv":
            case.body = "\n".join(["code,name", *(f"{code},Number {code}" for code in codes)])
        elif isinstance(case.body, dict) and isinstance(case.body.get("items"), list):
            made_up: Any = case.body["items"]
            others = [one for one in made_up if not _is_entry(one) or one["code"] not in codes]
            body: dict[str, Any] = {**case.body, "items": [*real, *others]}
            case.body = body

    def _version_now(self, case: Case) -> int:
        report, line = (case.path_parameters.get(name) for name in ("report_id", "line_id"))
        if report not in self._world.lines:
            return 1
        listed = items_now(f"/api/reports/{report}/lines")
        return next((one["version"] for one in listed if one["id"] == line), 1)

    def _body(self, path: str, body: dict[str, Any], lines: list[str]) -> dict[str, Any]:
        if path == "/api/sign-in" and isinstance(body.get("code"), str):
            return {**body, "code": self._next(self._world.sign_in_codes)}
        if isinstance(body.get("acceptUnreviewed"), bool):  # without a body it is refused already
            return {**body, "acceptUnreviewed": True}
        put = {name: self._member(name, value, lines) for name, value in body.items()}
        if path == "/api/rules/test" and is_id(put.get("id")):
            put["id"] = self._picked(put["id"], self._world.rules)
        return put

    def _member(self, name: str, value: Any, lines: list[str]) -> Any:
        if isinstance(value, dict):
            return {key: self._member(key, part, lines) for key, part in value.items()}
        if isinstance(value, list):
            return self._items(name, value, lines)
        if lines and name == "sameVendorAs" and is_id(value):
            return self._picked(value, lines)
        return self._named(name, value)

    def _items(self, name: str, value: list[Any], lines: list[str]) -> list[Any]:
        if name == "ids" and all(map(is_id, value)) and number_of(value) % 4:
            return [rule["id"] for rule in items_now("/api/rules")]
        if name == "lines" and lines and all(isinstance(each, dict) for each in value):
            return [self._seen(at, each, lines) for at, each in enumerate(value)]
        return value

    def _seen(self, at: int, line: dict[str, Any], lines: list[str]) -> dict[str, Any]:
        """Lines of the report as far as there are some; none is named twice."""
        if not is_id(line.get("id")):
            return line
        id_ = lines[at] if at < len(lines) else str(UUID(int=number_of((at, line)), version=4))
        return {**line, "id": id_, "version": self._named("version", line.get("version"))}

    def _named(self, name: str, value: Any, *, spent: bool = False) -> Any:
        fits, real = self._kinds.get(name, (lambda _: False, []))
        return self._picked(value, real, spent=spent) if fits(value) else value

    @staticmethod
    def _picked(value: Any, real: list[Any], *, spent: bool = False) -> Any:
        number = number_of(value)
        some = real[: len(real) // 3] if spent else real
        # The simplest value, nought, comes most often: it stands for a real one, too.
        return some[number // 4 % len(some)] if some and number % 4 != 1 else value

    def token_for(self, path: str) -> str:
        """Signing out takes somebody else's: the one of the run has to last."""
        if path == "/api/sign-out":
            return self._next(self._world.tokens)
        return os.environ["EXPENSEFLOW_FUZZ_TOKEN"]

    @staticmethod
    def _next(credentials: list[str]) -> str:
        return credentials.pop() if credentials else "used-up"

    def _file(self, made_up: Any) -> Any:
        if not isinstance(made_up, (bytes, str)) or number_of(made_up) % 4 == 0:
            return made_up
        month = self._world.months[number_of(made_up) % len(self._world.months)]
        noise = made_up if isinstance(made_up, bytes) else made_up.encode("utf-8", "replace")
        return world.statement(month) + noise[: number_of(made_up) % 20]


_realist = Realist(_world())


@schemathesis.auth(refresh_interval=None)
class Credentials:
    """A valid token, except where schemathesis tries what happens without."""

    def get(self, case: Case, _context: AuthContext) -> str:
        return _realist.token_for(case.path)

    def set(self, case: Case, data: str, _context: AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """In sequences the ids come from earlier answers, so they are left alone."""
    if case.meta is None or case.meta.phase.name.value != "stateful":
        _realist.improve(case)
