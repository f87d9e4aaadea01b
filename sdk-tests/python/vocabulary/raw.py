"""Signed requests that the SDK's client would not make: broken bodies, HEAD, Range, wrong dates, unknown paths.

The signature is still made by the SDK's own signer.
"""

import http.client
import json
from dataclasses import dataclass
from types import SimpleNamespace

from huaweicloudsdkcore.sdk_request import SdkRequest
from huaweicloudsdkcore.signer.algorithm import SigningAlgorithm
from huaweicloudsdkcore.signer.signer import (
    DerivationAKSKSigner,
    P256SHA256Signer,
    Signer,
    SM2SM3Signer,
    SM3Signer,
)

SIGNERS = {
    SigningAlgorithm.HMAC_SHA256: Signer,
    SigningAlgorithm.HMAC_SM3: SM3Signer,
    SigningAlgorithm.ECDSA_P256_SHA256: P256SHA256Signer,
    SigningAlgorithm.SM2_SM3: SM2SM3Signer,
}


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """The code of a refusal; the identity service has none but the status."""
        said = self.json()
        return said["error"]["code"] if "error" in said else said["error_code"]

    @property
    def message(self):
        said = self.json()
        return said["error"]["message"] if "error" in said else said["error_msg"]


def raw(server, method, path, query=(), body=None, headers=(), sent_body=None, source="127.0.0.1", **key):
    """One request to `path` below the project (or to the whole path, if it begins with a slash).

    `body` is bytes, or anything else to be sent as JSON; `sent_body` is what is sent in place of what was signed, `source` the
    address that it comes from. `key` may hold ak, sk, project_id, derived, algorithm, and signed=False.
    """
    request = signed_request(server, method, path, list(query), encoded(body), dict(headers), **key)
    if sent_body is not None:
        request.body = encoded(sent_body)
    answer = send(server, request, source)
    judge_every_answer(method, path, answer)
    return answer


def order_and_leave(server, method, path, body):
    """Announces a body and is gone as soon as the server wants to read it."""
    request = signed_request(server, method, path, [], encoded(body), {})
    announced = {"Expect": "100-continue", "Content-Length": str(len(request.body))}
    connection = server.connection(60)
    connection.request(request.method, request.uri, headers={**request.header_params, **announced})
    assert connection.sock.recv(64).startswith(b"HTTP/1.1 100 ")
    connection.close()


def encoded(body):
    if body is None or isinstance(body, bytes):
        return body
    return json.dumps(body).encode()


def signed_request(
    server,
    method,
    path,
    query,
    body,
    headers,
    ak=None,
    sk=None,
    project_id=None,
    derived=False,
    algorithm=SigningAlgorithm.get_default(),
    signed=True,
):
    root = server.credentials
    project_id = project_id or root.project_id
    request = SdkRequest(
        method=method,
        host=f"127.0.0.1:{server.port}",
        resource_path=path if path.startswith("/") else f"/v5/iot/{project_id}/{path}",
        query_params=query,
        header_params={"Content-Type": "application/json", "X-Project-Id": project_id, **headers},
        body=body,
    )
    if not signed:
        Signer.process_request_uri(request)
        return request
    key = SimpleNamespace(ak=ak or root.ak, sk=sk or root.sk)
    if derived:
        return DerivationAKSKSigner(key).sign(request, "iotdm", "cn-north-4")
    return SIGNERS[algorithm](key).sign(request)


def send(server, request, source):
    connection = server.connection(60, source)
    try:
        try:
            connection.request(request.method, request.uri, body=request.body, headers=request.header_params)
        except (BrokenPipeError, ConnectionResetError):
            # A server that refuses a large body need not read it; its answer is there all the same.
            pass
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


# Where refusals have Keystone's shape.
IDENTITY = ("/v3/", "/v3.0/", "/v1.0/enterprise-projects/")


def judge_every_answer(method, path, answer):
    """Every answer carries a request id; every error is two texts, or what Keystone would say."""
    assert answer.headers["X-Request-Id"], "an answer without X-Request-Id"
    if answer.status < 400 or method == "HEAD":
        return
    if path.startswith(IDENTITY):
        said = answer.json()
        assert sorted(said) == ["error"] and sorted(said["error"]) == ["code", "message", "title"]
        assert said["error"]["code"] == answer.status and answer.message and said["error"]["title"]
    else:
        assert sorted(answer.json()) == ["error_code", "error_msg"]
        assert answer.code and answer.message
