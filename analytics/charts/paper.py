"""The sheet that every chart is drawn on: sizes, colors, headline, legend, and SVG.

Charts are pictures for one person's phone. They are drawn with matplotlib's objects and without
pyplot, which keeps a global list of figures.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from io import StringIO
from threading import Lock
from typing import Any, Final
from unicodedata import east_asian_width
from xml.sax.saxutils import escape

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from analytics.charts.days import Span, ticks_of
from analytics.charts.look import Look, Theme

# Text stays text, in the fonts of the phone; the same numbers give the same bytes.
mpl.rcParams["svg.fonttype"] = "none"
mpl.rcParams["svg.hashsalt"] = "numeneon"
# A figure is drawn by one thread at a time, since the library promises no more.
_drawing = Lock()

_PIXELS_PER_INCH: Final = 72
_MARGIN: Final = 14
# Half of the last day's name stands over.
_RIGHT: Final = 22
# How much wider bold letters are.
_BOLDER: Final = 1.2
_FONTS: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
# Charts are drawn in the first color of each pair, which the second replaces in the dark. All
# first ones differ.
_COLORS: Final = {
    "paper": ("#ffffff", "#15181e"),
    "ink": ("#171a21", "#eef1f5"),
    "muted": ("#59616e", "#a6afbd"),
    "grid": ("#e2e6ec", "#2b313b"),
    "main": ("#1765d8", "#6fb1ff"),
    "second": ("#c2410c", "#ff9d5c"),
    "third": ("#0b7a5a", "#4fd1a5"),
    "bar": ("#b7c9e4", "#48699a"),
    "mint": ("#9fd8c4", "#2c6b58"),
    "pale": ("#d5dae2", "#4a515d"),
    # Sets of a muscle: the more, the stronger; too many warn.
    "none": ("#f5f6f8", "#1d2128"),
    "low": ("#dbe8fa", "#22344f"),
    "good": ("#8fbdf5", "#2a5fa8"),
    "high": ("#5b9bea", "#3f7fd0"),
    "over": ("#f6a96b", "#b4581b"),
    "plain": ("#e9ebef", "#2a2f38"),
}
_DARK: Final = dict(_COLORS.values())
_NAMES: Final = {light: name for name, (light, _) in _COLORS.items()}
_PAINT: Final = re.compile(r"(?<=fill: |roke: )#[0-9a-f]{6}")
_LIBRARY_FONTS: Final = re.compile(r"'DejaVu Sans'[^;\"]*")


def color(name: str) -> str:
    return _COLORS[name][0]


class Sheet:
    """A headline, a sentence that says what there is to see, and below it panels."""

    def __init__(self, look: Look, *, title: str, says: str, height: int) -> None:
        self.look = look
        self.title = _printable(title)
        self.says = _printable(says)
        self.height = height
        self._size = 13 if look.is_wide else 12
        lines = _wrapped(self.says, room=self._letters(self._size))
        self.figure = Figure(
            figsize=(look.pixels / _PIXELS_PER_INCH, height / _PIXELS_PER_INCH),
            dpi=_PIXELS_PER_INCH,
            facecolor=color("paper"),
        )
        self._texts: dict[str, str] = {}
        big = 19 if look.is_wide else 16
        room = self._letters(big * _BOLDER)
        self._write(_shortened(self.title, room), top=12, size=big, bold=True)
        top = 12 + big + 9
        for line in lines:
            self._write(line, top=top, size=self._size, shade="muted")
            top += self._size + 5
        # Where the next thing begins.
        self.top = top + 5

    def legend(self, handles: Sequence[Any], *, columns: int = 2) -> None:
        """Name what is to be seen; ``columns`` are those of a phone."""
        self.figure.legend(
            handles=list(handles),
            loc="upper left",
            bbox_to_anchor=(_MARGIN / self.look.pixels, 1 - self.top / self.height),
            ncols=len(handles) if self.look.is_wide else columns,
            frameon=False,
            fontsize=self._size,
            labelcolor=color("ink"),
            borderpad=0,
            borderaxespad=0,
            handlelength=1.4,
            handletextpad=0.6,
            columnspacing=1.4,
            labelspacing=0.35,
        )
        rows = 1 if self.look.is_wide else -(-len(handles) // columns)
        self.top += rows * (self._size + 6) + 4

    def panels(self, *shares: int, left: int = 44, captioned: bool = True) -> list[Axes]:
        """Axes below each other that share the width, of heights in these proportions."""
        gap, bottom, caption = 12, 26, self._size + 11 if captioned else 4
        free = self.height - self.top - bottom - gap * (len(shares) - 1)
        panels: list[Axes] = []
        top: float = self.top
        for share in shares:
            height = free * share / sum(shares)
            box = (
                left / self.look.pixels,
                1 - (top + height) / self.height,
                (self.look.pixels - left - _RIGHT) / self.look.pixels,
                (height - caption) / self.height,
            )
            panels.append(self.figure.add_axes(box, facecolor="none"))
            top += height + gap
        for panel in panels:
            self._plain(panel)
        for panel in panels[:-1]:
            panel.tick_params(axis="x", labelbottom=False)
        return panels

    def caption(self, panel: Axes, text: str) -> None:
        """What a panel shows, with its unit."""
        panel.set_title(text, loc="left", fontsize=self._size, color=color("muted"), pad=8, x=0)
        left = panel.get_position().x0 * self.look.pixels - _MARGIN
        width = panel.get_position().width * self.look.pixels
        panel._left_title.set_x(-left / width)  # type: ignore[attr-defined]

    def days(self, panels: Sequence[Axes], span: Span) -> None:
        """Let all panels run over these days."""
        margin = max(0.6, span.days / 60)
        ticks = ticks_of(span, most=10 if self.look.is_wide else 5)
        places, names = [number_of(day) for day, _ in ticks], [name for _, name in ticks]
        for panel in panels:
            panel.set_xlim(number_of(span.first) - margin, number_of(span.last) + margin)
            panel.set_xticks(places, names)

    def pixels_per_day(self, panel: Axes) -> float:
        first, last = panel.get_xlim()
        return panel.get_position().width * self.look.pixels / (last - first)

    def bars(self, panel: Axes, bars: Iterable[tuple[date, float, float]], **shown: Any) -> None:
        """Bars from, to; as wide as a ``step`` of days leaves room for, and never thinner than
        can be seen.
        """
        step = shown.pop("step", 1)
        days, lows, highs = zip(*bars, strict=True)
        width = min(22.0, max(1.2, 0.72 * step * self.pixels_per_day(panel)))
        panel.vlines([number_of(day) for day in days], lows, highs, linewidth=width, **shown)

    def sentence(self, text: str) -> bytes:
        """Instead of an empty frame."""
        room = self._letters(self._size + 1)
        middle = (self.top + self.height) / 2
        for line in _wrapped(text, room=room):
            self._write(line, top=middle - 10, size=self._size + 1, shade="muted")
            middle += self._size + 6
        return self.svg()

    def svg(self) -> bytes:
        """The finished picture, in UTF-8."""
        target = StringIO()
        with _drawing:
            FigureCanvasSVG(self.figure).print_svg(  # type: ignore[no-untyped-call]
                target, metadata={"Date": None, "Creator": None, "Format": None, "Type": None}
            )
        return self._finished(target.getvalue()).encode()

    def _letters(self, size: float) -> int:
        """About how many fit into a line."""
        return int((self.look.pixels - 2 * _MARGIN) / (0.54 * size))

    def _write(
        self, text: str, *, top: float, size: float, bold: bool = False, shade: str = "ink"
    ) -> None:
        # The text itself is put in at the end: matplotlib would look for its letters in a font
        # of its own, which has not all that people write.
        mark = f"TEXT{len(self._texts)}."
        self._texts[mark] = escape(text)
        self.figure.text(
            _MARGIN / self.look.pixels,
            1 - top / self.height,
            mark,
            fontsize=size,
            fontweight="bold" if bold else "normal",
            color=color(shade),
            va="top",
        )

    def _plain(self, panel: Axes) -> None:
        for side in ("top", "left", "right"):
            panel.spines[side].set_visible(False)
        panel.spines["bottom"].set_color(color("muted"))
        panel.tick_params(
            labelsize=self._size - 1, labelcolor=color("muted"), color=color("muted"), length=0
        )
        panel.tick_params(axis="x", length=3)
        panel.grid(axis="y", color=color("grid"), linewidth=1)
        panel.set_axisbelow(True)
        panel.yaxis.set_major_locator(MaxNLocator(nbins=5, steps=[1, 2, 2.5, 5, 10]))
        panel.yaxis.set_major_formatter(FuncFormatter(_short_number))

    def _finished(self, drawing: str) -> str:
        """Our own text, fonts and colors in it, and what it is for those who cannot see it."""
        body = drawing[drawing.index("<svg ") :]
        body = body[body.index(">") + 1 :]
        body = body[body.index("<defs>") :]
        body = _LIBRARY_FONTS.sub(_FONTS, body)
        body = _PAINT.sub(lambda found: _paint(found[0], self.look.theme), body)
        for mark, text in self._texts.items():
            body = body.replace(f">{mark}<", f">{text}<")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
            f' width="{self.look.pixels}" height="{self.height}"'
            f' viewBox="0 0 {self.look.pixels} {self.height}" role="img"'
            f' aria-labelledby="chart-title chart-says">\n'
            f'<title id="chart-title">{escape(self.title)}</title>\n'
            f'<desc id="chart-says">{escape(self.says)}</desc>\n'
            f"{_STYLE if self.look.theme == 'auto' else ''}{body}"
        )


def _style() -> str:
    light = " ".join(f"--{name}: {pair[0]};" for name, pair in _COLORS.items())
    dark = " ".join(f"--{name}: {pair[1]};" for name, pair in _COLORS.items())
    return (
        f"<style>svg {{ color-scheme: light dark; {light} }}\n"
        f"@media (prefers-color-scheme: dark) {{ svg {{ {dark} }} }}</style>\n"
    )


_STYLE: Final = _style()


def _paint(light: str, theme: Theme) -> str:
    name = _NAMES.get(light)
    if name is None or theme == "light":
        return light
    return _DARK[light] if theme == "dark" else f"var(--{name}, {light})"


def number_of(day: date) -> float:
    """Where a day is on an axis of days."""
    return float(day.toordinal())


def _short_number(value: float, _: object) -> str:
    return f"{value:,.0f}" if value == round(value) else f"{value:,.2f}".rstrip("0")


def _printable(text: str) -> str:
    """Without what XML has no place for."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _letters_of(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _shortened(text: str, room: int) -> str:
    if _letters_of(text) <= room:
        return text
    while _letters_of(text) >= room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _wrapped(text: str, *, room: int) -> list[str]:
    lines = [""]
    for word in text.split():
        if lines[-1] and _letters_of(f"{lines[-1]} {word}") > room:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines if lines != [""] else []
