/** `npm run models`: checks `models/*.json`, and writes the module that bundles them and their JSON Schema. */
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { toJsonSchema } from "@valibot/to-json-schema";
import { parseProfile, profileSchema } from "../packages/models/dist/index.js";

const here = new URL("./", import.meta.url);
const profiles = readdirSync(here)
  .filter((name) => name.endsWith(".json"))
  .map((name) => {
    const value = JSON.parse(readFileSync(new URL(name, here), "utf8"));
    try {
      return parseProfile(value);
    } catch (error) {
      throw new Error(`models/${name}: ${error.message}`, { cause: error });
    }
  })
  .sort((a, b) => (a.name < b.name ? -1 : 1));
const bundled = `/** The profiles of \`models/\`, written by \`npm run models\`: so that looking one up reads no file. */
import type { ModelProfile } from "./profile.ts";

export const bundledProfiles: readonly ModelProfile[] = ${JSON.stringify(profiles)};
`;
writeFileSync(new URL("../packages/models/src/bundled.ts", here), bundled);
const schema = toJsonSchema(profileSchema, { target: "draft-2020-12" });
writeFileSync(new URL("../docs/model-profile.schema.json", here), JSON.stringify(schema));
