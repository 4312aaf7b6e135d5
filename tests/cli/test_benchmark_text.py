from __future__ import annotations

from aiida_matal.cli.benchmark_text import benchmark_text
from aiida_matal.science.benchmark.summary import mean_differences, summarise
from aiida_matal.science.benchmark.tables import curve_table

ERRORS = {"random": [10.0, 9.0, 8.0], "clever": [10.0, 8.0, 7.5], "slow": [10.0, 9.5, 9.0]}
CURVES = curve_table(
    [
        (name, split, iteration, 4 * iteration, error + split, error)
        for name, errors in ERRORS.items()
        for split in (0, 1)
        for iteration, error in enumerate(errors)
    ],
    "kJ/mol",
)
MEANS = """\
Mean over all iterations in kJ/mol
strategy    RMSE    difference    95 % interval
----------  ------  ------------  ---------------
random      9.00    +0.00         [+0.00, +0.00]
clever      8.25    -0.75         [-0.75, -0.75]
slow        9.75    +0.75         [+0.75, +0.75]"""


def test_tables_hold_estimates_with_intervals_and_a_dash_where_there_is_none():
    metrics = {
        "n_splits": 2,
        "reference_strategy": "random",
        "strategies": mean_differences(CURVES, "random", 1),
    }
    errors, differences, _, acceleration, means = benchmark_text(summarise(CURVES, "random", 1), metrics).split("\n\n")
    assert errors.splitlines()[0] == "RMSE in kJ/mol, mean over 2 splits [95 % interval]"
    assert errors.splitlines()[3].split(maxsplit=1) == [
        "0",
        "10.50 [10.00, 11.00]  10.50 [10.00, 11.00]  10.50 [10.00, 11.00]",
    ]
    assert differences.splitlines()[-1].split(maxsplit=1) == ["2", "-0.50 [-0.50, -0.50]  1.00 [1.00, 1.00]"]
    rows = [line.split() for line in acceleration.splitlines()[3:]]
    assert rows == [
        ["0", "-", "-"],
        ["1", "1.00", "[1.00,", "1.00]", "0.50", "[0.50,", "0.50]"],
        ["2", "2.00", "[2.00,", "2.00]", "-", "[0.00,", "0.00]"],
    ]
    assert means == MEANS
