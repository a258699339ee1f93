"""The schema's history; run by `expenseflow migrate` (see infra/migrations.py)."""
