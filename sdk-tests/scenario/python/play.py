"""Plays a scenario through the official Python SDK: `play.py SCENARIO`; sdk-tests/scenario/README.md says how.

An operation is found by its name, a model by the types that the SDK declares; nothing here knows any of them.
"""

import hashlib
import json
import os
import re
import secrets
import sys
import time
from importlib.metadata import version
from pathlib import Path

from huaweicloudsdkcore.auth.credentials import BasicCredentials
from huaweicloudsdkcore.exceptions.exceptions import ServiceResponseException
from huaweicloudsdkcore.http.formdata import FormFile
from huaweicloudsdkcore.http.http_handler import HttpHandler
from huaweicloudsdkcore.region.region import Region
from huaweicloudsdkiotda import v5

PATIENCE_SECONDS = 60
VERSION = version("huaweicloudsdkiotda")


class Wrong(Exception):
    """An outcome that is not the expected one."""


class Absent(Exception):
    """The SDK has no such operation."""


class Unknown(Exception):
    """A name that nothing was kept under."""


def snake(name):
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def model(kind, value):
    """A value as the SDK's type for it."""
    if value is None:
        return None
    if kind.startswith("list["):
        return [model(kind[5:-1], one) for one in value]
    made = getattr(v5, kind, None)
    if made is None:
        return value
    names = {wire: ours for ours, wire in made.attribute_map.items()}
    unknown = sorted(set(value) - set(names))
    if unknown:
        raise Wrong(f"{kind} of this SDK has no {', '.join(unknown)}")
    return made(**{names[wire]: model(made.openapi_types[names[wire]], one) for wire, one in value.items()})


def plain(value):
    """What a response of the SDK holds, under the names of the wire."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    if hasattr(value, "attribute_map"):
        fields = {wire: plain(getattr(value, ours)) for ours, wire in value.attribute_map.items()}
        return {wire: one for wire, one in fields.items() if one is not None}
    return value


class Sdk:
    """The client, as one of the callers of the scenario."""

    def __init__(self, ak, sk, project_id):
        credentials = BasicCredentials(ak, sk, project_id)
        region = Region("cn-north-4", os.environ["UNLADE_SDK_ENDPOINT"])
        handler = HttpHandler().add_response_handler(self.heard)
        builder = v5.IoTDAClient.new_builder().with_credentials(credentials).with_region(region)
        self.client = builder.with_http_handler(handler).build()

    def heard(self, response, **_):
        self.headers = response.headers

    def knows(self, operation):
        return hasattr(self.client, snake(operation))

    def call(self, operation, given):
        """The status and the answer, which of a download is the SDK's own."""
        method = getattr(self.client, snake(operation))
        if operation == "UploadBatchTaskFile":
            body = v5.UploadBatchTaskFileRequestBody(file=FormFile(str(given["file"])))
            answer = method(v5.UploadBatchTaskFileRequest(body=body))
        else:
            answer = method(model(f"{operation}Request", given))
        if operation == "ShowExportTask":
            return answer.status_code, answer
        return answer.status_code, plain(answer)

    def save(self, answer, path):
        """Saves a download; whether the text that the SDK makes of it holds every byte."""
        path.write_bytes(answer.raw_content)
        return answer.body.encode("latin-1", "replace") == answer.raw_content


def at(answer, path):
    """What lies at `a.0.b`, or None."""
    for name in path.split("."):
        if isinstance(answer, list):
            answer = answer[int(name)] if int(name) < len(answer) else None
        elif isinstance(answer, dict):
            answer = answer.get(name)
        else:
            return None
    return answer


