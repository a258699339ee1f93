"""`python -m expenseflow` is `expenseflow`."""

from expenseflow.app.cli.main import run

if __name__ == "__main__":
    run()
