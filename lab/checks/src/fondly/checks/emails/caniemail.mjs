// Reads HTML documents as a JSON list on standard input; writes, for each, the features that mail readers do not show:
// [[client, feature], ...]. The clients are the arguments.
import { text } from "node:stream/consumers";
import { caniemail } from "caniemail";

const clients = process.argv.slice(2);
const documents = JSON.parse(await text(process.stdin));
const found = documents.map((html) =>
  [...caniemail({ clients, html }).issues.errors].flatMap(([client, issues]) =>
    [issues].flat().map((issue) => [client, issue.title]),
  ),
);
process.stdout.write(JSON.stringify(found));
