"""More than there may be: of one address, of requests at work, and of requests in a second."""

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from vocabulary import Account, Http2, Wire, head, raw, until

ANY_PORT = "127.0.0.1:0"


def test_one_address_does_not_take_all_places(serve):
    server = serve(server_connections_per_address=3, server_metrics_listen=ANY_PORT)
    until(lambda: server.metrics()("unlade_connections_open", listener="api") == 0, "all others are gone")
    with ExitStack() as all_of_them:
        held = [all_of_them.enter_context(Wire(server)) for _ in range(3)]
        for wire in held:
            wire.send(head(server, "POST", "apps", framing=["Content-Length: 100"]))
        with Wire(server) as one_more:
            assert one_more.everything() == b""
        assert server.metrics()("unlade_connections_refused_total", listener="api", why="address") == 1
    assert until(lambda: server.status("/healthz") == 200, "there is a place again")


def test_one_request_more_than_can_be_worked_at_is_told_when_to_come_again(serve):
    server = serve(server_requests_max=1, server_metrics_listen=ANY_PORT)
    with Wire(server) as first:
        # Its body does not come, and nothing is in the way of the next but this.
        first.send(head(server, "POST", "apps", framing=["Content-Length: 100"]))
        until(lambda: server.in_flight() == 1, "it is at work")
        refused = raw(server, "GET", "apps")
        assert (refused.status, refused.code) == (503, "IOTDA.000505")
        assert int(refused.headers["Retry-After"]) >= 1
        assert server.status("/healthz") == 200
        assert server.status("/readyz") == 200
    until(lambda: server.in_flight() == 0, "its client has gone")
    assert raw(server, "GET", "apps").status == 200


def test_one_address_does_not_take_all_turns(serve):
    server = serve(server_requests_max=4, server_metrics_listen=ANY_PORT)
    with ExitStack() as all_of_them:
        for _ in range(2):
            # Nobody has to be known for it, and its body does not come.
            wire = all_of_them.enter_context(Wire(server))
            wire.send(head(server, "POST", "/v3/auth/tokens", signed=False, framing=["Content-Length: 100"]))
        until(lambda: server.in_flight() == 2, "they are at work")
        refused = raw(server, "GET", "apps")
        assert (refused.status, refused.code) == (503, "IOTDA.000505")
        assert raw(server, "GET", "apps", source="127.0.0.2").status == 200
    until(lambda: server.in_flight() == 0, "their client has gone")
    assert raw(server, "GET", "apps").status == 200


def large_export(server):
    """Its result is more than any buffer on its way."""
    caller = server.caller()
    targets = [f"device-{number:08}-{number * 7919 % 100_003}" for number in range(30_000)]
    task_id = caller.batch("freezeDevices", targets=targets)
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    return export_id


def test_a_download_over_http2_that_nobody_takes_gives_its_turn_back(serve, authority):
    one_turn = {"server_requests_max": 1, "server_metrics_listen": ANY_PORT}
    server = serve(authority=authority, server_stall_timeout_seconds=5, **one_turn)
    export_id = large_export(server)
    until(lambda: server.in_flight() == 0, "the last poll has been answered")
    with Http2(server) as wire:
        wire.ask("GET", f"export-tasks/{export_id}/file")
        until(lambda: server.in_flight() == 1, "the download is at work")
        assert raw(server, "GET", "apps").status == 503
        # Nobody listens, so there is no room for more; the connection is left to the server.
        until(lambda: server.in_flight() == 0, "it has been given up")


def many(server, path, number=200):
    """As many requests at once as a few connections can bear; answers them, and for how long that took."""
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda _: raw(server, "GET", path), range(number)))
    return answers, time.monotonic() - begun


def judge_rate(answers, seconds, limit, code, left=None):
    """What was let through is no more than a bucket of one second's requests and what came into it meanwhile, and no less
    than was `left` in it."""
    let = [answer for answer in answers if answer.status == 200]
    assert (limit if left is None else left) <= len(let) <= limit * (1 + seconds) + 1
    refused = [answer for answer in answers if answer.status != 200]
    assert refused, "all were let through"
    for answer in refused:
        assert (answer.status, answer.code) == (403, code)
        assert int(answer.headers["Retry-After"]) >= 1
        assert f"limit {limit}" in answer.message


def test_a_user_s_rate_is_held_for_each_api(serve):
    server = serve(limits_api_requests_per_second=5)
    judge_rate(*many(server, "apps", 100), 5, "IOTDA.021101")
    assert raw(server, "GET", "devices").status == 200


def test_an_account_s_rate_is_held_over_all_apis(serve):
    server = serve(limits_account_requests_per_second=5)
    judge_rate(*many(server, "apps", 100), 5, "IOTDA.021102")


def test_nobody_uses_up_the_rate_of_a_project_in_which_they_have_no_right(serve):
    server = serve(limits_account_requests_per_second=2, limits_api_requests_per_second=5)
    account = Account(server)
    # The account's own requests have a rate, too.
    other = until(lambda: allowed(account, "POST", "/v3/projects", {"project": {"name": "other"}}), "a project")["project"]["id"]
    user_id = until(lambda: allowed(account, "POST", "/v3/users", {"user": {"name": "stranger"}}), "a user")["user"]["id"]
    order = {"credential": {"user_id": user_id}}
    made = until(lambda: allowed(account, "POST", "/v3.0/OS-CREDENTIAL/credentials", order), "a key")["credential"]
    key = {"ak": made["access"], "sk": made["secret"]}
    with ThreadPoolExecutor(10) as pool:
        foreign = list(pool.map(lambda _: raw(server, "GET", "apps", project_id=other, **key), range(100)))
        assert raw(server, "GET", "apps", project_id=other).status == 200
    # Their own rate counts them.
    assert {answer.code for answer in foreign} == {"IOTDA.000021", "IOTDA.021101"}


def allowed(account, *request):
    """What is answered once a rate allows it."""
    answer = account.ask(*request)
    return answer.json() if answer.status < 300 else None


def test_a_strict_server_holds_the_documented_rates_and_another_none(serve):
    strict, usual = serve(server_strict="true"), serve()
    until(lambda: held(strict), "a rate is held")
    assert all(answer.status == 200 for answer in many(usual, "apps")[0])


def held(server):
    """On a slow machine even many may be no more than the documented rate."""
    answers, seconds = many(server, "apps")
    if all(answer.status == 200 for answer in answers):
        return False
    judge_rate(answers, seconds, 50, "IOTDA.021101", left=0)
    return True


def test_who_is_not_known_uses_nobody_s_rate(serve):
    server = serve(limits_account_requests_per_second=1)
    for _ in range(20):
        assert raw(server, "GET", "apps", sk="wrong").status == 401
    assert raw(server, "GET", "apps").status == 200


def test_a_target_that_is_too_long_is_refused_as_such(server):
    for path in ("/" + "x" * 20_000, "/v5/iot/p/apps?x=" + "x" * 20_000):
        answer = raw(server, "GET", path, signed=False)
        assert (answer.status, answer.code) == (414, "APIGW.0201")
    assert raw(server, "GET", "apps", query=[("app_name", "x" * 200)]).status in (200, 400)
