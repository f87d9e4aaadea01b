//! Canonical requests and the signature algorithms of the official SDKs: sign and verify.
