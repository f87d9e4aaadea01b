"""A bucket of an S3-compatible store: moto as a process on loopback, which forgets everything when it ends."""

import os
import re
import signal
import subprocess
import sys

import boto3
from botocore.config import Config

from .polling import until

NAME = "results"
SECRET = "the-secret-of-the-bucket"


class Bucket:
    """The store and its one bucket, while the process runs."""

    def __init__(self, directory):
        self.log_path = directory / "store.log"
        # Port 0, so that the system picks one; unbuffered, so that we are told which.
        command = [sys.executable, "-u", "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        self.endpoint = until(self.announced, "the store listens", diagnosis=self.log)
        self.s3 = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id="an-id",
            aws_secret_access_key=SECRET,
            config=Config(s3={"addressing_style": "path"}),
        )
        self.s3.create_bucket(Bucket=NAME)

    def announced(self):
        found = re.search(r"Running on (http://\S+)", self.log())
        return found and found[1]

    def settings(self, **more):
        """What a server needs to keep its objects here."""
        return {
            "storage_bucket": NAME,
            "storage_endpoint": self.endpoint,
            "storage_access_key_id": "an-id",
            "storage_secret_access_key": SECRET,
            "storage_prefix": "unlade",
            **more,
        }

    def keys(self, folder):
        """The keys of all objects of a kind: `exports` or `uploads`."""
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=NAME, Prefix=f"unlade/{folder}/")
        return [found["Key"] for page in pages for found in page.get("Contents", [])]

    def content(self, key):
        return self.s3.get_object(Bucket=NAME, Key=key)["Body"].read()

    def pause(self):
        """SIGSTOP: connections are taken and nothing is answered until `resume`."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)

    def resume(self):
        """SIGCONT."""
        self.process.send_signal(signal.SIGCONT)

    def end(self):
        self.process.kill()
        self.process.wait()

    def log(self):
        return self.log_path.read_text(encoding="utf-8", errors="replace")
