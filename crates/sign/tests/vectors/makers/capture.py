"""Runs a program of an official SDK against a server that answers everything and keeps what was asked.

    python capture.py OUT COMMAND...

COMMAND is run once for each key, with the endpoint, the access key id, the secret key and the path of a file to upload.
"""

import http.server
import json
import subprocess
import sys
import tempfile
import threading

KEYS = {
    # As a server makes them: 20 and 40 characters.
    "E41JRQX2DB4P1AQZI86B": "bH6xnAbnBEoonCrbZINl91huSS6AZPsK20FKcpXz",
    # A short id: Java fills it with zeros before it derives a private key.
    "SHORTID": "FAZ8NRBGbPXOAThncee4sjJiI0Kn3CZ1WMcmgJ3K",
    # The public key of SM2 begins with a zero in x: Python forgets it.
    "SM2XBEGINSWITHZERO00": "secret-number-000176-of-forty-characters",
    # The public key of SM2 begins with a zero in y.
    "SM2YBEGINSWITHZERO00": "secret-number-000204-of-forty-characters",
}
# The last two are about one algorithm.
ONLY = {"SM2XBEGINSWITHZERO00": "SDK-SM2-SM3", "SM2YBEGINSWITHZERO00": "SDK-SM2-SM3"}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        body = self.body()
        authorization = self.headers["Authorization"]
        algorithm, credential = authorization.split(",")[0].split(" ")
        ak = credential.split("=")[1].split("/")[0]
        if ONLY.get(ak, algorithm) == algorithm:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "authorization"}
            self.server.vectors.append(
                {
                    "algorithm": algorithm,
                    "ak": ak,
                    "sk": KEYS[ak],
                    "method": self.command,
                    "uri": self.path,
                    "headers": headers,
                    "body": body.decode(),
                    "authorization": authorization,
                }
            )
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    do_GET = do_POST = do_PUT = do_DELETE = answer

    def body(self):
        if self.headers.get("Transfer-Encoding") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while size := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def log_message(self, *_):
        pass


def main(out, *command):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.vectors = []
    threading.Thread(target=server.serve_forever, daemon=True).start()
    endpoint = f"http://127.0.0.1:{server.server_port}"
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as upload:
        upload.write(b"not a workbook, but a file\n")
        upload.flush()
        for ak, sk in KEYS.items():
            subprocess.run([*command, endpoint, ak, sk, upload.name], check=True)
    with open(out, "w", encoding="utf-8") as file:
        json.dump(server.vectors, file, indent=1, ensure_ascii=False)
        file.write("\n")


main(*sys.argv[1:])
