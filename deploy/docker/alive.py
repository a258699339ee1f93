"""Whether what runs in this container is alive: the API, or a worker without one.

The image's HEALTHCHECK. It knows nothing of ExpenseFlow but two ports, so that it costs nothing to
ask every few seconds.
"""

import os
import sys
import urllib.error
import urllib.request

PORTS = {"EXPENSEFLOW_PORT": "5000", "EXPENSEFLOW_METRICS_PORT": "5100"}


def trouble(port: str) -> str | None:
    """What is wrong with the process that answers on this port."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health/live", timeout=4):
            return None
    except urllib.error.HTTPError as error:
        return f"answered {error.code}"
    except OSError as error:  # nobody listens, or nobody answers
        return str(error)


def main() -> int:
    """0 when one of them is alive; a container runs one of the two."""
    found: list[str] = []
    for name, usual in PORTS.items():
        port = os.environ.get(name) or usual
        wrong = trouble(port)
        if wrong is None:
            return 0
        found.append(f"port {port}: {wrong}")
    sys.stderr.write("; ".join(found) + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
