"""A replay as text: how far it got, where it parted from the spec, why, and what there was instead."""

from __future__ import annotations

from checker.replay import Replay
from checker.report.text import render_lines
from checker.report.trace import Line, change_lines, line, wrapped


def render(replay: Replay, *, width: int = 100, colour: bool = False) -> str:
    """The report of a replay."""
    return render_lines(_report(replay, width), width=width, colour=colour)


def _report(replay: Replay, width: int) -> list[Line]:
    steps = f"{replay.steps} step{'s' * (replay.steps != 1)}"
    divergence = replay.divergence
    if divergence is None:
        lines = [line(f"the trace is a behaviour of {replay.model}: {steps} replayed", "green")]
        lines += _loop(replay, width)
        return lines + [each for text in replay.conclusion for each in wrapped(text, width)]
    where = "at the start" if divergence.step == 0 else f"at step {divergence.step}"
    head = f"the trace is no behaviour of {replay.model}: it diverges {where} of {steps}"
    lines = wrapped(head, width, 0, "bold red")
    if divergence.step > 0:
        followed = f"{replay.followed} step{'s' * (replay.followed != 1)}"
        lines.append(line(f"followed so far: the initial state and {followed}"))
    lines += [line(), *wrapped(divergence.what, width, 0, "bold")]
    for text in divergence.why:
        lines += wrapped(text, width, 2, hang=4)
    lines += change_lines(divergence.differences, width, 4)
    if divergence.available:
        lines += [line(), line("available instead", "bold")]
        for text in divergence.available:
            lines += wrapped(text, width, 2)
    elif divergence.step > 0 and not divergence.differences and divergence.refused:
        lines += [line(), line("nothing is available instead: no action is enabled here", "bold")]
    return lines


def _loop(replay: Replay, width: int) -> list[Line]:
    """The loop of a lasso once more: it is what goes on."""
    if replay.loop is None:
        return []
    if not replay.round:
        return wrapped(f"it stops in state {replay.loop}, for ever", width)
    lines = wrapped(f"the loop begins in state {replay.loop}, and goes on for ever", width)
    for number, step in enumerate(replay.round, start=replay.loop + 1):
        lines += wrapped(f"{number:>4}  {step}", width, 0, hang=8)
    return lines
