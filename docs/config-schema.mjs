/** Writes `config.schema.json` from what `glossa serve --config` holds its file to. */
import { toJsonSchema } from "@valibot/to-json-schema";
import { writeFileSync } from "node:fs";
import { configSchema } from "../packages/cli/dist/config-file.js";

const schema = toJsonSchema(configSchema, { typeMode: "input", errorMode: "ignore" });
writeFileSync(new URL("config.schema.json", import.meta.url), JSON.stringify(schema));
