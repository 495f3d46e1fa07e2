"""Single operations: products, convolutions, what goes over rows, and small additions one by one."""

import torch
import torch.nn.functional as F


def nothing():
    """There is no state to go back to."""


def probed(result, probes):
    return result.reshape(-1)[probes].float().tolist()


def gemm(spec, blocks, setting):
    *lefts, right = [block.to(getattr(torch, spec["dtype"])) for block in blocks]

    @torch.no_grad()
    def run(count):
        for i in range(count):
            product = lefts[i % len(lefts)] @ right
        return probed(product, spec["probes"])

    return nothing, run


def conv(spec, blocks, setting):
    layout = torch.channels_last if setting == "channels-last" else torch.contiguous_format
    channels_first = [block.permute(0, 3, 1, 2).contiguous(memory_format=layout) for block in blocks]
    images = channels_first[: spec["inputs"]]
    kernel = blocks[spec["inputs"]].permute(3, 2, 0, 1).contiguous(memory_format=layout)

    @torch.no_grad()
    def forward(count):
        for i in range(count):
            result = F.conv2d(images[i % len(images)], kernel, padding="same")
        return probed(result.permute(0, 2, 3, 1), spec["probes"][0])

    if not spec["backward"]:
        return nothing, forward
    cotangent = channels_first[spec["inputs"] + 1]
    kernel.requires_grad_()
    for image in images:
        image.requires_grad_()

    def both(count):
        for i in range(count):
            image = images[i % len(images)]
            result = F.conv2d(image, kernel, padding="same")
            for_image, for_kernel = torch.autograd.grad(result, [image, kernel], cotangent)
        last = [result.permute(0, 2, 3, 1), for_image.permute(0, 2, 3, 1), for_kernel.permute(2, 3, 1, 0)]
        return [value for each, probes in zip(last, spec["probes"]) for value in probed(each, probes)]

    return nothing, both


ROWS = {
    "chain": lambda x: F.relu(x * 1.7 - 0.3) * x + x,
    "softmax": lambda x: torch.softmax(x, -1),
    "layerNorm": lambda x: F.layer_norm(x, x.shape[-1:]),
    "sum": torch.sum,
}


def rows(spec, blocks, setting):
    operation = ROWS[spec["operation"]]
    if setting == "compile":
        operation = torch.compile(operation)

    @torch.no_grad()
    def run(count):
        for i in range(count):
            result = operation(blocks[i % len(blocks)])
        return probed(result, spec["probes"])

    return nothing, run


def eager(spec, blocks, setting):
    first, *summands = blocks

    @torch.no_grad()
    def run(count):
        for _ in range(count):
            result = first
            for i in range(spec["length"]):
                result = result + summands[i % len(summands)]
            values = result.reshape(-1).tolist()
        return values

    return nothing, run
