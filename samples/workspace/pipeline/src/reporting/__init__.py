"""Nightly reports about the orders of Harbour."""
