/* Contents in packed files, loaded when they are needed */

const FILES_KEPT = 4;

const files = new Map();
const waiting = new Map();

function bodiesOf(number) {
  return contents(`bodies-${number}`);
}

function contents(name) {
  const loaded = files.get(name) ?? load(name);
  files.delete(name);
  files.set(name, loaded); // the most recently used comes last
  if (files.size > FILES_KEPT) files.delete(files.keys().next().value);
  return loaded;
}

function load(name) {
  const script = document.createElement("script");
  const loaded = new Promise((resolve, reject) => {
    waiting.set(name, resolve);
    // A file that loads without calling `receive` is not a gallery file.
    script.onerror = script.onload = () => reject(new Error(`${script.src} does not contain it`));
    script.src = `${data.folder}/${name}.js`;
    document.head.append(script);
  });
  loaded.catch(() => files.delete(name)); // so that the next attempt loads it again
  return loaded.then(unpack).finally(() => { waiting.delete(name); script.remove(); });
}

function receive(name, packed) { // called by the files
  waiting.get(name)?.(packed);
}

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}
