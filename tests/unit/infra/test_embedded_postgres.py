"""The parts of the launcher that need no server."""

import json
import os
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from expenseflow.infra.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    PostgresWatcher,
    addresses,
    binaries,
    cluster,
    folders,
    homes,
    locks,
    processes,
    users,
)

ME = folders.my_uid()


def test_a_process_is_told_from_a_later_one_of_the_same_number() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        assert processes.birth(other.pid) == processes.birth(other.pid)
        assert processes.birth(other.pid) != processes.birth(os.getpid())


def test_a_zombie_that_nobody_reaped_is_dead() -> None:
    with subprocess.Popen(["true"]) as child:
        os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)

        assert processes.birth(child.pid) is None


def test_a_process_that_is_no_postgres_is_not_our_server(tmp_path: Path) -> None:
    assert processes.server(os.getpid(), "python", tmp_path) is None
    assert processes.server(2**31 - 1, "python", tmp_path) is None


def test_users_that_died_or_whose_number_was_used_again_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / "users.json"
    entries = [
        {"token": "dead", "pid": 2**22 + 1, "birth": "boot/1"},
        {"token": "recycled", "pid": os.getpid(), "birth": "boot/1"},
    ]
    path.write_text(json.dumps(entries))

    me = users.register(path, uid=ME)
    assert users.living(path) == [me]
    assert users.knows(path, me)
    assert users.drop(path, me, uid=ME) == []
    assert not users.knows(path, me)


@pytest.mark.parametrize("content", ["", "{", "[1]", '[{"pid": 1}]', "3"])
def test_a_users_file_that_cannot_be_read_counts_as_empty(tmp_path: Path, content: str) -> None:
    path = tmp_path / "users.json"
    path.write_text(content)

    assert users.living(path) == []


def test_small_files_are_private_and_replaced_in_one_step(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")

    folders.write(path, "new", uid=ME)
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_of_ours_is_closed_to_others(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o755)

    folders.make_private(folder, uid=ME)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_link_or_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "file").touch()

    for name in ("link", "file"):
        with pytest.raises(EmbeddedPostgresError, match="is not a folder"):
            folders.make_private(tmp_path / name, uid=ME)


def test_a_closed_parent_cannot_be_crossed_by_others(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    tmp_path.chmod(0o700)

    assert not folders.can_cross(tmp_path / "inner", uid=ME + 1, gid=os.getegid() + 1)
    assert folders.can_cross(Path("/"), uid=ME + 1, gid=os.getegid() + 1)


def test_the_lock_excludes_threads_of_one_process(tmp_path: Path) -> None:
    inside: list[int] = []
    most: list[int] = []

    def enter() -> None:
        with locks.held(tmp_path / "lock"):
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=enter) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 8


def test_a_lock_that_is_never_given_back_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with (
        locks.held(path),
        pytest.raises(EmbeddedPostgresError, match="Another process has held"),
        locks.held(path, patience=0.02),
    ):
        pass


def test_a_lock_file_deleted_meanwhile_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    entered = threading.Event()

    def enter() -> None:
        with locks.held(path):
            entered.set()

    with locks.held(path):
        waiting = threading.Thread(target=enter)
        waiting.start()
        path.unlink()
    waiting.join()
    assert entered.is_set()
    assert path.exists()


def test_a_lock_is_not_taken_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(OSError, match="symbolic"), locks.held(tmp_path / "lock"):
        pass
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("folder", "fits"),
    [
        ("/srv/data/postgres/run", True),
        ("/" + "x" * 89, True),
        ("/" + "x" * 99, False),
        ("/with space/run", False),
        ("/comma,run", False),
        ("/größe/run", False),
    ],
)
def test_a_socket_needs_a_short_and_plain_path(folder: str, *, fits: bool) -> None:
    assert addresses.fits(Path(folder)) is fits


def test_a_socket_folder_elsewhere_is_named_for_the_home_and_the_user(tmp_path: Path) -> None:
    first, *elsewhere = addresses.socket_folders(tmp_path, 1)
    assert first == tmp_path / "run"
    assert {folder.name for folder in elsewhere}.isdisjoint(
        folder.name for folder in addresses.socket_folders(tmp_path, 2)
    )


def test_the_address_is_written_for_libpq() -> None:
    here = addresses.SocketAddress(Path("/a b/run"))
    assert here.url == "postgresql://expenseflow@/postgres?host=%2Fa%20b%2Frun&port=5432"
    assert addresses.TcpAddress(7, "x").url == "postgresql://expenseflow:x@127.0.0.1:7/postgres"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"port": 1}', '{"port": "x", "password": 1}'])
def test_an_address_that_cannot_be_read_counts_as_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "address.json").write_text(content)

    assert addresses.recorded(homes.Home(tmp_path, None)) is None


def fake_programs(folder: Path, version: str) -> Path:
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb", "pg_ctl"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho '{name} (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("version", "major"),
    [("18.6", 18), ("15.18 (Debian 15.18-0+deb12u1)", 15), ("19beta2", 19)],
)
def test_the_version_of_the_programs_is_read(tmp_path: Path, version: str, major: int) -> None:
    found = binaries.find(fake_programs(tmp_path / "bin", version))
    assert found.major == major


def test_programs_older_than_14_do_not_count(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="No PostgreSQL >= 14 found in"):
        binaries.find(fake_programs(tmp_path / "bin", "13.9"))


def test_data_of_another_version_are_refused(tmp_path: Path) -> None:
    with pytest.raises(
        EmbeddedPostgresError, match=r"made by PostgreSQL 15, and here is only 18.6"
    ):
        binaries.find(fake_programs(tmp_path / "bin", "18.6"), major=15)


def test_a_folder_that_holds_something_else_is_no_database(tmp_path: Path) -> None:
    home = homes.Home(tmp_path, None)
    assert cluster.major_of_data(home) is None

    home.data.mkdir()
    with pytest.raises(EmbeddedPostgresError, match="is no data folder of PostgreSQL"):
        cluster.major_of_data(home)


def test_the_reason_is_the_last_complaint_in_one_line(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("LOG:  starting\nFATAL:  the first\nHINT: x\nFATAL:  the last\nLOG:  bye\n")

    assert cluster._reason(tmp_path / "missing", log) == "the last"
    assert cluster._reason(tmp_path / "missing") == "no reason given"


def test_an_error_is_one_line() -> None:
    assert str(EmbeddedPostgresError("one\n  two")) == "one two"


class Troubled(EmbeddedPostgres):
    """Fails a few times before it works."""

    def __init__(self, data_dir: Path, failures: list[Exception]) -> None:
        super().__init__(data_dir)
        self.failures = failures
        self.works = threading.Event()

    def ensure_running(self) -> str:
        if self.failures:
            raise self.failures.pop()
        self.works.set()
        return "postgresql://"


def test_the_watcher_goes_on_whatever_happens(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    troubled = Troubled(tmp_path, [EmbeddedPostgresError("no"), ValueError("odd")])

    with PostgresWatcher(troubled, interval=0.001):
        assert troubled.works.wait(10)
    assert "The embedded database is down: no" in caplog.text


def test_what_was_never_started_cannot_be_watched_over(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="not started"):
        EmbeddedPostgres(tmp_path).ensure_running()
    EmbeddedPostgres(tmp_path).stop()
    assert list(tmp_path.iterdir()) == []
