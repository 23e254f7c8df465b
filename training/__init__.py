"""Trains Lodestone's denoiser: a bidirectional transformer that fills masked code. `python -m training --help`."""
