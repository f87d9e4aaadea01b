"""Many nodes of one database and one bucket: they do one job together, and any of them may go at any time."""

import re
import secrets
import signal
from functools import partial

import pytest
from huaweicloudsdkcore.exceptions import exceptions

from vocabulary import CALLERS, Proxy, at_once, devices, in_both, raw, until

ROWS = 10_000
LONG = 300


def said(node, *words):
    """The lines of a node's log that hold all the words."""
    return [line for line in node.everything_said().splitlines() if all(word in line for word in words)]


def finished_task(caller):
    """A batch task that is over; its devices need not exist to have results."""
    task_id = caller.batch("freezeDevices", targets=["unknown-1", "unknown-2", "unknown-3"])
    caller.finished(task_id, LONG)
    return task_id


class Nodes:
    """The nodes of a cluster in turn, for those who take anybody with a caller and an endpoint."""

    def __init__(self, *nodes):
        self.callers = [node.caller for node in nodes]

    def caller(self):
        self.callers.append(self.callers.pop(0))
        return self.callers[-1]()


# One job on many


def test_the_whole_job_with_every_step_on_another_node(cluster, bucket, tmp_path):
    first, second, third = (cluster.node("api") for _ in range(3))
    one, two, three = (node.caller() for node in (first, second, third))
    product_id = one.product()
    rows = [{"product_id": product_id, "node_id": f"n{number:03}"} for number in range(200)]
    file_id = one.upload(devices(tmp_path / "new.xlsx", rows))
    task_id = two.batch("createDevices", document_source=file_id)
    assert three.task(task_id).task_name == "createDevices"

    worker = cluster.node("worker")
    assert three.finished(task_id).status == "Success"
    export_id = three.export(task_id)
    expected = [f"{product_id}_{row['node_id']}" for row in rows]
    for caller in (one, two, three):
        assert [row["target"] for row in caller.result(export_id).rows] == expected
    contents = {caller.download(export_id) for caller in (one, two, three)}
    (key,) = bucket.keys("exports")
    assert contents == {bucket.content(key)}
    assert said(worker, "claimed", export_id) and said(worker, "claimed", task_id)
    assert not any(said(node, "claimed") for node in (first, second, third))


def test_an_api_node_does_no_job_and_a_worker_node_answers_its_health_alone(cluster):
    api = cluster.node("api")
    caller = api.caller()
    task_id = caller.batch("freezeDevices", targets=["unknown"])
    worker = cluster.node("worker")
    assert (worker.status("/healthz"), worker.status("/readyz")) == (200, 200)
    for path in ("apps", "batchtasks", "export-tasks"):
        answer = raw(worker, "GET", path)
        assert (answer.status, answer.code) == (404, "APIGW.0101")
    caller.finished(task_id)
    assert said(worker, "claimed", task_id) and not said(api, "claimed")


def test_limits_hold_when_many_callers_meet_three_nodes_at_once(cluster):
    nodes = [cluster.node(export_workers=0, limits_download_interval_seconds=3600) for _ in range(3)]
    caller = nodes[0].caller()
    task_id = finished_task(caller)
    race = at_once(Nodes(*nodes), lambda caller, _: caller.export(task_id))
    race.judge(5, 403, "IOTDA.014801")
    for node in nodes:
        listed = [export.export_task_id for export in node.caller().exports().export_tasks]
        assert sorted(listed) == sorted(race.won)

    cluster.node("worker", export_workers=1)
    for export_id in race.won:
        caller.exported(export_id)
    downloads = at_once(Nodes(*nodes), lambda caller, number: caller.download(race.won[number % 5]))
    downloads.judge(1, 403, "IOTDA.021101")


def test_of_more_than_fifty_exports_by_three_nodes_the_newest_fifty_are_kept(cluster):
    nodes = [cluster.node(export_workers=0, limits_export_unfinished=1000) for _ in range(3)]
    caller = nodes[0].caller()
    task_id = finished_task(caller)
    older = [caller.export(task_id) for _ in range(30)]
    race = at_once(Nodes(*nodes), lambda caller, _: caller.export(task_id))
    race.judge(CALLERS)
    for node in nodes:
        kept = [export.export_task_id for export in node.caller().exports().export_tasks]
        assert kept[40:] == older[:-11:-1] and sorted(kept[:40]) == sorted(race.won)


