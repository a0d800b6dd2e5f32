"""Manifest: journals become an account of every stand's airtime that anyone can check."""
