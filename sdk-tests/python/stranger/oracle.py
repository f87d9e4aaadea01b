"""What is wrong with an answer, judged by the documentation alone."""

import json
import re

from test_errors import KNOWN

from .shapes import misfits

REQUEST_ID = re.compile(r"[0-9a-f]{32}")
# Refusals whose published text is the whole of it and tells what they are about.
SAY_IT_ALL = {"IOTDA.014031": {"device_id", "product_id", "node_id"}}
JSON_TYPE = "application/json;charset=UTF-8"


def faults(operation, request, answer):
    """Everything that is undocumented about an answer."""
    found = [] if REQUEST_ID.fullmatch(answer.headers["X-Request-Id"] or "") else ["no X-Request-Id"]
    if answer.status >= 400:
        return found + faults_of_a_refusal(operation, request, answer)
    if (answer.status, None) in operation.also:
        return found
    if answer.status != operation.success:
        return [*found, f"status {answer.status}"]
    if answer.status == 204:
        return found + (["204 with a body"] if answer.body else [])
    if operation.shape is None:
        return found
    if answer.headers["Content-Type"] != JSON_TYPE:
        found.append(f"Content-Type {answer.headers['Content-Type']}")
    return found + misfits(json.loads(answer.body), operation.shape)


def faults_of_a_refusal(operation, request, answer):
    found = [] if answer.headers["Content-Type"] == JSON_TYPE else ["a refusal that is no JSON"]
    if sorted(answer.json()) != ["error_code", "error_msg"]:
        return [*found, "a refusal without its two fields"]
    code, message = answer.code, answer.message
    if code not in KNOWN or answer.status in (401, 500):
        return [*found, f"{answer.status} {code}"]
    status, english, chinese = KNOWN[code]
    named_in_a_body = (status, answer.status) == (404, 400) and operation.body is not None
    if answer.status != status and not named_in_a_body and (answer.status, code) not in operation.also:
        found.append(f"{code} with status {answer.status}")
    speaks_chinese = request.headers.get("Accept-Language", "").lower().startswith("zh")
    if not message.startswith(chinese if speaks_chinese else english):
        found.append("the wrong language")
    if len(request.spoilt) == 1 and answer.status == 400 and (400, code) not in operation.also:
        (spoilt,) = request.spoilt
        if not names(message, spoilt) and spoilt not in SAY_IT_ALL.get(code, ()):
            found.append(f"{spoilt} is not named")
    return found


def names(message, spoilt):
    """Whether a message tells what was spoilt; what is nested too deep to be read has no name, nor has a body."""
    return " " in spoilt or spoilt in message or " body: " in message