# Starts


def begun_together(cluster, count=3, **settings):
    """Nodes that are started at the same moment, as far as they get."""
    nodes = [cluster.node(waits=False, **settings) for _ in range(count)]
    for node in nodes:
        until(lambda node=node: node.process.poll() is not None or node.status("/readyz") == 200, "it starts or ends")
    return nodes


def test_three_first_starts_at_one_moment_make_one_of_everything(cluster, database):
    nodes = begun_together(cluster)
    assert [node.process.poll() for node in nodes] == [None] * 3, "all serve"
    counts = {table: database.rows(f"SELECT count(*) FROM {table}") for table in
              ("instance", "project", "iam_user", "access_key", "app")}
    assert counts == dict.fromkeys(counts, [[1]])
    assert [node.was_told for node in nodes].count(True) == 1
    nodes[0].caller().app("made")
    names = [sorted(app["app_name"] for app in raw(node, "GET", "apps").json()["applications"]) for node in nodes]
    assert names == [["DefaultApp", "made"]] * 3


def test_without_a_shared_master_key_a_second_node_is_refused(cluster):
    cluster.node(master_key=None)
    second = cluster.node(waits=False, master_key=None)
    assert second.process.wait(60) == 1
    assert "give it the other nodes' UNLADE_MASTER_KEY" in second.log()


def test_of_three_first_starts_without_a_shared_master_key_one_serves(cluster):
    nodes = begun_together(cluster, master_key=None)
    assert sorted(str(node.process.poll()) for node in nodes) == ["1", "1", "None"]
    for node in nodes:
        if node.process.poll() is not None:
            assert "give it the other nodes' UNLADE_MASTER_KEY" in node.log()


@pytest.mark.parametrize("key", ["AROOTKEYOFALLNODES", "AROOTKEYOFITSOWN"])
def test_a_wrong_master_key_is_refused_and_changes_nothing(cluster, database, key):
    first = cluster.node()
    second = cluster.node(waits=False, master_key=secrets.token_hex(32), root_access_key=key)
    assert second.process.wait(60) == 1
    assert "master key does not open what the database holds" in second.log()
    assert database.rows("SELECT access_key_id FROM access_key") == [["AROOTKEYOFALLNODES"]]
    assert first.caller().products() == []


@pytest.mark.parametrize("missing", ["database_url", "storage_bucket"])
@pytest.mark.parametrize("role", ["api", "worker"])
def test_a_node_that_shares_nothing_is_refused_by_the_setting_s_name(cluster, role, missing):
    node = cluster.node(role, waits=False, **{missing: None})
    assert node.process.wait(60) == 2
    assert missing.replace("_", ".") in node.log() and "server.role" in node.log()


# Ends


class Work:
    """A batch task of ROWS new devices in the middle, on one of two workers whose claims last for `lease` seconds."""

    def __init__(self, cluster, tmp_path, lease=LONG, **settings):
        self.caller = cluster.node("api").caller()
        nodes = [cluster.node("worker", jobs_lease_seconds=lease, **settings) for _ in range(2)]
        product_id = self.caller.product()
        rows = [{"product_id": product_id, "node_id": f"n{number}"} for number in range(ROWS)]
        file_id = self.caller.upload(devices(tmp_path / "devices.xlsx", rows))
        self.task_id = self.caller.batch("createDevices", document_source=file_id)
        until(self.finished, "its first devices are there", every=0.005)
        # Who has claimed it last: a machine that is slow may let a lease of seconds end.
        self.other, self.node = sorted(nodes, key=self.epoch)

    def epoch(self, node):
        """The last in which a node had the task, 0 if it never had."""
        claims = said(node, "claimed", self.task_id)
        return max((int(re.search(r"epoch=(\d+)", claim)[1]) for claim in claims), default=0)

    def finished(self):
        """How many subtasks are."""
        counters = self.caller.task(self.task_id).task_progress
        return (counters.success or 0) + (counters.fail or 0) if counters else 0

    def judge(self):
        """Waits until it is done, for less than a claim lasts: each subtask exactly once."""
        counters = self.caller.finished(self.task_id, LONG / 2).task_progress
        # A subtask that ran twice would have found its own device and failed.
        assert (counters.total, counters.success, counters.fail) == (ROWS, ROWS, 0)


