"""The tables, and the same as JSON."""

import json

ROWS_HEAD = (f"{'':<40}{'req/s':>8}{'spread':>8}{'x':>6}{'p50 ms':>8}"
             f"{'p99 ms':>8}{'CPU us: nginx':>15}{'program':>9}")
BARS_HEAD = (f"{'':<44}{'ratio':>7}{'lowest':>8}{'highest':>8}"
             f"{'bar':>7}{'stretch':>9}{'epoll':>7}")


def row_line(row, base):
    return (f"{row.label:<40}{row.median('rate'):>8.0f}"
            f"{'±%.0f %%' % row.spread('rate'):>8}"
            f"{row.median('rate') / base:>6.2f}"
            f"{row.median('p50_ms'):>8.2f}{row.median('p99_ms'):>8.2f}"
            f"{row.median('nginx_us'):>15.1f}"
            f"{row.median('program_us'):>9.1f}")


def bar_line(bar):
    ceiling = "" if bar["ceiling"] is None else f"{bar['ceiling']:.2f}"
    return (f"{bar['label']:<44}{bar['value']:>7.2f}{bar['low']:>8.2f}"
            f"{bar['high']:>8.2f}{bar['bar']:>7.2f}{bar['stretch']:>9.2f}"
            f"{ceiling:>7}   {bar['verdict']}")


def faults(rows):
    """A line for each row that had answers it should not have had."""
    return [f"{row.label}: {row.total('refused')} answers of status 400 or "
            f"more, {row.total('broken')} broken connections or time-outs"
            for row in rows if row.total("refused") or row.total("broken")]


def show(rows, bars):
    base = rows[0].median("rate")
    print(f"\n{ROWS_HEAD}")
    for row in rows:
        print(row_line(row, base))
    print(f"\n{BARS_HEAD}")
    for bar in bars:
        print(bar_line(bar))
    print("epoll: what the bare epoll responder has in place of weir")
    for fault in faults(rows):
        print(f"FAULT: {fault}")


def save(path, rows, bars):
    with open(path, "w", encoding="utf-8") as file:
        json.dump({"rows": [{"name": row.name, "label": row.label,
                             "rounds": row.rounds} for row in rows],
                   "bars": bars}, file, indent=1)
        file.write("\n")
