"""Several projects on one server, and several apps in a project: nothing of one is seen from another, or touched, by whoever
guesses its ids; not even by somebody who may do everything in both projects, or everything in one of the apps."""

import json

import pytest

from stranger.mutate import Request, bytes_of, filled
from stranger.operations import OPERATIONS, Known
from stranger.world import UNBOUNDED, World
from vocabulary import Account, allow, device_ids, raw

# Of no project, or of nobody.
NOBODY_S = {"fresh", "template"}


class Neighbour:
    """Another app on a world's server, with something of each kind of its own."""

    def __init__(self, world, directory, project_id):
        self.world, self.server, self.project_id, self.key = world, world.server, project_id, {}
        caller = self.server.caller(project_id=project_id)
        self.app_id = app_id = caller.app("ours")
        product_id = caller.product(app_id=app_id)
        gateway_id = caller.device(product_id, "gateway")
        device_id = caller.device(product_id, "device")
        task_id = caller.batch("freezeDevices", targets=[device_id], app_id=app_id)
        self.own = {
            "app": app_id,
            "product": product_id,
            "gateway": gateway_id,
            "device": device_id,
            "sub-device": caller.device(product_id, "sub", gateway_id=gateway_id),
            "ungrouped device": caller.device(product_id, "ungrouped"),
            "group": caller.group("group", app_id=app_id),
            "package": caller.package(app_id, product_id),
            "task": task_id,
            "export": caller.export(task_id),
            "file": caller.upload(device_ids(directory / "ours.xlsx", [device_id])),
        }

    def id(self, kind):
        """One of our own; what we have none of is nobody's."""
        return self.world.id(kind) if kind in NOBODY_S else self.own.get(kind, "nobody-s")

    def asks(self, name, kind, id):
        """The good request of an operation in our project, with our own ids, but of this kind that one."""
        operation = OPERATIONS[name]
        ids = Ids(self, kind, id)
        request = Request(operation.id, list(operation.query.items()), operation.body, {}, None, ())
        path = operation.path.removeprefix("/")
        if operation.id:
            start, end = path.index("{"), path.index("}")
            path = path[:start] + ids.id(operation.id.kind) + path[end + 1 :]
        query, body = filled(request.query, ids), bytes_of(request, ids)
        return raw(self.server, operation.method, path, query, body, project_id=self.project_id, **self.key)


class Ids:
    """Our own ids, and one that is another's."""

    def __init__(self, neighbour, kind, id):
        self.neighbour, self.kind, self.other = neighbour, kind, id

    def id(self, kind):
        return self.other if kind == self.kind else self.neighbour.id(kind)


def kinds(value):
    match value:
        case Known(kind):
            return {kind}
        case dict():
            return set().union(*map(kinds, value.values()))
        case list() | tuple():
            return set().union(*map(kinds, value))
    return set()


GUESSES = sorted(
    (name, kind)
    for name, operation in OPERATIONS.items()
    for kind in (kinds(operation.id) | kinds(operation.query) | kinds(operation.body)) - NOBODY_S
)
SHOWN = sorted(name for name, operation in OPERATIONS.items() if name.startswith("Show") and operation.id)


@pytest.fixture(scope="module")
def world(serve_module, tmp_path_factory):
    return World(serve_module(**UNBOUNDED), tmp_path_factory.mktemp("files"))


@pytest.fixture(scope="module")
def neighbour(world, tmp_path_factory):
    """The root, in another project."""
    return Neighbour(world, tmp_path_factory.mktemp("files"), Account(world.server).project("next-door"))


@pytest.fixture(scope="module")
def lodger(world, tmp_path_factory):
    """Somebody who may do everything in another app of the project, and nothing else."""
    lodger = Neighbour(world, tmp_path_factory.mktemp("files"), world.server.credentials.project_id)
    may = allow("iotda:*:*", Resource=[f"IoTDA:*:*:app:{lodger.app_id}"])
    _, lodger.key = Account(world.server).person("lodger", may)
    return lodger


def ids(neighbour, kind):
    """One of another's, and one like it that nobody has."""
    theirs = neighbour.world.id(kind)
    return theirs, theirs[:-1] + ("0" if theirs[-1] != "0" else "1")


def everything(world):
    """What the first project's own callers see of it."""
    seen = []
    for name in SHOWN:
        operation = OPERATIONS[name]
        answer = world.ask(operation, Request(operation.id, [], None, {}, None, ()))
        assert answer.status == 200, name
        seen.append((name, answer.body))
    return seen, world.counts()


def told(answer, id):
    """What somebody learns from an answer, whichever id they asked about."""
    if not answer.body:
        return answer.status, None
    said = json.loads(answer.body)
    if answer.status == 201:
        # What was made has an id and a time of its own.
        return answer.status, sorted(said)
    return answer.status, json.dumps(said).replace(json.dumps(id)[1:-1], "ID")


@pytest.mark.parametrize(("name", "kind"), GUESSES)
def test_an_id_of_another_project_is_answered_like_one_that_nobody_has(neighbour, name, kind):
    theirs, nobody_s = ids(neighbour, kind)
    before = everything(neighbour.world)
    answers = {id: neighbour.asks(name, kind, id) for id in (nobody_s, theirs)}
    assert told(answers[theirs], theirs) == told(answers[nobody_s], nobody_s)
    if OPERATIONS[name].id and kind == OPERATIONS[name].id.kind:
        assert answers[theirs].status in (403, 404), answers[theirs].body
    assert everything(neighbour.world) == before


@pytest.mark.parametrize(("name", "kind"), [(name, kind) for name, kind in GUESSES if kind != "file"])
def test_what_lies_in_another_app_is_denied_or_not_there(lodger, name, kind):
    theirs, nobody_s = ids(lodger, kind)
    (before, _), answer = everything(lodger.world), lodger.asks(name, kind, theirs)
    if answer.status not in (403, 404):
        assert told(answer, theirs) == told(lodger.asks(name, kind, nobody_s), nobody_s)
        assert not OPERATIONS[name].id or kind != OPERATIONS[name].id.kind, answer.body
    assert everything(lodger.world)[0] == before
