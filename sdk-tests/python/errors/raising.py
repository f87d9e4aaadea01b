"""What a refusal is: a function that sets the stage for one code and returns the request that raises it."""

import itertools

NOBODY = "0123456789abcdef01234567"
NUMBERS = itertools.count()
# The function that raises a code.
RAISED_BY = {}


def raises(code):
    def keep(function):
        assert code not in RAISED_BY
        RAISED_BY[code] = function
        return function

    return keep


def call(server, method, path, **more):
    return server, method, path, more


def upload(server, path):
    """An upload as the SDK sends it, to be sent by hand."""
    boundary = "0123456789abcdef"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{path.name}"\r\n\r\n'
    body = head.encode() + path.read_bytes() + f"\r\n--{boundary}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "X-Sdk-Content-Sha256": "UNSIGNED-PAYLOAD"}
    return call(server, "POST", "batchtask-files", body=body, headers=headers)


def device(product_id, node_id, **more):
    return {"product_id": product_id, "node_id": node_id, **more}
