"""The page that a browser gets: a terminal of textual-serve's own, and a word when the tutor has ended.

Not the page that comes with it: that one asks a server of fonts on the network for its letters, and knows the address
of the tutor only as this machine calls it.
"""

from __future__ import annotations

from html import escape
from string import Template

from nntutor.lessons.language.words import Words

_PAGE = Template("""<!DOCTYPE html>
<html lang="$language">
<head>
<meta charset="utf-8">
<title>nntutor</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="static/css/xterm.css">
<style>
@font-face { font-family: "Roboto Mono"; src: url("static/fonts/RobotoMono-VariableFont_wght.ttf"); }
html, body { margin: 0; height: 100%; background: #000; color: #fff; font-family: sans-serif; overflow: hidden; }
#terminal { width: 100vw; height: 100vh; }
#ended { display: none; position: absolute; inset: 0; z-index: 10; padding: 2em; background: #000; }
body.-closed #ended { display: block; }
a { color: #9cf; }
</style>
<script src="static/js/textual.js"></script>
</head>
<body>
<div id="ended" role="alert"><p>$ended</p><p><a href="">$again</a></p></div>
<div id="terminal" class="textual-terminal" data-font-size="16"></div>
<script>
const line = new URL("ws", location.href).href.replace(/^http/, "ws");
document.getElementById("terminal").dataset.sessionWebsocketUrl = line;
const closed = () => document.body.classList.contains("-closed");
new MutationObserver(() => document.querySelector(closed() ? "#ended a" : "textarea").focus())
  .observe(document.body, {attributeFilter: ["class"]});
</script>
</body>
</html>
""")


def page(words: Words) -> str:
    """The page in the learner's language."""
    said = {name: escape(words.say(f"serve.{name}")) for name in ("ended", "again")}
    return _PAGE.substitute(said, language=words.language)
