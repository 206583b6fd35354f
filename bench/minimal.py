"""The least Textual app that shows a screen and answers a key: what the screen's figures are compared with."""

from textual.app import App, ComposeResult
from textual.widgets import Footer, Header, Static


class Minimal(App[None]):
    BINDINGS = [("right", "count", "Count"), ("q", "quit", "Quit")]  # noqa: RUF012

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static("0", id="number")
        yield Footer()

    def action_count(self) -> None:
        number = self.query_one("#number", Static)
        number.update(str(int(str(number.content)) + 1), layout=False)


if __name__ == "__main__":
    Minimal().run()
