"""PyTorch on one CPU thread, speaking the protocol of protocol.mjs."""

import json
import sys
import time

import numpy as np
import torch
import torch.nn.functional as F

torch.set_num_threads(1)


def read_problem(path):
    with open(path, "rb") as file:
        header = json.loads(file.readline())
        blocks = [
            torch.from_numpy(np.fromfile(file, dtype="<f4", count=int(np.prod(shape))).reshape(shape))
            for shape in header["shapes"]
        ]
    return header["spec"], blocks


def gemm(spec, blocks):
    a, b = blocks

    def run(count):
        for _ in range(count):
            product = a @ b
        return product.reshape(-1)[spec["probes"]].tolist()

    return lambda: None, run


def eager(spec, blocks):
    x, a, b = blocks

    def run(count):
        for _ in range(count * spec["chains"]):
            y = x
            for _ in range(spec["pairs"]):
                y = y * a + b
            values = y.tolist()
        return values

    return lambda: None, run


def training(spec, blocks):
    count_of_parameters = len(blocks) - 2 * spec["batches"]
    is_image = len(spec["input"]) == 3
    batches = []
    for i in range(spec["batches"]):
        images, labels = blocks[count_of_parameters + 2 * i :][:2]
        batches.append((images.permute(0, 3, 1, 2).contiguous() if is_image else images, labels.long()))
    initial = [
        block.permute(3, 2, 0, 1).contiguous() if block.dim() == 4 else block.clone()
        for block in blocks[:count_of_parameters]
    ]

    def forward(x, weights):
        at = 0
        for layer in spec["layers"]:
            kind = layer["kind"]
            if kind == "conv":
                x = F.relu(F.conv2d(x, weights[at], weights[at + 1]))
                at += 2
            elif kind == "pool":
                x = F.max_pool2d(x, layer["window"])
            elif kind == "flatten":
                x = x.permute(0, 2, 3, 1).reshape(x.shape[0], -1)
            else:
                x = x @ weights[at] + weights[at + 1]
                at += 2
                if layer["relu"]:
                    x = F.relu(x)
        return x

    weights = []
    optimizer = None

    def reset():
        nonlocal weights, optimizer
        weights = [each.clone().requires_grad_() for each in initial]
        adam = spec["adam"]
        optimizer = torch.optim.Adam(
            weights, lr=adam["learningRate"], betas=(adam["beta1"], adam["beta2"]), eps=adam["epsilon"]
        )

    def run(count):
        losses = []
        for step in range(count):
            images, labels = batches[step % len(batches)]
            optimizer.zero_grad()
            loss = F.cross_entropy(forward(images, weights), labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return reset, run


def main():
    reset, run = None, None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if "prepare" in request:
                spec, blocks = read_problem(request["prepare"])
                reset, run = {"gemm": gemm, "eager": eager, "training": training}[spec["kind"]](spec, blocks)
                answer = {"ready": True}
            else:
                reset()
                start = time.perf_counter()
                values = run(request["round"])
                answer = {"seconds": time.perf_counter() - start, "values": values}
        except Exception as error:  # what goes wrong in a peer is reported, not fatal
            answer = {"failed": str(error)}
        print(json.dumps(answer), flush=True)


main()
