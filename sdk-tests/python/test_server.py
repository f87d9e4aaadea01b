"""Starting, stopping and starting again."""

import stat

from vocabulary import until

KEY = {
    "root_access_key": "UNLADETESTACCESSKEY0",
    "root_secret_key": "only-for-tests-0123456789abcdefghijklmno",
    "project_id": "04ed32dc1b0025b52fe3c01a27c2b0a8",
}


def test_health_is_told_without_credentials(server):
    assert server.status("/healthz") == 200
    assert server.status("/readyz") == 200


def test_sigterm_ends_the_server_cleanly(server):
    assert server.terminate() == 0


def test_the_first_start_writes_the_credentials_for_the_owner_alone(server):
    assert stat.S_IMODE((server.data_dir / "credentials.csv").stat().st_mode) == 0o600
    assert stat.S_IMODE((server.data_dir / "master.key").stat().st_mode) == 0o600


def test_a_restart_keeps_the_key(server):
    before = server.credentials
    product_id = server.caller().product()
    server.restart()
    assert server.credentials == before
    assert [product.product_id for product in server.caller().products()] == [product_id]


def test_a_given_root_key_and_project_are_used_and_may_be_given_again(serve):
    server = serve(**KEY)
    given = {"ak": KEY["root_access_key"], "sk": KEY["root_secret_key"], "project_id": KEY["project_id"]}
    product_id = server.caller(**given).product()
    server.restart()
    assert [product.product_id for product in server.caller(**given).products()] == [product_id]


def test_a_second_process_on_the_same_directory_refuses_to_start(server):
    second = server.launch()
    assert until(lambda: second.poll() is not None, "the second process ends", diagnosis=server.log)
    assert second.returncode != 0
    assert server.status("/readyz") == 200


def test_no_secret_is_told_a_second_time(server):
    said_at_first = len(server.everything_said())
    server.restart()
    caller = server.caller()
    caller.device(caller.product(), "n", auth_info={"auth_type": "SECRET", "secret": "device-secret-0123"})
    server.terminate()
    said = server.everything_said()[said_at_first:]
    assert server.credentials.sk not in said
    assert "device-secret-0123" not in said
