import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { runGlossa } from "../run-glossa.ts";
import { isComposeFile } from "./stacks.ts";

const deploy = new URL("../../../../deploy/", import.meta.url);
const examples = readdirSync(deploy).filter((name) => existsSync(new URL(`${name}/stack.yaml`, deploy)));
const path = (name: string): string => fileURLToPath(new URL(name, deploy));
/** Docker's own judgement, where it is: the plugin itself may be named, since it needs no daemon to judge. */
const judge = process.env["GLOSSA_DOCKER_COMPOSE"]?.split(" ") ?? ["docker", "compose"];
const judged = spawnSync(judge[0]!, [...judge.slice(1), "version"]).status === 0;

test("there are the four", () => {
  expect(examples).toEqual(["four-models", "llamacpp-cpu", "one-gpu", "sglang"]);
});

describe.each(examples)("deploy/%s", (name) => {
  test("is what `glossa compose` writes (else: --out deploy/NAME --litellm --force)", async () => {
    // Nothing is written: what is there is the same, or the command says what is not.
    const { status, stderr, stdout } = await runGlossa([
      "compose",
      path(`${name}/stack.yaml`),
      "-o",
      path(name),
      "--litellm",
    ]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const files = stdout
      .slice(stdout.indexOf("\n\n") + 2)
      .trimEnd()
      .split("\n");
    const there = readdirSync(path(name), { recursive: true, encoding: "utf8", withFileTypes: true }).filter(
      (entry) => entry.isFile() && entry.name !== "stack.yaml",
    ).length;
    expect(there).toBe(files.length);
  });

  test("is a file of the Compose Specification", () => {
    expect(
      isComposeFile(parse(readFileSync(path(`${name}/compose.yaml`), "utf8"))),
      JSON.stringify(isComposeFile.errors),
    ).toBe(true);
  });

  test.skipIf(!judged)(
    `is accepted by \`docker compose config\`${judged ? "" : " (skipped: docker compose is not here; GLOSSA_DOCKER_COMPOSE may name it)"}`,
    () => {
      const { status, stderr } = spawnSync(
        judge[0]!,
        [...judge.slice(1), "-f", path(`${name}/compose.yaml`), "config", "-q"],
        {
          encoding: "utf8",
        },
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    },
  );
});
