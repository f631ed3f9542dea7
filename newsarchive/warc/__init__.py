"""WARC 1.1 (ISO 28500:2017): exchanges in, records out, and back.

What is our own and what is warcio's: records are built and written here, because warcio rewrites the bytes of HTTP
headers (unfolds, re-encodes and drops lines) and digests chunked payloads in their framing. warcio and FastWARC read
what was written, in the tests, as judges that share no code with the writer.
"""
