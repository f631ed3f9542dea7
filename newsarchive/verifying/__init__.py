"""Judging an archive: what lies beside its WARC files, against them and against the manifests of its runs."""
