/** `npm run docs:formats`: writes the pages of the formats and the JSON Schema of declarations, from the built packages. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { formats } from "../../packages/core/dist/index.js";
import { documents } from "../../packages/cli/dist/docs/documents.js";

const root = new URL("../../", import.meta.url);
const declarations = new URL("packages/core/src/formats/", root);
const sources = readdirSync(declarations).map((name) => readFileSync(new URL(name, declarations), "utf8"));
const written = documents(formats, sources);

// A page of a format that is no more must not stay.
for (const name of readdirSync(new URL("docs/formats/", root)))
  if (name.endsWith(".md") && !written.has(`formats/${name}`)) rmSync(new URL(`docs/formats/${name}`, root));
for (const [path, text] of written) writeFileSync(new URL(`docs/${path}`, root), text);
