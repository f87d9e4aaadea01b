"""An authority of our own and the certificates that it issues, made by a library that is not the server's."""

import datetime
import ipaddress
import ssl
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DAY = datetime.timedelta(days=1)


@dataclass
class Identity:
    """Where a server finds its certificate and its key."""

    certificate: Path
    key: Path

    def settings(self):
        return {"tls_certificate": self.certificate, "tls_key": self.key}

    def becomes(self, other):
        """As a renewal does it: first the one file, then the other."""
        self.certificate.write_bytes(other.certificate.read_bytes())
        self.key.write_bytes(other.key.read_bytes())


class Authority:
    """A root, which clients trust by the file `root`, and below it what issues."""

    def __init__(self, directory):
        self.directory = directory
        self.issued = 0
        root_key, self.issuer_key = key(), key()
        root = certificate("root", root_key, "root", root_key, authority=True)
        self.issuer = certificate("issuer", self.issuer_key, "root", root_key, authority=True)
        self.root = directory / "root.pem"
        self.root.write_bytes(pem(root))

    def identity(self, host="127.0.0.1", ends=90 * DAY):
        """A new certificate and its key; the file has the issuer's behind it, which clients do not know."""
        self.issued += 1
        own = key()
        leaf = certificate("server", own, "issuer", self.issuer_key, host=host, ends=ends)
        found = Identity(self.directory / f"{self.issued}.crt", self.directory / f"{self.issued}.key")
        found.certificate.write_bytes(pem(leaf) + pem(self.issuer))
        found.key.write_bytes(own.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ))
        return found

    def context(self, *protocols):
        """What a client needs that trusts this authority and nobody else, and speaks these protocols."""
        context = ssl.create_default_context(cafile=self.root)
        if protocols:
            context.set_alpn_protocols(protocols)
        return context


def key():
    return ec.generate_private_key(ec.SECP256R1())


def pem(of):
    return of.public_bytes(serialization.Encoding.PEM)


def certificate(subject, its_key, issuer, issuer_key, authority=False, host=None, ends=90 * DAY):
    now = datetime.datetime.now(datetime.timezone.utc)
    named = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in (subject, issuer)]
    builder = (
        x509.CertificateBuilder()
        .subject_name(named[0])
        .issuer_name(named[1])
        .public_key(its_key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - 30 * DAY)
        .not_valid_after(now + ends)
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(its_key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
    )
    if authority:
        use = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        builder = builder.add_extension(use, critical=True)
    if host:
        try:
            name = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            name = x509.DNSName(host)
        builder = builder.add_extension(x509.SubjectAlternativeName([name]), critical=False)
    return builder.sign(issuer_key, hashes.SHA256())