class Play:
    """One run of a scenario."""

    def __init__(self):
        self.names = {"run": secrets.token_hex(4), **json.loads(os.environ.get("UNLADE_SDK_NAMES", "{}"))}
        self.read_only = os.environ.get("UNLADE_SDK_READ_ONLY") == "1"
        self.key = {
            "ak": os.environ["CLOUD_SDK_AK"],
            "sk": os.environ["CLOUD_SDK_SK"],
            "project_id": os.environ["UNLADE_SDK_PROJECT_ID"],
        }
        self.sdks = {}

    def filled(self, value):
        """The value with the names in it replaced."""
        if isinstance(value, dict):
            return {name: self.filled(one) for name, one in value.items()}
        if isinstance(value, list):
            return [self.filled(one) for one in value]
        if isinstance(value, str):
            return re.sub(r"\$\{(\w+)\}", lambda found: self.name(found[1]), value)
        return value

    def name(self, name):
        if name not in self.names:
            raise Unknown(name)
        return self.names[name]

    def sdk(self, more):
        who = tuple({**self.key, **self.filled(more)}.values())
        if who not in self.sdks:
            self.sdks[who] = Sdk(*who)
        return self.sdks[who]

    def step(self, step):
        sdk = self.sdk(step.get("as", {}))
        if not (sdk.knows(step["call"]) and sdk.knows(step.get("needs", step["call"]))):
            raise Absent
        given = self.filled(step.get("with", {}))
        if "file" in given:
            given["file"] = Path(__file__).parents[1] / "files" / given["file"]
        if "error" in step:
            return self.refused(sdk, step, given)
        if "pages" in step:
            return self.paged(sdk, step, given)
        status, answer = self.awaited(sdk, step, given)
        if status != step["status"]:
            raise Wrong(f"status {status}")
        if step.get("download"):
            return self.saved(sdk, answer)
        for path, wanted in self.filled(step.get("expect", {})).items():
            found = at(answer, path)
            if found in (None, "") if wanted == "*" else found != wanted:
                raise Wrong(f"{path} is {found!r}, not {wanted!r}")
        for name, path in step.get("keep", {}).items():
            self.names[name] = at(answer, path)

    def refused(self, sdk, step, given):
        try:
            status, _ = sdk.call(step["call"], given)
        except ServiceResponseException as error:
            found = (error.status_code, error.error_code)
            if found != (step["status"], step["error"]):
                raise Wrong(f"refused with {found}: {error.error_msg}") from error
            if not error.error_msg or not error.request_id:
                raise Wrong("an error without a text or a request id") from error
            return
        raise Wrong(f"not refused: {status}")

    def awaited(self, sdk, step, given):
        end = time.monotonic() + PATIENCE_SECONDS
        while True:
            status, answer = sdk.call(step["call"], given)
            found = {path: at(answer, path) for path in step.get("until", {})}
            if all(found[path] in wanted for path, wanted in step.get("until", {}).items()):
                return status, answer
            if time.monotonic() > end:
                raise Wrong(f"stays at {found}")
            time.sleep(0.2)

    def paged(self, sdk, step, given):
        pages, seen = step["pages"], []
        while True:
            status, answer = sdk.call(step["call"], given)
            if status != step["status"]:
                raise Wrong(f"status {status}")
            page = at(answer, pages["of"]) or []
            if not page:
                break
            seen += [one[pages["key"]] for one in page]
            if pages["by"] == "offset":
                given["offset"] = len(seen)
            else:
                given["marker"] = at(answer, "page.marker")
        if sorted(seen) != sorted(self.filled(pages["are"])):
            raise Wrong(f"paged out {seen}")

    def saved(self, sdk, answer):
        path = Path(os.environ["UNLADE_SDK_RESULTS"]) / "result.zip"
        whole = sdk.save(answer, path)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        if sdk.headers["ETag"].strip('"') != digest:
            raise Wrong(f"ETag {sdk.headers['ETag']}, but the file's SHA-256 is {digest}")
        return "the text holds every byte" if whole else "the text is damaged"


def main(path):
    play, failed = Play(), False
    scenario = Path(path)
    out = Path(os.environ["UNLADE_SDK_RESULTS"]) / f"{scenario.stem}.jsonl"
    with out.open("w", encoding="utf-8") as lines:
        for number, step in enumerate(json.loads(scenario.read_text("utf-8"))["steps"]):
            outcome, note = "passed", None
            try:
                if play.read_only and not step["call"].startswith(("Show", "List")):
                    raise Unknown("it writes")
                note = play.step(step)
            except Unknown as why:
                outcome, note = "skipped", str(why)
            except Absent:
                outcome = "absent"
            except Exception as error:  # Whatever the SDK stumbles over is what is to be told.
                outcome, note = "failed", f"{type(error).__name__}: {error}"
                failed = True
            line = {"sdk": "python", "version": VERSION, "scenario": scenario.stem, "step": number}
            line |= {"operation": step["call"], "expected": step.get("error", step["status"]), "outcome": outcome}
            lines.write(json.dumps({**line, "note": note}) + "\n")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
