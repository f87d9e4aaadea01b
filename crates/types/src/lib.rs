//! The v5 wire structs, the IOTDA error catalogue, 24-hex ids and the two time formats.
