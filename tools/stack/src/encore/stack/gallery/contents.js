/* Contents of the emails, loaded a file at a time */

const FILES_KEPT = 4;

const files = new Map();
const waiting = new Map();

function bodiesOf(number) {
  const loaded = files.get(number) ?? load(number);
  files.delete(number);
  files.set(number, loaded); // the most recently used comes last
  if (files.size > FILES_KEPT) files.delete(files.keys().next().value);
  return loaded;
}

function load(number) {
  const script = document.createElement("script");
  const loaded = new Promise((resolve, reject) => {
    waiting.set(number, resolve);
    // A file that loads without calling `receiveBodies` is not a gallery file.
    script.onerror = script.onload = () => reject(new Error(`${script.src} does not contain it`));
    script.src = `${data.folder}/bodies-${number}.js`;
    document.head.append(script);
  });
  loaded.catch(() => files.delete(number)); // so that the next attempt loads it again
  return loaded.then(unpack).finally(() => { waiting.delete(number); script.remove(); });
}

function receiveBodies(number, packed) { // called by the files
  waiting.get(number)?.(packed);
}

async function unpack(packed) {
  const bytes = Uint8Array.from(atob(packed), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).json();
}