def test_an_ending_node_says_so_answers_calls_and_claims_nothing(cluster):
    node = cluster.node(server_goodbye_seconds=10)
    caller = node.caller()
    task_id = finished_task(caller)
    node.process.send_signal(signal.SIGTERM)
    until(lambda: node.status("/readyz") == 503, "it says that it is ending", every=0.005)
    assert "shutting down" in node.get("/readyz")[1]
    export_id = caller.export(task_id)
    assert node.process.wait(60) == 0
    other = cluster.node()
    assert len(other.caller().result(export_id).rows) == 3
    assert not said(node, "claimed", export_id) and said(other, "claimed", export_id, "epoch=1")


def test_a_job_may_end_while_its_node_drains(cluster, tmp_path):
    work = Work(cluster, tmp_path, jobs_drain_seconds=LONG)
    assert work.node.terminate(LONG) == 0
    assert work.finished() == ROWS
    work.judge()
    assert not said(work.other, "claimed", work.task_id)


def test_a_job_that_outlasts_the_drain_is_given_back_uncounted_and_done_elsewhere_at_once(cluster, tmp_path):
    work = Work(cluster, tmp_path, jobs_drain_seconds=0)
    assert work.node.terminate(LONG) == 0
    assert work.finished() < ROWS, "it was over before it could be given back: give it more rows"
    work.judge()
    assert said(work.node, "ended", work.task_id, "interrupted")
    assert said(work.other, "claimed", work.task_id, "epoch=2", "attempt=1"), "what was given back does not count"


def test_the_claims_of_a_killed_node_are_free_when_it_is_back(cluster, tmp_path):
    work = Work(cluster, tmp_path)
    work.node.kill()
    assert work.finished() < ROWS, "it was over before its node was killed: give it more rows"
    work.node.restart()
    assert said(work.node, "freed_claims=1")
    work.judge()


def test_the_claims_of_a_killed_node_are_free_after_their_lease(cluster, tmp_path):
    work = Work(cluster, tmp_path, lease=3)
    work.node.kill()
    assert work.finished() < ROWS, "it was over before its node was killed: give it more rows"
    work.judge()
    # A machine that is slow may let a lease of seconds end more than once.
    assert said(work.other, "claimed", work.task_id)
    assert not said(work.other, "claimed", work.task_id, "epoch=1}")


# A database that is away


def test_a_database_that_goes_away_is_answered_with_503_and_comes_back(cluster, database):
    proxy = Proxy(database.address.hostname, database.address.port)
    node = cluster.node(database_url=database.url(proxy.port))
    caller = node.caller()
    task_id = finished_task(caller)
    proxy.cut()
    for answer in in_both(node, "GET", "batchtasks", query=[("task_type", "freezeDevices")]):
        assert (answer.status, answer.code) == (503, "IOTDA.000504")
        assert int(answer.headers["Retry-After"]) > 0
    assert (node.status("/healthz"), node.status("/readyz")) == (200, 503)
    proxy.mend()
    until(lambda: node.status("/readyz") == 200, "it is ready again")
    assert len(caller.result(caller.export(task_id)).rows) == 3


def test_what_is_asked_while_the_database_restarts_is_done_once_it_is_back(cluster, database):
    proxy = Proxy(database.address.hostname, database.address.port)
    node = cluster.node(database_url=database.url(proxy.port), limits_apps=1000)

    def act(caller, number):
        if number == 0:
            proxy.cut()
            until(lambda: node.status("/readyz") == 503, "it says that the database is away")
            proxy.mend()
            return None
        until(lambda: answered(partial(caller.app, f"app-{number}")), "a call is answered")
        return number

    at_once(node, act, times=20).judge(20)
    names = [name for (name,) in database.rows("SELECT app_name FROM app")]
    assert sorted(names) == sorted({"DefaultApp", *(f"app-{number}" for number in range(1, 20))})


def answered(call):
    """Whether a call was done, or turns out to have been: what nobody was sure of is asked again, as the answer says."""
    try:
        call()
    except exceptions.ServiceResponseException as refusal:
        outcome = (refusal.status_code, refusal.error_code)
        assert outcome in ((503, "IOTDA.000504"), (403, "IOTDA.001008")), outcome
        return refusal.status_code == 403
    return True
