"""Training steps and predictions of whole networks."""

import torch
import torch.nn.functional as F

import network
from kernels import nothing, probed

LOSSES = {
    "crossEntropy": lambda outputs, targets: F.cross_entropy(outputs.flatten(0, -2), targets.flatten().long()),
    "binaryCrossEntropy": F.binary_cross_entropy_with_logits,
    "meanSquaredError": F.mse_loss,
}

# One kernel for the update of a parameter; PyTorch has it for processors since 2.4.
FUSED = {"fused": True} if int(torch.__version__.split(".")[0]) >= 2 else {}


def training(spec, blocks, setting):
    count = len(blocks) - 2 * spec["batches"]
    batches = []
    for i in range(spec["batches"]):
        inputs, targets = blocks[count + 2 * i :][:2]
        targets = targets.long() if spec["loss"] == "crossEntropy" else targets
        batches.append((network.examples(spec, inputs, setting), targets))
    initial = [network.laid_out(block, setting) for block in blocks[:count]]
    weights = [each.clone().requires_grad_() for each in initial]
    optimizer = None
    options = spec["optimizer"]

    def loss_of(inputs, targets):
        return LOSSES[spec["loss"]](network.forward(spec, weights, inputs), targets)

    if setting == "compile":
        loss_of = torch.compile(loss_of)

    def reset():
        nonlocal optimizer
        with torch.no_grad():
            for weight, value in zip(weights, initial):
                weight.copy_(value)
        settings = dict(
            lr=options["learningRate"],
            betas=(options["beta1"], options["beta2"]),
            eps=options["epsilon"],
            **FUSED,
        )
        if options["weightDecay"]:
            optimizer = torch.optim.AdamW(weights, weight_decay=options["weightDecay"], **settings)
        else:
            optimizer = torch.optim.Adam(weights, **settings)

    def run(count):
        losses = []
        for step in range(count):
            optimizer.zero_grad()
            loss = loss_of(*batches[step % len(batches)])
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    return reset, run


def inference(spec, blocks, setting):
    count = len(blocks) - spec["batches"]
    weights = [network.laid_out(block, setting) for block in blocks[:count]]
    batches = [network.examples(spec, block, setting) for block in blocks[count:]]

    def predict(inputs):
        return network.forward(spec, weights, inputs)

    if setting == "compile":
        predict = torch.compile(predict)

    @torch.inference_mode()
    def run(count):
        for i in range(count):
            result = predict(batches[i % len(batches)])
        return probed(result, spec["probes"])

    return nothing, run
