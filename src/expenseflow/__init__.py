"""ExpenseFlow turns a month of card transactions into an expense report ready to review."""
