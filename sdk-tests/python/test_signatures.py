"""Every signing algorithm of the SDK: what is signed with it works, and what is signed wrongly gets one answer."""

import time
from datetime import datetime, timedelta, timezone

import pytest
from huaweicloudsdkcore.signer.algorithm import SigningAlgorithm

from vocabulary import Account, device_ids, raw, refused, until
from vocabulary.raw import send, signed_request

SIGNATURES = {
    "SDK-HMAC-SHA256": {},
    "V11-HMAC-SHA256": {"derived": True},
    "SDK-HMAC-SM3": {"algorithm": SigningAlgorithm.HMAC_SM3},
    "SDK-ECDSA-P256-SHA256": {"algorithm": SigningAlgorithm.ECDSA_P256_SHA256},
    "SDK-SM2-SM3": {"algorithm": SigningAlgorithm.SM2_SM3},
}
SM3 = {"SDK-HMAC-SM3", "SDK-SM2-SM3"}


@pytest.fixture(scope="module")
def server(serve_module):
    """One server for all these tests."""
    return serve_module()


@pytest.fixture(params=SIGNATURES)
def name(request):
    return request.param


@pytest.fixture
def signature(name):
    return SIGNATURES[name]


def test_a_search_an_order_and_an_upload_work_with_every_signature(server, signature, name, tmp_path):
    caller = server.caller(**signature)
    product_id = caller.product(name=name)
    assert product_id in [product.product_id for product in caller.products()]
    device_id = caller.device(product_id, "node", device_name="设备 / ~*+")
    assert [device.device_id for device in caller.all_devices(device_name="设备 / ~*+", product_id=product_id)] == [device_id]
    file_id = caller.upload(device_ids(tmp_path / "to-freeze.xlsx", [device_id]))
    assert file_id in [file.file_id for file in caller.files()]
    task = caller.finished(caller.batch("freezeDevices", document_source=file_id))
    assert (task.status, caller.shown_device(device_id).status) == ("Success", "FROZEN")
    caller.delete_device(device_id)


def test_a_short_access_key_id_signs_with_every_signature(serve, signature):
    server = serve(root_access_key="SHORTID", root_secret_key="a-secret-of-a-short-id")
    assert server.caller(**signature).products() == []


def test_a_wrong_secret_is_refused_by_every_signature_alike(server, signature):
    caller = server.caller(sk="x" * 40, **signature)
    told = refused(caller.products, 401, "IOTDA.000002")
    assert told == refused(server.caller(sk="x" * 40).products, 401, "IOTDA.000002")


def test_a_temporary_key_signs_with_every_signature_and_counts_only_with_its_token(server, signature):
    made = Account(server).temporary_key().json()["credential"]
    key, token = {"ak": made["access"], "sk": made["secret"], **signature}, made["securitytoken"]
    root = server.credentials
    asked = {
        "both": ({**key}, {"X-Security-Token": token}),
        "no token": ({**key}, {}),
        "another's token": ({**key}, {"X-Security-Token": token[::-1]}),
        "a wrong secret": ({**key, "sk": root.sk}, {"X-Security-Token": token}),
        "a permanent key with a token": ({**signature}, {"X-Security-Token": token}),
    }
    answers = {what: raw(server, "GET", "apps", headers=headers, **key) for what, (key, headers) in asked.items()}
    assert answers.pop("both").status == 200
    assert {answer.status for answer in answers.values()} == {401}
    assert len({answer.body for answer in answers.values()}) == 1
    changed = signed_request(server, "GET", "apps", [], None, {"X-Security-Token": token}, **key)
    changed.header_params["X-Security-Token"] = token[::-1]
    assert send(server, changed, "127.0.0.1").status == 401


def stamp(**ago):
    return (datetime.now(timezone.utc) - timedelta(**ago)).strftime("%Y%m%dT%H%M%SZ")


def strangers(signature, name):
    """Requests that must look alike from outside: none tells whether a key exists."""
    return {
        "wrong secret": {"sk": "x" * 40, **signature},
        "unknown key": {"ak": "NOSUCHACCESSKEY00000", **signature},
        "unknown key and secret": {"ak": "NOSUCHACCESSKEY00000", "sk": "x" * 40, **signature},
        "16 minutes old": {"headers": {"X-Sdk-Date": stamp(minutes=16)}, **signature},
        "16 minutes early": {"headers": {"X-Sdk-Date": stamp(minutes=-16)}, **signature},
        "no signature": {"signed": False},
        "nonsense for a signature": {"signed": False, "headers": {"Authorization": f"{name} nonsense"}},
        "an empty signature": {"signed": False, "headers": {"Authorization": ""}},
    }


def test_all_bad_credentials_get_one_answer(server, signature, name):
    answers = {what: raw(server, "GET", "apps", **bad) for what, bad in strangers(signature, name).items()}
    assert {what: answer.status for what, answer in answers.items()} == dict.fromkeys(answers, 401)
    assert {answer.body for answer in answers.values()} == {answers["no signature"].body}
    assert answers["no signature"].code == "IOTDA.000002"


def test_all_bad_credentials_take_as_long(server, signature, name):
    """The shortest of many, taken in turn: whatever else the machine does makes none of them shorter."""
    bad = {"the wrong secret": {"sk": "x" * 40}, "an unknown key": {"ak": "NOSUCHACCESSKEY00000"}}
    late = {"X-Sdk-Date": stamp(minutes=16)}
    requests = {what: signed_request(server, "GET", "apps", [], None, {}, **key, **signature) for what, key in bad.items()}
    requests["a late time"] = signed_request(server, "GET", "apps", [], None, late, **signature)
    shortest = dict.fromkeys(requests, float("inf"))
    connection = server.connection(60)

    def alike():
        for _ in range(150):
            for what, request in requests.items():
                began = time.perf_counter()
                connection.request(request.method, request.uri, headers=request.header_params)
                answer = connection.getresponse()
                answer.read()
                shortest[what] = min(shortest[what], time.perf_counter() - began)
                assert answer.status == 401
        return max(shortest.values()) < 1.3 * min(shortest.values())

    # However busy the machine is, the shortest come closer; those of a server that tells more by its time never do.
    until(alike, "they are alike", seconds=30, diagnosis=lambda: shortest)
    connection.close()


def test_a_changed_body_breaks_the_signature(server, signature):
    signed, forged = {"app_name": "signed"}, {"app_name": "forged"}
    answer = raw(server, "POST", "apps", body=signed, sent_body=forged, **signature)
    assert (answer.status, answer.code) == (401, "IOTDA.000002")


def test_an_order_cannot_leave_its_body_out(server, signature, name):
    headers = {"X-Sdk-Content-Sm3" if name in SM3 else "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}
    answer = raw(server, "POST", "apps", body={"app_name": "forged"}, headers=headers, **signature)
    assert (answer.status, answer.code) == (401, "IOTDA.000002")
