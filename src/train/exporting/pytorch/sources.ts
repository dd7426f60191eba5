// The parts of model.py that are the same for every plan: backbone, weights, sampling, and the run that checks itself.

export const backboneSource = `
def modulate(x, shift, scale):
    return x * (1 + scale[:, None]) + shift[:, None]


def modulation(parts):
    return nn.Sequential(nn.SiLU(), nn.Linear(WIDTH, parts * WIDTH))


class PatchEmbedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.proj = nn.Conv2d(CHANNELS, WIDTH, PATCH, stride=PATCH)

    def forward(self, x):  # [B, C, H, W] -> [B, N, D]
        return self.proj(x).flatten(2).transpose(1, 2)


class TimestepEmbedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.mlp = nn.Sequential(nn.Linear(TIME_CODE, WIDTH), nn.SiLU(), nn.Linear(WIDTH, WIDTH))

    def forward(self, t):  # [B] -> [B, D]
        half = TIME_CODE // 2
        steps = torch.arange(half, dtype=torch.float32, device=t.device)
        angles = t[:, None].float() * torch.exp(-math.log(10000) * steps / TIME_DIVISOR)
        code = torch.cat([torch.cos(angles), torch.sin(angles)], dim=-1)
        return self.mlp(code.to(self.mlp[0].weight.dtype))


class LabelEmbedder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding_table = nn.Embedding(CLASSES + 1, WIDTH)

    def forward(self, y):  # [B] -> [B, D]
        return self.embedding_table(y)


class Block(nn.Module):
    """x + gate * mixer(norm(x) * (1 + scale) + shift), for the sequence mixer, then for the channel mixer."""

    def __init__(self, attn, mlp):
        super().__init__()
        self.attn, self.mlp = attn, mlp
        self.adaLN_modulation = modulation(6)
        self.norm = nn.LayerNorm(WIDTH, elementwise_affine=False, eps=1e-6)

    def forward(self, x, c):  # [B, N, D], [B, D]
        shift, scale, gate, shift2, scale2, gate2 = self.adaLN_modulation(c).chunk(6, dim=1)
        x = x + gate[:, None] * self.attn(modulate(self.norm(x), shift, scale))
        return x + gate2[:, None] * self.mlp(modulate(self.norm(x), shift2, scale2))


class FinalLayer(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(WIDTH, PATCH * PATCH * OUT_CHANNELS)
        self.adaLN_modulation = modulation(2)
        self.norm = nn.LayerNorm(WIDTH, elementwise_affine=False, eps=1e-6)

    def forward(self, x, c):  # [B, N, D] -> [B, N, PATCH * PATCH * OUT_CHANNELS]
        shift, scale = self.adaLN_modulation(c).chunk(2, dim=1)
        return self.linear(modulate(self.norm(x), shift, scale))


class DiT(nn.Module):
    """Diffusion transformer with adaLN-Zero blocks (arXiv 2212.09748); parameters have facebookresearch/DiT's names."""

    def __init__(self):
        super().__init__()
        self.x_embedder = PatchEmbedder()
        self.t_embedder = TimestepEmbedder()
        self.y_embedder = LabelEmbedder()
        self.register_buffer("pos_embed", torch.zeros(1, TOKENS, WIDTH))
        self.blocks = nn.ModuleList(Block(attn, mlp) for attn, mlp in mixers())
        self.final_layer = FinalLayer()

    def forward(self, x, t, y):  # [B, C, H, W], [B], [B] -> [B, OUT_CHANNELS, H, W]
        x = self.x_embedder(x) + self.pos_embed
        c = self.t_embedder(t) + self.y_embedder(y)
        for block in self.blocks:
            x = block(x, c)
        x = self.final_layer(x, c)
        g = IMAGE // PATCH
        x = x.reshape(-1, g, g, PATCH, PATCH, OUT_CHANNELS)
        return x.permute(0, 5, 1, 3, 2, 4).reshape(-1, OUT_CHANNELS, IMAGE, IMAGE)`;

