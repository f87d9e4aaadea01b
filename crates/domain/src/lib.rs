//! State machines, limits and their reasons, authorization, Clock and Rng; no I/O.
