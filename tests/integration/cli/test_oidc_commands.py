"""The commands where people sign in at a provider."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert
from tests.support import database as databases
from tests.support.openid import OpenIdProvider, running

from expenseflow.app.cli.program import main
from expenseflow.identity.models import User
from expenseflow.infra.db import Database
from expenseflow.kit.ids import new_id

MONTH = "Date,Description,Amount\n2026-05-01,SQ *BLUE BOTTLE COFFEE,-5.00\n"
NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIdProvider]:
    with running(tmp_path_factory.mktemp("openid")) as one:
        yield one


@pytest.fixture
def database(
    postgres_server: str,
    provider: OpenIdProvider,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[str]:
    with databases.fresh_database(postgres_server) as url:
        settings = {
            **provider.settings,
            "database_url": url,
            "data_dir": tmp_path / "data",
            "port": 0,
            "public_url": "http://localhost:5000",
        }
        for name, value in settings.items():
            monkeypatch.setenv(f"EXPENSEFLOW_{name.upper()}", str(value))
        yield url


def _add(url: str, issuer: str | None, *subjects: str) -> None:
    async def add() -> None:
        database = Database(url, pool_size=1)
        async with database.transaction() as session:
            for subject in subjects:
                row = {"id": new_id(), "email": "ann@example.com", "created_at": NOW}
                told = {"issuer": issuer, "subject": subject if issuer else None}
                await session.execute(insert(User).values(**row, **told))
        await database.close()

    asyncio.run(add())


@pytest.mark.parametrize("subjects", [(), ("1", "2")])
def test_import_is_for_just_one_person_who_has_signed_in(
    database: str,
    provider: OpenIdProvider,
    subjects: tuple[str, ...],
    *,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "may.csv").write_text(MONTH)
    _add(database, None, "local")
    _add(database, provider.issuer, *subjects)
    assert main(["import", str(tmp_path / "may.csv"), "--user", "ann@example.com"]) == 1
    assert "Not just one person called ann@example.com" in capsys.readouterr().err


def test_import_for_somebody_who_has_signed_in(
    database: str, provider: OpenIdProvider, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "may.csv").write_text(MONTH)
    _add(database, provider.issuer, "1")
    assert main(["import", str(tmp_path / "may.csv"), "--user", "Ann@example.com"]) == 0
    assert "1" in capsys.readouterr().out


def test_doctor_asks_the_provider(
    database: str, provider: OpenIdProvider, capsys: pytest.CaptureFixture[str]
) -> None:
    assert database
    main(["doctor"])
    out = capsys.readouterr().out
    assert f"✓ Sign-in      {provider.issuer} answers; 3 usable keys" in out
    assert "a signing key of the tests" not in out
    assert "the secret of the client" not in out


def test_doctor_says_that_the_provider_cannot_be_used(
    database: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert database
    monkeypatch.setenv("EXPENSEFLOW_OIDC_ISSUER", "http://127.0.0.1:1")
    assert main(["doctor"]) == 1
    assert (
        "✗ Sign-in      http://127.0.0.1:1 cannot be used: nobody answers at its address"
        in capsys.readouterr().out
    )
