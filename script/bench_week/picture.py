"""The picture of growth: seconds, memory and gap by the number of volunteers, both axes in powers of ten, readable on light and dark."""

import math
from collections.abc import Sequence

WIDTH, HEIGHT, TOP, BOTTOM = 316, 230, 46, 44
LEFT, RIGHT = 56, 16
STYLE = """
  svg { --paper: #faf5ec; --sheet: #fffdf8; --ink: #1d2731; --ink-2: #525a63; --rule: #ddd2bf; --accent: #ae401b; }
  @media (prefers-color-scheme: dark) {
    svg { --paper: #1b1a18; --sheet: #252320; --ink: #f2ebdf; --ink-2: #bfb6a7; --rule: #3d3933; --accent: #f29a72; }
  }
  text { font: 12px system-ui, "Noto Sans", "Noto Sans CJK SC", sans-serif; fill: var(--ink-2); }
  .title { font-size: 14px; font-weight: 600; fill: var(--ink); }
  .value { fill: var(--ink); paint-order: stroke; stroke: var(--sheet); stroke-width: 4px; }
  .paper { fill: var(--paper); } .sheet { fill: var(--sheet); stroke: var(--rule); }
  .grid { stroke: var(--rule); } .line { fill: none; stroke: var(--accent); stroke-width: 2.5; } .dot { fill: var(--accent); }
"""
LEAST_GAP = 1e-4  # percent: below it, a gap is drawn here


def growth_picture(points: Sequence[tuple[int, float, float, float]]) -> str:
    """An SVG of three panels from rows of (volunteers, seconds, megabytes, gap as a share)."""
    people = [float(point[0]) for point in points]
    panels = (
        ("秒 · Seconds, file to file", [point[1] for point in points], "{:.3g}"),
        ("内存 · Peak memory, MB", [point[2] for point in points], "{:,.0f}"),
        ("差距 · Gap to own bound, %", [max(LEAST_GAP, 100 * point[3]) for point in points], "{:.2g}"),
    )
    width, height = 3 * WIDTH + 24, HEIGHT + TOP + BOTTOM
    words = "; ".join(f"{n:,.0f} volunteers: {s:.1f} s, {m:,.0f} MB, gap {100 * g:.4f}%" for n, s, m, g in points)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" aria-labelledby="t d">',
        f'<title id="t">The week planner from {points[0][0]:,} to {points[-1][0]:,} volunteers</title>',
        f'<desc id="d">{words}</desc>',
        f"<style>{STYLE}</style>",
        f'<rect class="paper" width="{width}" height="{height}"/>',
        *(_panel(12 + i * WIDTH, title, people, values, shown) for i, (title, values, shown) in enumerate(panels)),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _panel(x: float, title: str, people: list[float], values: list[float], shown: str) -> str:
    across, up = _powers(people), _powers(values)
    left, right, top, bottom = x + LEFT, x + WIDTH - RIGHT, TOP, TOP + HEIGHT

    def at(n: float, value: float) -> tuple[float, float]:
        return (
            left + (math.log10(n) - across[0]) / (across[-1] - across[0]) * (right - left),
            bottom - (math.log10(value) - up[0]) / (up[-1] - up[0]) * (bottom - top),
        )

    spots = [at(n, value) for n, value in zip(people, values, strict=True)]
    parts = [f'<rect class="sheet" x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="{HEIGHT}"/>']
    parts.append(f'<text class="title" x="{left:.1f}" y="{top - 18}">{title}</text>')
    for power in across:
        spot = at(10.0**power, 10.0 ** up[0])[0]
        parts.append(f'<line class="grid" x1="{spot:.1f}" x2="{spot:.1f}" y1="{top}" y2="{bottom}"/>')
        parts.append(f'<text x="{spot:.1f}" y="{bottom + 16}" text-anchor="middle">{10**power:,}</text>')
    for power in up:
        height = at(10.0 ** across[0], 10.0**power)[1]
        parts.append(f'<line class="grid" x1="{left:.1f}" x2="{right:.1f}" y1="{height:.1f}" y2="{height:.1f}"/>')
        parts.append(f'<text x="{left - 6:.1f}" y="{height + 4:.1f}" text-anchor="end">{10.0**power:,.15g}</text>')
    parts.append(f'<text x="{(left + right) / 2:.1f}" y="{bottom + 34}" text-anchor="middle">志愿者 · volunteers</text>')
    parts.append(f'<polyline class="line" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in spots)}"/>')
    for (a, b), value in zip(spots, values, strict=True):
        below, anchor = b < top + 24, "end" if a > right - 30 else "start" if a < left + 30 else "middle"
        parts.append(f'<circle class="dot" cx="{a:.1f}" cy="{b:.1f}" r="4"/>')
        parts.append(
            f'<text class="value" x="{a:.1f}" y="{b + (18 if below else -9):.1f}" text-anchor="{anchor}">{shown.format(value)}</text>'
        )
    return "\n".join(parts)


def _powers(values: list[float]) -> list[int]:
    """The powers of ten from below the least to above the largest."""
    low, high = math.floor(math.log10(min(values)) + 1e-9), math.ceil(math.log10(max(values)) - 1e-9)
    return list(range(low, max(high, low + 1) + 1))
