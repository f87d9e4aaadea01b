"""Starting, stopping and starting again."""

import stat

from vocabulary import Server, until

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


def test_a_first_start_that_was_killed_before_it_told_its_key_is_finished_by_the_next(server):
    told = server.credentials
    server.kill()
    # As it lies there when the key is made and credentials.csv is not written yet.
    (server.data_dir / "credentials.csv").unlink()
    (server.data_dir / "promised-key").write_text(f"{told.ak},{told.sk}\n")
    server.restart()
    assert server.credentials == told
    assert server.caller().products() == []
    assert not (server.data_dir / "promised-key").exists()


def test_a_first_start_that_was_killed_before_it_made_its_key_makes_the_one_it_wrote_down(serve, tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("promised"))
    server.data_dir.mkdir()
    (server.data_dir / "promised-key").write_text("PROMISED,a-secret-that-was-promised\n")
    server.start()
    try:
        assert (server.credentials.ak, server.credentials.sk) == ("PROMISED", "a-secret-that-was-promised")
        assert server.caller().products() == []
    finally:
        server.kill()


def test_a_directory_whose_key_was_told_long_ago_gets_no_other(server):
    said = server.everything_said()
    server.kill()
    (server.data_dir / "credentials.csv").unlink()
    server.restart()
    assert sorted(path.name for path in server.data_dir.glob("*.csv")) == []
    assert server.everything_said().count("Secret Access Key") == said.count("Secret Access Key")


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
