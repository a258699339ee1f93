"""The embedded server under real processes, real `kill -9`, and odd folders."""

import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import text
from tests.support.embedded_postgres import AS_ROOT, Place, answers, remember, rows, until

from expenseflow.infra.db import Database
from expenseflow.infra.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    addresses,
    binaries,
    processes,
)


def test_a_cold_start_gives_an_empty_utf8_database(place: Place) -> None:
    place.template = None
    url = place.user().start()

    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT lower('ÄÉ'), current_setting('fsync')").fetchone()
    assert row == ("äé", "on")


def test_nobody_else_can_reach_the_socket_or_the_data(place: Place) -> None:
    place.user().start()

    home = place.home()
    address = addresses.recorded(home)
    assert isinstance(address, addresses.SocketAddress)
    for folder in (home.path, home.data, address.folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert place.server().username() != "root"


def test_the_last_one_out_stops_the_server_that_two_processes_share(place: Place) -> None:
    first, second = place.user(), place.user()
    assert first.start() == second.start()

    first.ask("stop")
    assert not place.is_stopped()
    second.ask("stop")
    assert place.is_stopped()


def test_four_processes_racing_a_cold_start_get_one_server(place: Place) -> None:
    place.template = None
    racers = [place.user() for _ in range(4)]
    for racer in racers:
        racer.send("start")

    assert len({racer.hear()["url"] for racer in racers}) == 1
    home = place.home()
    everyone = processes.of_server(home.cluster_name, home.data)
    assert len([process for process in everyone if "-D" in process.cmdline()]) == 1


def test_a_killed_owner_leaves_a_server_that_the_next_one_joins_and_stops(place: Place) -> None:
    owner = place.user()
    remember(owner.start(), 1)
    server = place.server()
    owner.kill()

    heir = place.user()
    assert rows(heir.start()) == [1]
    assert place.server() == server
    heir.ask("stop")
    assert place.is_stopped()


def test_a_killed_server_is_started_again_by_a_process_that_lives(place: Place) -> None:
    watchers = [place.user(watch=True) for _ in range(2)]
    url = {watcher.start() for watcher in watchers}.pop()
    remember(url, 7)
    for _ in range(2):
        place.kill_server()
        until(lambda: answers(url), seconds=20)

    assert rows(url) == [7]
    watchers[0].ask("stop")
    assert answers(url)


def test_killing_everybody_at_once_is_recovered_from_at_the_next_start(place: Place) -> None:
    users = [place.user(watch=True) for _ in range(2)]
    remember({user.start() for user in users}.pop(), 3)
    for user in users:
        user.kill()
    place.kill_server()

    late = place.user()
    assert rows(late.start()) == [3]
    late.ask("stop")
    assert place.is_stopped()


def test_a_backend_too_busy_to_notice_the_servers_death_is_ended(normal_place: Place) -> None:
    user = normal_place.user()
    url = user.start()
    busy = psycopg.connect(url)
    backend = psutil.Process(busy.info.backend_pid)
    thread = threading.Thread(target=run_for_ever, args=(busy,))
    thread.start()
    until(lambda: backend.cpu_percent(0.05) > 20)
    user.kill()
    normal_place.kill_server()
    assert processes.alive(backend)

    assert answers(normal_place.user().start())
    assert not processes.alive(backend)
    thread.join()


def run_for_ever(connection: psycopg.Connection) -> None:
    with pytest.raises(psycopg.Error):
        connection.execute("SELECT count(*) FROM generate_series(1, 100000000000)")
    connection.close()


@pytest.fixture(params=["dead", "not postgres", "another postgres", "nonsense"])
def pid_text(request: pytest.FixtureRequest, own_place: Place) -> Iterator[str]:
    """What may stand in `postmaster.pid` after a crash."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as bystander:
        if request.param == "another postgres":
            own_place.user(own_place.root / "other").start()
            yield str(own_place.server(own_place.root / "other").pid)
        else:
            if request.param == "dead":
                bystander.communicate(b"\n")
            yield "x" if request.param == "nonsense" else str(bystander.pid)
        if bystander.poll() is None:
            bystander.communicate(b"\n")


def test_a_pid_file_that_a_crash_left_is_not_believed(own_place: Place, pid_text: str) -> None:
    user = own_place.user()
    remember(user.start(), 5)
    home = own_place.home()
    address = addresses.recorded(home)
    assert isinstance(address, addresses.SocketAddress)
    pid_file = home.data / "postmaster.pid"
    left = [pid_text, *pid_file.read_text().splitlines()[1:]]
    user.kill()
    own_place.kill_server()
    pid_file.write_text("\n".join(left))
    (address.folder / ".s.PGSQL.5432.lock").write_text("\n".join(left))

    late = own_place.user()
    assert rows(late.start()) == [5]
    late.ask("stop")
    assert own_place.is_stopped()
    if (own_place.root / "other").exists():
        assert own_place.server(own_place.root / "other").pid == int(pid_text)


@pytest.mark.parametrize(
    "name", ["with spaces", "x" * 150, "y y" * 50, "a'b\"c$HOME`d", "Spesenübersicht, März"]
)
def test_any_path_will_do(normal_place: Place, name: str) -> None:
    normal_place.template = None
    normal_place.data_dir = normal_place.root / name / "data"
    (normal_place.root / name).mkdir()
    if normal_place.become:
        os.chown(normal_place.root / name, normal_place.become, normal_place.become)

    user = normal_place.user()
    remember(user.start(), 1)
    user.ask("stop")
    assert normal_place.is_stopped()
    assert rows(normal_place.user().start()) == [1]


def test_below_a_closed_folder_no_parent_is_opened_up(place: Place) -> None:
    before = [stat.S_IMODE(folder.stat().st_mode) for folder in place.data_dir.parents]
    assert before[0] == 0o700

    assert answers(place.user().start())
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in place.data_dir.parents] == before


def test_a_data_folder_that_cannot_be_made_is_one_line(normal_place: Place) -> None:
    normal_place.template = None
    (normal_place.root / "file").write_text("in the way")

    error = normal_place.user(normal_place.root / "file" / "data").ask("start")["error"]
    assert "cannot be used" in error
    assert "EXPENSEFLOW_DATA_DIR" in error
    assert "\n" not in error


def test_a_folder_that_may_not_be_written_is_one_line(normal_place: Place) -> None:
    normal_place.template = None
    normal_place.root.chmod(0o500)

    error = normal_place.user().ask("start")["error"]
    assert "cannot be used (Permission denied)" in error
    assert "\n" not in error


def test_a_database_of_somebody_elses_is_one_line(normal_place: Place) -> None:
    normal_place.template = None
    if not AS_ROOT:
        pytest.skip("only root can give a folder away")
    normal_place.root.chmod(0o755)
    home = normal_place.data_dir / "postgres"
    home.mkdir(parents=True)

    error = normal_place.user().ask("start")["error"]
    assert "belongs to the user root, not to nobody" in error


def test_a_folder_without_programs_is_one_line(normal_place: Place) -> None:
    normal_place.template = None
    normal_place.bin_dir = normal_place.root

    error = normal_place.user().ask("start")["error"]
    assert error.startswith("No PostgreSQL >= 14 found in ")


def test_data_of_another_major_version_are_refused_in_one_line(normal_place: Place) -> None:
    user = normal_place.user()
    user.start()
    user.ask("stop")
    (normal_place.home().data / "PG_VERSION").write_text("9\n")

    assert "was made by PostgreSQL 9, and here is only" in normal_place.user().ask("start")["error"]
    assert "PostgreSQL 9" in normal_place.user().ask("explain")["problem"]


def test_a_server_that_does_not_start_says_why_and_where_to_look(normal_place: Place) -> None:
    user = normal_place.user()
    user.start()
    user.ask("stop")
    (normal_place.home().data / "postgresql.conf").write_text("no_such_setting = 1\n")

    error = normal_place.user().ask("start")["error"]
    assert "configuration file" in error
    assert "startup.log" in error
    assert "\n" not in error


def test_a_socket_swept_away_by_a_cleaner_comes_back(own_place: Place) -> None:
    url = own_place.user(watch=True).start()
    remember(url, 2)
    address = addresses.recorded(own_place.home())
    assert isinstance(address, addresses.SocketAddress)
    for file in address.folder.iterdir():
        file.unlink()

    until(lambda: answers(url), seconds=20)
    assert rows(url) == [2]


def test_a_forked_child_does_not_take_its_parents_place(normal_place: Place) -> None:
    user = normal_place.user()
    url = user.start()

    assert user.ask("fork")["child"] == 0
    assert answers(url)
    user.ask("stop")
    assert normal_place.is_stopped()


def test_two_threads_of_one_process_share_the_server(own_place: Place) -> None:
    own_place.seed(own_place.data_dir)
    both = [EmbeddedPostgres(own_place.data_dir) for _ in range(2)]
    threads = [threading.Thread(target=one.start) for one in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert both[0].ensure_running() == both[1].ensure_running()
    both[0].stop()
    assert answers(both[1].ensure_running())
    both[1].stop()
    assert own_place.is_stopped()


def test_a_user_that_has_stopped_starts_nothing_again(own_place: Place) -> None:
    own_place.seed(own_place.data_dir)
    postgres = EmbeddedPostgres(own_place.data_dir)
    with postgres:
        pass

    with pytest.raises(EmbeddedPostgresError, match="not started"):
        postgres.ensure_running()
    postgres.stop()
    assert own_place.is_stopped()


def test_a_deleted_database_is_not_quietly_replaced_by_an_empty_one(own_place: Place) -> None:
    own_place.seed(own_place.data_dir)
    postgres = EmbeddedPostgres(own_place.data_dir)
    postgres.start()
    home = own_place.home()
    own_place.kill_server()
    home.data.rename(home.path / "gone")

    with pytest.raises(EmbeddedPostgresError, match="was deleted"):
        postgres.ensure_running()


def test_over_tcp_the_server_asks_for_its_password_and_keeps_its_port(own_place: Place) -> None:
    postgres = EmbeddedPostgres(own_place.data_dir, tcp=True)
    url = postgres.start()
    address = addresses.recorded(own_place.home())
    assert isinstance(address, addresses.TcpAddress)
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url.replace(address.password, "guess"))

    own_place.kill_server()
    assert postgres.ensure_running() == url
    assert answers(url)
    postgres.stop()


def test_the_server_gets_none_of_our_environment(
    own_place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EXPENSEFLOW_LLM_API_KEY", "a secret")
    monkeypatch.setenv("PGPORT", "1")  # libpq reads it too

    assert answers(own_place.user().start())
    environment = Path(f"/proc/{own_place.server().pid}/environ")
    if environment.exists():
        assert b"secret" not in environment.read_bytes()


def test_every_postgresql_of_this_machine_will_do(own_place: Place) -> None:
    for programs in {found.folder: found for found in binaries._installations(None)}.values():
        postgres = EmbeddedPostgres(own_place.root / programs.version, bin_dir=programs.folder)
        with psycopg.connect(postgres.start()) as connection:
            assert connection.info.server_version // 10000 == programs.major
        assert own_place.home(postgres.data_dir)
        postgres.stop()


async def test_sqlalchemy_understands_the_address(own_place: Place) -> None:
    own_place.data_dir = own_place.root / "with a space"
    with EmbeddedPostgres(own_place.data_dir) as postgres:
        assert own_place.home()
        database = Database(postgres.ensure_running())
        async with database.transaction() as session:
            assert (await session.execute(text("SELECT 1"))).scalar() == 1
        await database.close()


def test_explain_names_what_there_is(own_place: Place) -> None:
    postgres = EmbeddedPostgres(own_place.data_dir)
    before = postgres.explain()
    assert before.data is None
    assert before.version is not None

    with postgres:
        during = postgres.explain()
    assert during.server_pid is not None
    assert during.users == (os.getpid(),)
    assert during.data is not None
    assert during.problem is None


def test_discarding_leaves_no_database_behind(own_place: Place) -> None:
    own_place.seed(own_place.data_dir)
    one, other = EmbeddedPostgres(own_place.data_dir), EmbeddedPostgres(own_place.data_dir)
    url = one.start()
    other.start()
    home = own_place.home()

    one.discard()
    assert answers(url)
    other.discard()
    assert not home.path.exists()
    assert not list(own_place.data_dir.iterdir())
