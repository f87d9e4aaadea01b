"""Whether an answer is as the document says: its status, its code, and each field of its body, of which there are no others."""

from copy import deepcopy

from jsonschema import Draft202012Validator


class Answers:
    """What the operations of a document may answer."""

    def __init__(self, document):
        self.components = deepcopy(document["components"])
        for schema in self.components["schemas"].values():
            if schema.get("type") == "object" and "properties" in schema:
                schema["additionalProperties"] = False

    def misfits(self, operation, answer):
        """Everything about an answer that the document does not say."""
        response = operation["responses"].get(str(answer.status))
        if response is None:
            return [f"the status {answer.status}"]
        if "$ref" in response:
            response = self.components["responses"][response["$ref"].rsplit("/", 1)[-1]]
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        if not schema:
            return []
        validator = Draft202012Validator({**schema, "components": self.components})
        return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(answer.json())]
