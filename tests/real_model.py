"""Serves a small real model on loopback: llama.cpp's own server inside Python.

usage: python real_model.py MODEL.gguf        prints the port once it listens, and serves until it is ended
"""

import os
import socket
import sys
import threading

import xllamacpp  # type: ignore[import-not-found]

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.n_ctx, params.n_parallel = 8192, 1
params.cpuparams.n_threads = params.cpuparams_batch.n_threads = max(1, (os.cpu_count() or 2) // 2)  # they spin
params.sampling.seed = 42
params.port = port  # on 127.0.0.1 unless told otherwise
server = xllamacpp.Server(params)
print(f"PORT {port}", flush=True)
threading.Event().wait()
