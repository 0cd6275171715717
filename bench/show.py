"""What the person at the terminal sees: progress while the day is played, plain lines where there is no terminal."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.box import ROUNDED, SIMPLE_HEAD
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

WIDE = 240


def _console() -> Console:
    """Where nobody looks at a terminal, lines are as long as they are."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE, soft_wrap=True)


@dataclass
class Bar:
    """One thing that is being done `total` times."""

    board: "Board"
    label: str
    total: int
    done: int = 0
    task: int | None = None

    def step(self, count: int = 1) -> None:
        self.done += count
        if self.task is not None:
            self.board.progress.update(self.task, completed=self.done)  # type: ignore[arg-type]


@dataclass
class Board:
    """Prints in Chinese, to a terminal beautifully, to anything else as lines."""

    console: Console = field(default_factory=_console)
    progress: Progress = field(init=False)
    timings: list[tuple[str, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=36),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=self.console,
        )

    @property
    def lively(self) -> bool:
        return self.console.is_terminal

    @contextmanager
    def part(self, title: str) -> Iterator[None]:
        """A part of the day, timed."""
        began = time.monotonic()
        self.console.print(Text(f"▌{title}", style="bold cyan"))
        try:
            if self.lively:
                self.progress.start()
            yield
        finally:
            if self.lively:
                self.progress.stop()
                for task in list(self.progress.task_ids):
                    self.progress.remove_task(task)
            self.timings.append((title, time.monotonic() - began))

    @contextmanager
    def bar(self, label: str, total: int) -> Iterator[Bar]:
        """A progress bar; without a terminal one line when it is done."""
        bar = Bar(self, label, total)
        if self.lively:
            bar.task = self.progress.add_task(pad(label, 22), total=total)
        began = time.monotonic()
        yield bar
        if not self.lively:
            self.console.print(f"  {pad(label, 22)}{bar.done:>6}/{total:<6}{time.monotonic() - began:>7.1f} 秒")

    def say(self, text: str, style: str = "") -> None:
        """One line, however long: a path must be copied whole."""
        self.console.print(Text(f"  {text}", style=style), soft_wrap=True)

    def summary(self, title: str, rows: Sequence[tuple[str, str]]) -> None:
        """Two columns: what, how much."""
        if not self.lively:
            self.console.print(title)
            for label, value in rows:
                self.console.print(Text(f"  {pad(label, 22)}{value}"))
            return
        table = Table(title=title, show_header=False, title_style="bold", border_style="cyan")
        table.add_column(style="cyan", no_wrap=True)
        table.add_column(overflow="fold")
        for label, value in rows:
            table.add_row(label, value)
        self.console.print(table)

    def table(self, title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Figures in columns; the first one names them."""
        box = ROUNDED if self.lively else SIMPLE_HEAD
        table = Table(title=title, title_style="bold", border_style="cyan", box=box)
        table.add_column(head[0], style="cyan", no_wrap=True)
        for label in head[1:]:
            table.add_column(label, justify="right", no_wrap=True)
        for row in rows:
            table.add_row(*row)
        self.console.print(table)

    def faults(self, lines: Sequence[str], most: int = 40) -> None:
        """What is not as it must be."""
        for line in lines[:most]:
            self.console.print(Text(f"  ✗ {line}", style="red"), soft_wrap=True)
        if len(lines) > most:
            self.console.print(Text(f"  ……另有 {len(lines) - most} 条", style="red"))


def pad(text: str, width: int) -> str:
    """Pad to a width on the terminal, where a Chinese character takes two columns."""
    return text + " " * max(1, width - sum(1 if ord(char) < 0x2E80 else 2 for char in text))
