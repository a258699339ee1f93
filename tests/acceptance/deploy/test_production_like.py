"""What a company runs, each part real: the checklist passes, and nobody notices a restart."""

from pathlib import Path

from benchmarks.production import rolling, verifying
from benchmarks.production.site import site


def test_the_checklist_passes_and_nobody_notices_that_a_server_and_a_worker_are_restarted(
    postgres_server: str, tmp_path: Path
) -> None:
    with site(postgres_server, tmp_path / "site", base=0.5) as running:
        running.start()
        done = verifying.verified(running, running.token("ann"), "--quick")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        found = rolling.restarted(running, ("bob", "cid"), lines=120, of_each=1, warm_jobs=1)
    assert found["rolling_failed"] == 0
    assert (found["rolling_lost"], found["rolling_doubled"]) == (0, 0)
    assert (found["rolling_paid_twice"], found["rolling_given_up"]) == (0, 0)
    assert found["rolling_jobs"] > 2