export const weightsSource = `
HERE = Path(__file__).resolve().parent
DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I32": torch.int32}


def read_safetensors(path):
    """The tensors of a safetensors file: eight bytes of header length, a JSON header, raw numbers."""
    tensors = {}
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        for name, entry in header.items():
            if name == "__metadata__":
                continue
            start, end = entry["data_offsets"]
            file.seek(8 + length + start)
            numbers = torch.frombuffer(bytearray(file.read(end - start)), dtype=DTYPES[entry["dtype"]])
            tensors[name] = numbers.reshape(entry["shape"])
    return tensors


def load(path=HERE / "model.safetensors", device="cpu"):
    """The model with its weights, in single precision; a missing or additional tensor is an error."""
    model = DiT()
    model.load_state_dict(read_safetensors(path), strict=True)
    return model.float().to(device).eval()`;

export const samplingSource = `
BETAS = torch.linspace(1e-4, 0.02, 1000, dtype=torch.float64)
ABAR = torch.cumprod(1 - BETAS, dim=0)


@torch.no_grad()
def ddim_step(model, x, t, t_prev, y, guidance):
    """One deterministic step from timestep t to t_prev (-1: the clean image), under classifier-free guidance.

    Returns x at t_prev, the clipped estimate of the clean image, and the guided estimate of the noise.
    """
    n = len(x)
    null = torch.full_like(y, CLASSES)
    times = torch.full((2 * n,), t, device=x.device)
    output = model(torch.cat([x, x]), times, torch.cat([y, null]))
    guided = output[n:, :GUIDED_CHANNELS] + guidance * (output[:n, :GUIDED_CHANNELS] - output[n:, :GUIDED_CHANNELS])
    eps = torch.cat([guided, output[:n, GUIDED_CHANNELS:CHANNELS]], dim=1)
    abar, abar_prev = ABAR[t].item(), ABAR[t_prev].item() if t_prev >= 0 else 1.0
    x0 = (math.sqrt(1 / abar) * x - math.sqrt(1 / abar - 1) * eps).clamp(-1, 1)
    noise = (math.sqrt(1 / abar) * x - x0) / math.sqrt(1 / abar - 1)
    return math.sqrt(abar_prev) * x0 + math.sqrt(1 - abar_prev) * noise, x0, eps


def sample(model, classes, steps=50, guidance=2.0, seed=0):
    """Images (or latents) of these classes, [len(classes), C, H, W] in -1 ... 1."""
    device = model.pos_embed.device
    noise = torch.Generator().manual_seed(seed)
    x = torch.randn(len(classes), CHANNELS, IMAGE, IMAGE, generator=noise).to(device)
    y = torch.tensor(classes, device=device)
    times = torch.linspace(999, 0, steps).round().long().tolist()
    for t, t_prev in zip(times, times[1:] + [-1]):
        x = ddim_step(model, x, t, t_prev, y, guidance)[0]
    return x`;

export const runSource = `
def deviations(model, path=HERE / "check.safetensors"):
    """Largest absolute deviation of each output from what Scion computed when it wrote this folder."""
    check = read_safetensors(path)
    device = model.pos_embed.device
    largest = dict.fromkeys(("x_prev", "x0", "eps"), 0.0)
    for i in range(len(check["t"])):
        t, t_prev = check["t"][i].item(), check["t_prev"][i].item()
        x, y = check[f"x.{i}"].to(device), check[f"y.{i}"].to(device).long()
        got = ddim_step(model, x, t, t_prev, y, check["guidance"][i].item())
        for name, value in zip(largest, got):
            largest[name] = max(largest[name], (value.cpu() - check[f"{name}.{i}"]).abs().max().item())
    return largest, len(check["t"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Loads the weights and runs the model against recorded outputs.")
    parser.add_argument("--device", default="cpu")
    model = load(device=parser.parse_args().device)
    print(f"{sum(p.numel() for p in model.parameters()):,} parameters loaded")
    if (HERE / "check.safetensors").exists():
        largest, count = deviations(model)
        shown = ", ".join(f"{name} {value:.3g}" for name, value in largest.items())
        print(f"largest deviation over {count} denoising steps: {shown}")
    else:
        print("no check.safetensors: the model was too large to be run where this folder was written")`;
