"""Who is connected to the simulator stays so over a restart."""

import datetime as dt

from tests.simulator.grants import Grant
from tests.simulator.keeping import keep, recall
from tests.simulator.store import World


def test_people_and_what_they_granted_outlive_a_restart(tmp_path):
    world, again = World(), World()
    world.add_person("sim-ben", "Europe/Vienna")
    grant = Grant("oura", "sim-ben", frozenset({"daily"}), world.now())
    token = grant.new_access(world.now(), 3600)
    world.grants.all.append(grant)
    keep(world, tmp_path / "state")

    recall(again, tmp_path / "state")

    assert again.people.keys() == {"sim-ana", "sim-ben"}
    found = again.grants.by_access("oura", token, again.now() + dt.timedelta(minutes=1))
    assert (found.person, found.scopes) == ("sim-ben", {"daily"})


def test_what_cannot_be_read_is_forgotten(tmp_path):
    state = tmp_path / "state"
    state.write_bytes(b"\x80nonsense")
    world = World()

    recall(world, state)

    assert (world.people.keys(), state.exists()) == ({"sim-ana"}, False)


def test_without_a_file_the_world_begins_anew(tmp_path):
    world = World()

    recall(world, tmp_path / "state")

    assert world.people.keys() == {"sim-ana"}
