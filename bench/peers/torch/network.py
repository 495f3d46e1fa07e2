"""The layers of the problems. Images are channels-first here; parameters are laid out for that before the clock starts."""

import torch
import torch.nn.functional as F


def laid_out(block, setting):
    """A parameter as PyTorch wants it: kernels of convolutions as [filters, channels, height, width]."""
    if block.dim() != 4:
        return block.clone()
    layout = torch.channels_last if setting == "channels-last" else torch.contiguous_format
    return block.permute(3, 2, 0, 1).contiguous(memory_format=layout)


def examples(spec, block, setting):
    """A batch of inputs as PyTorch wants it."""
    if spec["integers"]:
        return block.long()
    if len(spec["input"]) != 3:
        return block
    layout = torch.channels_last if setting == "channels-last" else torch.contiguous_format
    return block.permute(0, 3, 1, 2).contiguous(memory_format=layout)


def forward(spec, parameters, x):
    remaining = iter(parameters)
    take = lambda: next(remaining)
    for layer in spec["layers"]:
        x = LAYERS[layer["kind"]](layer, x, take)
    return x


def dense(x, take):
    kernel = take()
    return x @ kernel + take()


def conv(layer, x, take):
    kernel = take()
    return F.relu(F.conv2d(x, kernel, take()))


def activated(layer, x, take):
    x = dense(x, take)
    return F.relu(x) if layer["relu"] else x


def lstm(layer, x, take):
    kernel, recurrent, bias = take(), take(), take()
    state = x.new_zeros(1, x.shape[0], layer["units"])
    weights = [kernel.t().contiguous(), recurrent.t().contiguous(), bias, torch.zeros_like(bias)]
    _, last, _ = torch.lstm(x, (state, state), weights, True, 1, 0.0, torch.is_grad_enabled(), False, True)
    return last[0]


def normalized(x, take):
    scale = take()
    return F.layer_norm(x, x.shape[-1:], scale, take())


def decoder(layer, x, take):
    batch, length, width = x.shape
    heads = layer["heads"]
    joined = dense(normalized(x, take), take).reshape(batch, length, 3, heads, width // heads)
    query, key, value = joined.permute(2, 0, 3, 1, 4).unbind(0)
    attended = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    x = x + dense(attended.transpose(1, 2).reshape(batch, length, width), take)
    return x + dense(F.gelu(dense(normalized(x, take), take)), take)


def convolved(x, strides, padding, take):
    x = F.conv2d(x, take(), stride=strides, padding=padding)
    scale, offset, mean, variance = take(), take(), take(), take()
    return F.batch_norm(x, mean, variance, scale, offset, False, 0.0, 1e-5)


def residual(layer, x, take):
    strides = layer["strides"]
    inner = F.relu(convolved(x, strides, 1, take))
    outer = convolved(inner, 1, 1, take)
    same = strides == 1 and x.shape[1] == layer["filters"]
    return F.relu(outer + (x if same else convolved(x, strides, 0, take)))


LAYERS = {
    "conv": conv,
    "pool": lambda layer, x, take: F.max_pool2d(x, layer["window"]),
    "flatten": lambda layer, x, take: x.permute(0, 2, 3, 1).reshape(x.shape[0], -1),
    "dense": activated,
    "embedding": lambda layer, x, take: F.embedding(x, take()),
    "lstm": lstm,
    "positions": lambda layer, x, take: x + take(),
    "decoder": decoder,
    "layerNorm": lambda layer, x, take: normalized(x, take),
    "stem": lambda layer, x, take: F.max_pool2d(F.relu(convolved(x, 2, 3, take)), 3, 2, 1),
    "residual": residual,
    "averagePool": lambda layer, x, take: x.mean((2, 3)),
}
