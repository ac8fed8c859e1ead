"""Writes Tests/GuestCustomizationTests/Suspects/FisherReference.swift: p-values of random tables by SciPy 1.17.1.

Run it by hand, from the top directory, when the table has to change: SciPy is too large to be installed for every test run.
"""

import random

from scipy.stats import false_discovery_control, fisher_exact

random.seed(16)
rows = []
for largest in (12, 60, 400, 5_000, 200_000, 10_000_000):
    while len([r for r in rows if r[0] == largest]) < 25:
        here, rest = random.randint(1, largest), random.randint(1, largest)
        rate = random.choice((0.001, 0.03, 0.2, 0.5, 0.9))
        # Within a few standard deviations of the same rate, so that the p-value is neither 0 nor 1.
        spread = random.uniform(-3, 6) * (rate * (1 - rate) / here) ** 0.5
        failed = min(here, max(0, round(here * (rate + spread))))
        other = min(rest, max(0, round(rest * rate)))
        p = fisher_exact([[failed, here - failed], [other, rest - other]], alternative="greater").pvalue
        rows.append((largest, failed, here, other, rest, float(p)))

ps = [r[5] for r in rows]
adjusted = false_discovery_control(ps, method="bh")
with open("Tests/GuestCustomizationTests/Suspects/FisherReference.swift", "w") as out:
    out.write("/// Made by Tests/Peers/fisher_reference.py with SciPy 1.17.1.\nenum FisherReference {\n")
    out.write("    /// Failed and finished of a group and of the rest; the one-sided p-value; adjusted over all rows.\n")
    out.write("    static let rows: [(Int, Int, Int, Int, Double, Double)] = [\n")
    for row, q in zip(rows, adjusted):
        out.write(f"        ({row[1]}, {row[2]}, {row[3]}, {row[4]}, {row[5]!r}, {float(q)!r}),\n")
    out.write("    ]\n}\n")
