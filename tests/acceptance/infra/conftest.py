"""Data folders for the embedded server."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support import embedded_postgres
from tests.support.embedded_postgres import AS_ROOT, Place


@pytest.fixture(scope="session")
def open_programs() -> Iterator[Path | None]:
    with embedded_postgres.programs_for_all() as folder:
        yield folder


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    with embedded_postgres.template_database() as folder:
        yield folder


@pytest.fixture(params=["root", "normal"] if AS_ROOT else ["normal"])
def place(
    request: pytest.FixtureRequest, open_programs: Path | None, template: Path
) -> Iterator[Place]:
    """Once as root, if we are root, and once as a normal user."""
    with embedded_postgres.place_for(request.param, open_programs, template=template) as place:
        yield place


@pytest.fixture
def own_place(open_programs: Path | None, template: Path) -> Iterator[Place]:
    """For whoever runs the tests."""
    with embedded_postgres.place_for(
        "root" if AS_ROOT else "normal", open_programs, template=template
    ) as place:
        yield place


@pytest.fixture
def normal_place(open_programs: Path | None, template: Path) -> Iterator[Place]:
    """For a normal user, always."""
    with embedded_postgres.place_for("normal", open_programs, template=template) as place:
        yield place
