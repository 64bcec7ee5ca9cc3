"use strict";

/* Contents in packed files, loaded when they are needed */

const FOLDER = "gallery";
const FILES_KEPT = 6;

const files = new Map();
const waiting = new Map();

function contents(name, folder = FOLDER) {
  const address = `${folder}/${name}.js`;
  const loaded = files.get(address) ?? load(address);
  files.delete(address);
  files.set(address, loaded); // the most recently used comes last
  if (files.size > FILES_KEPT) files.delete(files.keys().next().value);
  return loaded;
}

function load(address) {
  const script = document.createElement("script");
  const loaded = new Promise((resolve, reject) => {
    waiting.set(script, resolve);
    // A file that loads without calling `receive` is not a gallery file.
    script.onerror = script.onload = () => reject(new Error(`${script.src} does not contain it`));
    script.src = address;
    document.head.append(script);
  });
  loaded.catch(() => files.delete(address)); // so that the next attempt loads it again
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
