"use strict";

/* Contents in packed files, loaded when they are needed */

const FOLDER = "gallery";
const FILES_KEPT = 6;
const PROMPT_FILES_KEPT = 30; // an email's prompts may be in as many files as it has prompts

const files = { prompts: new Map(), others: new Map() };
const waiting = new Map();

function contents(name, folder = FOLDER) {
  const address = `${folder}/${name}.js`;
  const ofPrompts = name.startsWith("prompts-");
  const [kept, most] = ofPrompts ? [files.prompts, PROMPT_FILES_KEPT] : [files.others, FILES_KEPT];
  const loaded = kept.get(address) ?? load(address, kept);
  kept.delete(address);
  kept.set(address, loaded); // the most recently used comes last
  if (kept.size > most) kept.delete(kept.keys().next().value);
  return loaded;
}

function load(address, kept) {
  const script = document.createElement("script");
  const loaded = new Promise((resolve, reject) => {
    waiting.set(script, resolve);
    // A file that loads without calling `receive` is not a gallery file.
    script.onerror = script.onload = () => reject(new Error(`${script.src} does not contain it`));
    script.src = address;
    document.head.append(script);
  });
  loaded.catch(() => kept.delete(address)); // so that the next attempt loads it again
  return loaded.then(unpack).finally(() => { waiting.delete(script); script.remove(); });
}

function receive(_, packed) { // called by the files
  waiting.get(document.currentScript)?.(packed);
}

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}

// The contents of a file that somebody has chosen: it is read, never run.
async function contentsOf(file) {
  const packed = /^receive\("[\w-]+", "([A-Za-z0-9+/=]+)"\);\s*$/.exec(await file.text());
  if (!packed) throw new Error(`${file.name} is not a file of a gallery`);
  return unpack(packed[1]);
}
