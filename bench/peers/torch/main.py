"""PyTorch on the CPU, speaking the protocol of protocol.mjs: `python main.py eager|channels-last|compile threads`."""

import json
import resource
import sys
import time

import numpy as np
import torch

import kernels
import models

SETTING = sys.argv[1]
torch.set_num_threads(int(sys.argv[2]))

KINDS = {
    "gemm": kernels.gemm,
    "conv": kernels.conv,
    "rows": kernels.rows,
    "eager": kernels.eager,
    "training": models.training,
    "inference": models.inference,
}


def read_problem(path):
    with open(path, "rb") as file:
        header = json.loads(file.readline())
        blocks = [
            torch.from_numpy(np.fromfile(file, dtype="<f4", count=int(np.prod(shape))).reshape(shape))
            for shape in header["shapes"]
        ]
    return header["spec"], blocks


def resident_bytes():
    """What the process holds now; where the system does not tell, the most that it ever held."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024


def main():
    reset, run = None, None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                spec, blocks = read_problem(request["prepare"])
                reset, run = KINDS[spec["kind"]](spec, blocks, SETTING)
                answer = {"ready": True}
            else:
                reset()
                start = time.perf_counter()
                values = run(request["round"])
                seconds = time.perf_counter() - start
                answer = {"seconds": seconds, "values": values, "residentBytes": resident_bytes()}
        except Exception as error:  # what goes wrong in a peer is reported, not fatal
            answer = {"failed": (str(error).strip() or type(error).__name__).splitlines()[0]}
        print(json.dumps(answer), flush=True)


main()
