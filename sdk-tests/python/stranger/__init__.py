"""A stranger with a fuzzer: what may be asked (`operations`) of what is there (`world`), how it is spoilt (`mutate`), what may be
answered (`oracle`)."""
