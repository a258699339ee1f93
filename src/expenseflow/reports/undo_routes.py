"""`DELETE /api/statements/{id}`: it changes drafts, so it lives here."""

from uuid import UUID

from fastapi import APIRouter, Response, status

from expenseflow.identity.deps import CurrentUserDep
from expenseflow.infra.db import take_time
from expenseflow.reports import undo
from expenseflow.web.deps import SessionDep

router = APIRouter(prefix="/api", tags=["statements"])


@router.delete("/statements/{statement_id:uuid}", status_code=status.HTTP_204_NO_CONTENT)
async def undo_statement(session: SessionDep, user: CurrentUserDep, statement_id: UUID) -> Response:
    """Undo an import. What another file also holds stays; drafts lose the rest at once."""
    await take_time(session)
    await undo.undo(session, user.id, statement_id)
    return Response(status_code=status.HTTP_204_NO_CONTENT)
