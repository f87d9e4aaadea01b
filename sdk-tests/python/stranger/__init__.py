"""A stranger with a fuzzer: what may be asked (`operations`), how it is spoilt (`mutate`), what may be answered (`oracle`)."""
