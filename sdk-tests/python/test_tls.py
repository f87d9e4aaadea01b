"""TLS: who is believed, what is spoken over it, and a certificate that is renewed while the server runs."""

import json
import ssl
import warnings

import httpx
import pytest
from cryptography import x509
from huaweicloudsdkcore.exceptions import exceptions

from vocabulary import DAY, Authority, Identity, Result, Server, Wire, head, raw, until
from vocabulary.raw import signed_request

ANY_PORT = "127.0.0.1:0"


@pytest.fixture(scope="module")
def server(serve_module, authority):
    return serve_module(authority=authority, server_metrics_listen=ANY_PORT)


def shaken(server, context=None, host="127.0.0.1"):
    """A handshake; answers what was agreed upon, and the certificate that was shown."""
    with Wire(server, bare=True) as wire:
        with (context or server.authority.context()).wrap_socket(wire.socket, server_hostname=host) as socket:
            return socket.version(), socket.selected_alpn_protocol(), socket.getpeercert(binary_form=True)


# The SDK


def test_the_sdk_does_the_whole_job_and_proves_who_serves_it(server):
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=["a", "b"])
    caller.finished(task_id)
    result = caller.result(caller.export(task_id))
    assert [row["target"] for row in result.rows] == ["a", "b"]


def test_the_sdk_with_a_derived_signature(server):
    assert server.caller(derived=True).products() == []


def test_the_sdk_believes_nobody_whose_authority_it_does_not_know(server, tmp_path):
    with pytest.raises(exceptions.SslHandShakeException):
        server.caller(trusts=Authority(tmp_path)).products()


@pytest.mark.parametrize("host, ends, why", [
    ("127.0.0.1", -DAY, "expired"),
    ("example.com", DAY, "mismatch"),
], ids=["expired", "of another host"])
def test_a_wrong_certificate_is_not_believed_and_the_server_goes_on(serve, authority, host, ends, why):
    server = serve_without_proof(serve, authority, authority.identity(host, ends))
    with pytest.raises(ssl.SSLCertVerificationError, match=why):
        shaken(server)
    server.identity.becomes(authority.identity())
    until(lambda: believed(server), "a good certificate is shown", diagnosis=server.log)
    assert server.caller().products() == []


def serve_without_proof(serve, authority, identity):
    """A server whose certificate nobody believes, so that nobody can ask whether it is ready."""
    server = serve(authority=authority)
    server.terminate()
    server.settings.update(identity.settings())
    server.identity = identity
    server.process = server.launch()
    until(lambda: listens(server), "it listens", diagnosis=server.log)
    return server


def listens(server):
    try:
        Wire(server, bare=True).socket.close()
        return True
    except ConnectionRefusedError:
        return False


def believed(server):
    try:
        return shaken(server)
    except ssl.SSLCertVerificationError:
        return None


# Versions


def of_versions(server, least, most):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = server.authority.context()
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version, context.maximum_version = least, most
    return shaken(server, context)[0]


def test_tls_1_2_and_1_3_are_spoken_and_nothing_older(server):
    version = ssl.TLSVersion
    assert of_versions(server, version.TLSv1_2, version.TLSv1_2) == "TLSv1.2"
    assert of_versions(server, version.TLSv1_3, version.TLSv1_3) == "TLSv1.3"
    with pytest.raises(ssl.SSLError):
        of_versions(server, version.TLSv1, version.TLSv1_1)


def test_what_is_not_encrypted_is_not_answered(server):
    with Wire(server, bare=True) as wire:
        wire.send(head(server, "GET", "apps"))
        assert b"HTTP/" not in wire.everything()
    assert server.status("/healthz") == 200


def test_http_1_and_2_are_offered_and_nothing_else(server):
    assert shaken(server)[1] is None
    assert shaken(server, server.authority.context("http/1.1"))[1] == "http/1.1"
    assert shaken(server, server.authority.context("h2", "http/1.1"))[1] == "h2"
    with pytest.raises(ssl.SSLError):
        shaken(server, server.authority.context("h3"))


# HTTP/2, by a client that knows nothing of us


def asked(client, server, method, path, query=(), body=None):
    request = signed_request(server, method, path, list(query), body, {})
    headers = {name: value for name, value in request.header_params.items() if name.lower() != "host"}
    return client.request(method, server.endpoint + request.uri, headers=headers, content=body)


@pytest.fixture(params=["HTTP/1.1", "HTTP/2"])
def version(request):
    return request.param


@pytest.fixture
def outsider(server, version):
    context = server.authority.context()
    with httpx.Client(http2=version == "HTTP/2", verify=context, trust_env=False, timeout=60) as client:
        yield client
        assert client.get(server.endpoint + "/healthz").http_version == version


def test_an_outside_client_is_answered_alike_over_either_version(server, outsider, version):
    # Named after the version: both share the server, and of one name there may be one app.
    app = json.dumps({"app_name": f"app_{version[-1]}"}).encode()
    made = asked(outsider, server, "POST", "apps", body=app)
    assert made.status_code == 201 and made.headers["x-request-id"]
    listed = asked(outsider, server, "GET", "apps", query=[("default_app", "true")])
    assert (listed.status_code, len(listed.json()["applications"])) == (200, 1)
    refused = outsider.get(server.endpoint + "/v5/iot/p/apps")
    assert (refused.status_code, refused.json()["error_code"]) == (401, "IOTDA.000002")
    unknown = outsider.get(server.endpoint + "/nothing")
    assert (unknown.status_code, unknown.json()["error_code"]) == (404, "APIGW.0101")
    large = asked(outsider, server, "POST", "apps", body=b" " * (13 << 20))
    assert (large.status_code, large.json()["error_code"]) == (413, "APIGW.0201")
    long = outsider.get(server.endpoint + "/" + "x" * 20_000)
    assert (long.status_code, long.json()["error_code"]) == (414, "APIGW.0201")


