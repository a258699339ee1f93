"""Root: the server runs as an unprivileged user, in a place which that user can reach."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.embedded_postgres import (
    AS_ROOT,
    NOBODY,
    Place,
    answers,
    place_for,
    remember,
    rows,
)

from expenseflow.infra.embedded_postgres import (
    EmbeddedPostgres,
    EmbeddedPostgresError,
    binaries,
    folders,
    homes,
)

pytestmark = pytest.mark.skipif(not AS_ROOT, reason="only root has this to solve")


@pytest.fixture
def place(template: Path) -> Iterator[Place]:
    with place_for("root", template=template) as place:
        yield place


def test_where_the_servers_user_gets_to_the_data_folder_the_data_live_in_it(place: Place) -> None:
    place.root.chmod(0o755)
    place.data_dir = place.root / "a folder with spaces"

    assert answers(place.user().start())
    assert place.home().path == place.data_dir / "postgres"


def test_elsewhere_the_data_live_in_a_folder_that_doctor_names(place: Place) -> None:
    postgres = EmbeddedPostgres(place.data_dir)
    postgres.start()

    home = place.home()
    assert home.path.parent in homes.BASES
    explanation = postgres.explain()
    assert explanation.data == home.data
    assert explanation.server_user == "nobody"
    postgres.stop()


def test_a_data_folder_that_is_moved_keeps_its_database(place: Place) -> None:
    user = place.user()
    remember(user.start(), 1)
    user.ask("stop")
    moved = place.data_dir.rename(place.root / "moved")

    assert rows(place.user(moved).start()) == [1]
    assert place.home(moved)


def test_a_copy_of_a_data_folder_gets_a_database_of_its_own(place: Place) -> None:
    place.user().start()
    copy = Path(shutil.copytree(place.data_dir, place.root / "copy"))

    place.user(copy).start()
    assert place.home(copy).path != place.home().path


def test_a_data_folder_made_anew_starts_empty(place: Place) -> None:
    user = place.user()
    user.start()
    user.ask("stop")
    before = place.home().path
    shutil.rmtree(place.data_dir)

    place.user().start()
    assert place.home().path != before


def test_a_database_that_has_vanished_is_not_quietly_replaced(place: Place) -> None:
    user = place.user()
    user.start()
    user.ask("stop")
    shutil.rmtree(place.home().path)

    assert "which is not there any more" in place.user().ask("start")["error"]


def test_root_uses_a_normal_users_database_as_that_user(place: Place) -> None:
    os.chown(place.root, NOBODY, NOBODY)
    normal = Place(place.root, NOBODY)
    with_programs = binaries.find(None)
    if not binaries._runs_as(with_programs, homes.Home(place.root, homes.Account(NOBODY, NOBODY))):
        pytest.skip("a normal user cannot run these programs")
    theirs = normal.user()
    remember(theirs.start(), 1)

    ours = place.user()
    assert rows(ours.start()) == [1]
    theirs.ask("stop")
    ours.ask("stop")
    again = normal.user()
    assert rows(again.start()) == [1]
    place.started += normal.started


def test_programs_in_a_closed_folder_are_copied_once(place: Place) -> None:
    found = binaries.find(None)
    closed = binaries._copy(found, place.root)
    account = homes.account_of("nobody")
    home = homes.Home(homes.base_for(account), account)

    copied = binaries.reachable(closed, home)
    assert copied.folder.is_relative_to(home.path)
    assert binaries.reachable(closed, home) == copied


def test_a_user_that_does_not_exist_is_one_line(place: Place) -> None:
    with pytest.raises(EmbeddedPostgresError, match="there is no user no-such-user"):
        EmbeddedPostgres(place.data_dir, server_user="no-such-user").start()


def test_a_folder_that_somebody_put_in_our_way_is_refused(place: Place) -> None:
    theirs = place.root / "theirs"
    theirs.mkdir()
    os.chown(theirs, NOBODY, NOBODY)

    with pytest.raises(EmbeddedPostgresError, match="belongs to the user nobody, not to root"):
        folders.make_private(theirs, uid=0)
    place.root.chmod(0o755)
    with pytest.raises(EmbeddedPostgresError, match="must belong to root"):
        homes.base_for(homes.account_of("nobody"), (theirs,))


def test_a_folder_with_content_is_never_given_away(place: Place) -> None:
    ours = place.root / "ours"
    ours.mkdir()
    (ours / "file").touch()

    with pytest.raises(EmbeddedPostgresError):
        folders.make_private(ours, uid=NOBODY, gid=NOBODY)
    assert ours.stat().st_uid == 0
