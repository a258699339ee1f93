"""`python -m expenseflow.app.print_openapi`: the OpenAPI document, without a server or a database.

The types of the front end are made from it (`make api`).
"""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from expenseflow.app import wiring
from expenseflow.app.web import create_app
from expenseflow.infra.settings import Settings

_NOWHERE = "postgresql://nobody@localhost/nowhere"


def document() -> str:
    """The document as JSON; the same for every installation."""
    with TemporaryDirectory() as folder:
        settings = Settings(data_dir=Path(folder))
        app = create_app(wiring.build(settings, _NOWHERE))
    return json.dumps(app.openapi(), indent=1)


if __name__ == "__main__":
    print(document())  # noqa: T201  # its purpose
