/* The frame that shows an email: without scripts, in the chosen width and colours */

function frame(html) {
  const made = document.createElement("iframe");
  made.title = "Rendered email";
  // No scripts, no forms, no origin; links open in a tab of their own.
  made.setAttribute("sandbox", "allow-popups allow-popups-to-escape-sandbox");
  made.setAttribute("referrerpolicy", "no-referrer");
  made.style.colorScheme = emailIsDark() ? "dark" : "light";
  made.srcdoc = coloured(html).replace(/<head\b[^>]*>/i, (head) => head + '<base target="_blank">');
  return made;
}

function emailIsDark() {
  return element("dark-email").getAttribute("aria-pressed") === "true";
}

/* What an email says of dark mode asks for the reader's setting; in the gallery that is the button's. */

const ASKED_SCHEME = /\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi;
const DECLARED_SCHEME = /(<meta\b[^>]*\bname="color-scheme"[^>]*\bcontent=")[^"]*"/gi;
const ALWAYS = "(min-width: 0)";
const NEVER = "(max-width: 0)";

function coloured(html) {
  const scheme = emailIsDark() ? "dark" : "light";
  return html
    .replace(ASKED_SCHEME, (_, asked) => asked.toLowerCase() === scheme ? ALWAYS : NEVER)
    .replace(DECLARED_SCHEME, (_, before) => `${before}${scheme}"`);
}

/* A click inside the frame takes the focus there, where no key reaches the gallery: give it back. Who tabs into the
   frame, to follow its links, stays. */

let lastPressed = "";

document.addEventListener("keydown", ({ key }) => { lastPressed = key; }, { capture: true });
document.addEventListener("pointermove", () => { lastPressed = ""; }, { capture: true });
window.addEventListener("blur", () => {
  if (document.activeElement?.tagName !== "IFRAME" || lastPressed === "Tab") return;
  setTimeout(() => { // the browser is still moving the focus
    if (document.activeElement?.tagName === "IFRAME") element("view").focus({ preventScroll: true });
  });
});

/* The sample's pictures are served only while a local stack runs, so the gallery has copies of its own. */

const SAMPLE_PICTURE = /(<img\b[^>]*\ssrc=")(http:\/\/localhost:8026\/pictures\/[\w-]+\.png)"/g;

async function illustrated(html) {
  if (html.search(SAMPLE_PICTURE) < 0) return html;
  const copies = await contents("pictures").catch(() => ({}));
  return html.replace(SAMPLE_PICTURE, (image, before, url) => url in copies ? `${before}${copies[url]}"` : image);
}
