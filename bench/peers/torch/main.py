"""PyTorch on the CPU, speaking the protocol of protocol.mjs: `python main.py eager|channels-last|compile threads`."""

import json
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
                answer = {"seconds": time.perf_counter() - start, "values": values}
        except Exception as error:  # what goes wrong in a peer is reported, not fatal
            answer = {"failed": (str(error).strip() or type(error).__name__).splitlines()[0]}
        print(json.dumps(answer), flush=True)


main()
