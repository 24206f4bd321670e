"""A thousand texts that programs may write to reach whoever looks at them: markup, scripts, terminal escapes, marks that
turn or pile up text, and much of everything."""

from __future__ import annotations

from itertools import islice, product

MARK = "hacked"
"""The name of a global that each script among them sets."""
_RUN = f"window.{MARK}=1"
_MARKUP = [
    f"<script>{_RUN}</script>",
    f"</script><script>{_RUN}</script>",
    f"</SCRIPT ><sCrIpT>{_RUN}</sCrIpT>",
    f"<!--<script>{_RUN}//--></script>",
    f"--><script>{_RUN}</script>",
    f"]]><script>{_RUN}</script>",
    f"<img src=x onerror={_RUN}>",
    f'<img src="x" onerror="{_RUN}">',
    f"<svg onload={_RUN}>",
    f"<svg><script>{_RUN}</script></svg>",
    f"<svg><animate onbegin={_RUN} attributeName=x dur=1s>",
    f"<math><mtext></p><script>{_RUN}</script>",
    f"<iframe srcdoc='<script>parent.{MARK}=1</script>'></iframe>",
    f'<iframe src="javascript:parent.{MARK}=1"></iframe>',
    f"<object data='javascript:{_RUN}'></object>",
    f"<embed src='javascript:{_RUN}'>",
    f"<a href='javascript:{_RUN}' autofocus onfocus={_RUN}>x</a>",
    f"<input autofocus onfocus={_RUN}>",
    f"<details open ontoggle={_RUN}>",
    f"<body onload={_RUN}>",
    f"<video><source onerror={_RUN}></video>",
    f"<marquee onstart={_RUN}>x</marquee>",
    f"<style>@import 'javascript:{_RUN}';*{{display:none!important}}</style>",
    "<style>body{display:none!important}*{position:fixed!important}</style>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'>",
    "<base href=http://127.0.0.1:9/>",
    f"<form action=javascript:{_RUN}><button>x",
    f"<template shadowrootmode=open><script>{_RUN}</script></template>",
    f"<noscript><p title='</noscript><img src=x onerror={_RUN}>'>",
    f"<textarea></textarea><script>{_RUN}</script>",
    f"</title><script>{_RUN}</script>",
    f"</pre></td></tr></table><script>{_RUN}</script>",
    f"<x onmouseover={_RUN} style='position:fixed;inset:0'>x",
    f'"><script>{_RUN}</script>',
    f"' onmouseover='{_RUN}' x='",
    f"`${{{_RUN}}}`",
    f"{{{{constructor.constructor('{_RUN}')()}}}}",
    f"javascript:{_RUN}",
    f"data:text/html,<script>{_RUN}</script>",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;",
    f"&#60;script&#62;{_RUN}&#60;/script&#62;",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e",
    f"\x3cscript\x3e{_RUN}\x3c/script\x3e",
    "%%data%% %%script%% %%policy%%",
    f'"}}]}};{_RUN};//',
    f"\u2028{_RUN}\u2029",
    '{"__proto__": {"hacked": 1}}',
    "__proto__",
    "constructor",
    "toString",
]
_ODD = [
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x1b[2J\x1b[H",
    "\x1b]8;;http://127.0.0.1:9/\x07link\x1b]8;;\x07",
    "\x1bP+q544e\x1b\\ \x9b31m \x90 \x9d",
    "\u202etxt.exe\u202c \u2066a\u2067b\u2069",
    "\u200b\u200c\u200d\u2060\ufeff\u00ad",
    "a" + "\u0300\u0316\u0332" * 200,
    "\u0e47" * 500,
    "\r\r\roverwritten\r\b\b\b",
    "\x00\x01\x02\x7f\x80\x9f",
    "\ufffe\uffff\U000e0001\U000e0041",
    "W" * 20_000,
    "\n" * 3_000,
    "\t" * 2_000 + "x",
    " " * 5_000 + "x",
    "\u5b57" * 3_000,
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466" * 100,
    "\u0628\u0633\u0645 \u0627\u0644\u0644\u0647 " * 200,
    "\ufdfd" * 300,
    "[link](javascript:alert(1)) **bold** `code` :smile: [red]markup[/red]",
    "1e999 -0 9007199254740993 NaN Infinity",
    "../../../../etc/passwd\\..\\..",
    "'; DROP TABLE jobs; --",
    "=cmd|' /C calc'!A0",
    "`$(touch x)`; $(touch x) | END\nEND\ntouch x",
]
_FRAMES = [
    "{}",
    "{}{}",
    "x {} x",
    "\n{}\n",
    '"{}"',
    "'{}'",
    "<p>{}</p>",
    "<!-- {} -->",
    "<![CDATA[{}]]>",
    "```html\n{}\n```",
    "{}" + "<b>" * 50,
    "\u202e{}",
    "\x1b[7m{}\x1b[0m",
    "// {}",
]


def _framed(frame: str, text: str) -> str:
    return frame.replace("{}", text)


TEXTS = list(islice((_framed(frame, text) for frame, text in product(_FRAMES, [*_MARKUP, *_ODD])), 1000))
