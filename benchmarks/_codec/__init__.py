"""The codecs that benchmarks/codec.py compares, on the same values."""