def test_a_whole_download_comes_over_either_version(server, outsider):
    caller = server.caller()
    task_id = caller.batch("freezeDevices", targets=[f"device-{number * 7919 % 100_003}" for number in range(5_000)])
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    answer = asked(outsider, server, "GET", f"export-tasks/{export_id}/file")
    assert len(Result(answer.content).rows) == 5_000
    assert answer.content == caller.download(export_id)


def test_answers_over_tls_ask_to_be_fetched_so_for_ever(server, outsider):
    for path in ("/healthz", "/nothing"):
        headers = outsider.get(server.endpoint + path).headers
        assert headers["strict-transport-security"].startswith("max-age=")
        assert headers["x-content-type-options"] == "nosniff"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"
        assert "server" not in headers


def test_metrics_are_encrypted_too(server):
    assert server.metrics()("unlade_connections_open", listener="metrics") == 1


# Renewal


@pytest.mark.parametrize("version", ["HTTP/1.1", "HTTP/2"])
def test_a_download_goes_on_while_the_certificate_is_renewed(serve, authority, version):
    server = serve(authority=authority, server_metrics_listen=ANY_PORT)
    caller = server.caller()
    # More than the buffers on its way hold.
    targets = [f"device-{number:08}-{number * 7919 % 100_003}" for number in range(30_000)]
    task_id = caller.batch("freezeDevices", targets=targets)
    caller.finished(task_id)
    export_id = caller.export(task_id)
    caller.exported(export_id)
    request = signed_request(server, "GET", f"export-tasks/{export_id}/file", [], None, {})
    headers = {name: value for name, value in request.header_params.items() if name.lower() != "host"}
    old = shaken(server)[2]
    context = authority.context()
    with httpx.Client(http2=version == "HTTP/2", verify=context, trust_env=False, timeout=60) as client:
        with client.stream("GET", server.endpoint + request.uri, headers=headers) as answer:
            assert (answer.status_code, answer.http_version) == (200, version)
            pieces = answer.iter_bytes(4096)
            begun = next(pieces)
            server.identity.becomes(authority.identity())
            until(lambda: shaken(server)[2] != old, "the new certificate is shown", diagnosis=server.log)
            content = begun + b"".join(pieces)
    assert len(Result(content).rows) == 30_000
    assert server.metrics()("unlade_tls_reloads_total", outcome="taken") == 1


def test_a_new_certificate_that_is_no_good_is_told_of_and_the_old_one_goes_on(serve, authority):
    server = serve(authority=authority, server_metrics_listen=ANY_PORT)
    old = shaken(server)[2]
    good = authority.identity()
    # The certificate of one and the key of another.
    server.identity.becomes(Identity(good.certificate, authority.identity().key))
    until(lambda: server.metrics()("unlade_tls_reloads_total", outcome="refused"), "it is found out",
          diagnosis=server.log)
    assert shaken(server)[2] == old
    assert "the old one goes on" in server.log()
    server.identity.key.write_bytes(good.key.read_bytes())
    until(lambda: shaken(server)[2] != old, "the good pair is shown", diagnosis=server.log)
    assert server.caller().products() == []


def test_the_end_of_a_certificate_is_told_of_before_it_comes(serve, authority):
    server = serve(authority=authority, identity=authority.identity(ends=3.5 * DAY), server_metrics_listen=ANY_PORT)

    def end():
        return server.metrics()("unlade_tls_certificate_end_timestamp_seconds")

    def ends(identity):
        return x509.load_pem_x509_certificates(identity.certificate.read_bytes())[0].not_valid_after_utc.timestamp()

    assert end() == ends(server.identity)
    assert server.log().count("the certificate ends soon") == 1 and "days=3" in server.log()
    server.identity.becomes(authority.identity())
    until(lambda: end() == ends(server.identity), "the end of the new one is told", diagnosis=server.log)
    assert server.log().count("the certificate ends soon") == 1


# A start that is refused


def refused(tmp_path, *arguments, **settings):
    server = Server(tmp_path, **settings)
    code, said = server.run("serve", "--data-dir", server.data_dir, *arguments)
    assert code == 2, said
    assert not server.data_dir.exists()
    return said


def test_files_that_are_no_pair_are_refused_by_name(tmp_path, authority):
    good, other = authority.identity(), authority.identity()
    listen = ["--listen", ANY_PORT]
    absent = tmp_path / "absent.pem"
    assert "absent.pem" in refused(tmp_path, *listen, tls_certificate=absent, tls_key=good.key)
    assert "tls.key" in refused(tmp_path, *listen, tls_certificate=good.certificate)
    assert "tls.certificate" in refused(tmp_path, *listen, tls_certificate=good.certificate, tls_key=other.key)
    assert "tls.key" in refused(tmp_path, *listen, tls_certificate=good.certificate, tls_key=good.certificate)


def test_plain_http_where_others_can_listen_in_is_refused_with_both_ways_out(tmp_path):
    said = refused(tmp_path, "--listen", "0.0.0.0:0")
    assert "tls.certificate" in said and "--insecure-http" in said


def test_with_tls_any_address_will_do(tmp_path_factory, authority):
    server = Server(tmp_path_factory.mktemp("open"), authority=authority, server_metrics_listen="0.0.0.0:0")
    server.start()
    try:
        assert raw(server, "GET", "apps").status == 200
    finally:
        server.kill()
