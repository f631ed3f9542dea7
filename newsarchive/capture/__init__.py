"""Keeping what crosses the wire: the download handler that listens, and the archive that it hands exchanges to."""
